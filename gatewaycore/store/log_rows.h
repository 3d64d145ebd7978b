// The content of an entry as it can be made again from the rows it is about: a call with its attempts, a row of a
// watched table. The writer hashes what it binds (call_writer.cpp), these read what is stored; the same bytes come out,
// or somebody has changed something. Belongs to the thread of the connection.
#pragma once

#include "audit/chain/canonical.h"
#include "store/log_tables.h"
#include "store/statement.h"

#include <QSqlDatabase>

#include <limits>

namespace gateway::store {

// The columns of a call's and an attempt's row, in the order in which they are hashed; part of the format on disk.
const QStringList& callContentColumns();    // seq, batch, waited_us, ...
const QStringList& attemptContentColumns(); // call, number, ...

// What stands before a call's columns and before those of each of its attempts.
constexpr quint8 kCallMark = 0x11;
constexpr quint8 kAttemptMark = 0x12;

// Calls with `from` < seq <= `to`, in their order, each with its content. Attempts of calls that are not there are
// counted.
class CallRows
{
public:
    bool open(sqlite3* database, qint64 from, qint64 to);
    bool next(); // false at the end or on an error
    qint64 seq() const { return m_seq; }
    QByteArrayView content() const { return m_content.view(); }
    // The call's id; of the row next() stands on.
    QByteArrayView id() const { return m_calls.text(m_idColumn); }
    struct Orphan
    {
        qint64 call;
        qint64 number;
    };
    const std::vector<Orphan>& orphans() const { return m_orphans; } // grows
    bool failed() const { return m_failed; }
    QSqlError error() const { return m_calls.error().isValid() ? m_calls.error() : m_attempts.error(); }

private:
    void readAttempts();

    Statement m_calls;
    Statement m_attempts;
    audit::CanonicalBytes m_content;
    std::vector<Orphan> m_orphans;
    qint64 m_seq = 0;
    int m_idColumn = 0;
    bool m_attempt = false; // m_attempts stands on a row
    bool m_failed = true;   // until it is opened
};

// Rows of a watched table in the order of its key; with `key` bound as one parameter when `one` is asked for.
class WatchedRows
{
public:
    // `beyond`: only INTEGER keys above it.
    bool open(sqlite3* database, const LogTable& table, qint64 beyond = std::numeric_limits<qint64>::min());
    bool openOne(sqlite3* database, const LogTable& table, const QVariant& key);
    bool next();
    QByteArray id() const; // "table/key"
    qint64 key() const { return m_rows.number(0); }
    QByteArrayView content() const { return m_content.view(); }
    QSqlError error() const { return m_rows.error(); }

private:
    bool prepare(sqlite3* database, const LogTable& table, const char* rest);

    const LogTable* m_table = nullptr;
    Statement m_rows;
    int m_columns = 0;
    audit::CanonicalBytes m_content;
};

QString watchedId(const char* table, const QVariant& key);

} // namespace gateway::store
