// What the log needs from time to time: its first entry, entries for rows from before it ("sealed late"), and signed
// heads. Work for the filing thread, inside its transaction; nothing here is kept over a transaction but the frontier
// of the tree, which is checked against the log before it is used.
#pragma once

#include "audit/chain/head.h"
#include "audit/chain/merkle.h"

#include <QSqlDatabase>

struct sqlite3;

namespace gateway::store {

// The entry that says where the log begins and what was there before: {"calls": last seq, "admin_audit": ...}.
// True if it is there.
bool beginLogIfNew(QSqlDatabase& database);

// Rows from before the log that have no entry yet.
std::optional<qint64> unsealedRows(QSqlDatabase& database);
// Gives the next of them entries, `most` at most. How many are left; nothing if it cannot be written.
std::optional<qint64> sealOldRows(QSqlDatabase& database, qint64 most);

class LogSealer
{
public:
    LogSealer(QString engine, audit::SigningKey key) : m_engine(std::move(engine)), m_key(std::move(key)) {}

    const audit::SigningKey& key() const { return m_key; }
    const QString& engine() const { return m_engine; }

    // A head over all that is in the log now. `head` is left alone if the newest head covers that already. False if it
    // cannot be made.
    bool seal(QSqlDatabase& database, qint64 atMs, std::optional<audit::LogHead>& head);

private:
    bool catchUp(sqlite3* database, qint64 size);
    bool matches(sqlite3* database) const;
    bool writeTile(sqlite3* database, qint64 number, const Hash& root);

    const QString m_engine;
    const audit::SigningKey m_key;
    audit::Frontier m_frontier;
    Hash m_lastEntry{}; // of the frontier's last leaf
};

// The newest head that was made; nothing in it if there is none.
bool readLastHead(QSqlDatabase& database, std::optional<audit::LogHead>& head);
bool readHeadsAfter(QSqlDatabase& database, qint64 number, const QString& engine, QVector<audit::LogHead>& heads,
    qint64 most = -1);                  // -1: all
qint64 logSize(QSqlDatabase& database); // -1: it cannot be read

} // namespace gateway::store
