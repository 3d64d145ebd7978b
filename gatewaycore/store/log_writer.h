// LogWriter: adds entries at the end of the log, many of one transaction in one statement. It reads where the log ends
// at begin(), because other changes append in between (log_entry.h), and remembers nothing over a transaction's end.
// The thread of the writing connection; goes before the connection.
#pragma once

#include "audit/chain/entry.h"
#include "store/statement.h"

#include <vector>

namespace gateway::store {

class LogWriter
{
public:
    bool prepare(sqlite3* database); // false: error()

    bool begin(qint64 atMs); // inside the transaction
    void add(audit::LogKind kind, qint64 ref, const Hash& content);
    void add(audit::LogKind kind, qint64 ref, const QString& id, const Hash& content,
        QByteArrayView kept =
            {});  // kept: what the log keeps of a kind that keeps its content; it must stay until flush()
    bool flush(); // what was added is written; false: error()
    const QSqlError& error() const { return m_error; }

private:
    struct Pending
    {
        audit::LogEntry entry;
        Hash hash;
        QByteArrayView kept;
    };
    void bind(Statement& to, const Pending& one);
    bool run(Statement& statement);

    static constexpr std::size_t kTogether = 16;
    Statement m_last;
    Statement m_insert;
    Statement m_insertTogether;
    std::vector<Pending> m_pending; // its room is used again
    qint64 m_seq = 0;
    Hash m_previous{};
    qint64 m_atMs = 0;
    QSqlError m_error;
};

} // namespace gateway::store
