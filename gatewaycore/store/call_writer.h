// CallWriter: writes calls with their attempts inside the transaction of its caller, over the SQLite C API on the
// caller's connection (statement.h): a record costs microseconds, and QtSql's variants and UTF-16 were most of it. A
// call whose id is there already is left alone, so that a record replayed from elsewhere is never twice. Each call that
// is written gets its entry in the log (log_writer.h), made from the very values that are bound. The thread of the
// writing connection; goes before the connection.
#pragma once

#include "api/call.h"
#include "api/result.h"
#include "audit/chain/canonical.h"
#include "store/log_writer.h"
#include "store/statement.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>

#include <span>

namespace gateway::store {

class CallWriter
{
public:
    api::Outcome prepare(QSqlDatabase& database);

    enum class Written
    {
        New,
        Known,
        Failed
    };
    Written write(const api::Call& call, qint64 batch, qint64 waitedUs);

    // Of calls that are new, kTogether in one statement: opening and closing the table and its indexes is a sixth of
    // what a row costs alone. Known: one of them was there after all, and none has been written.
    struct Row
    {
        const api::Call* call = nullptr;
        qint64 batch = 0;
        qint64 waitedUs = 0;
    };
    static constexpr std::size_t kTogether = 16;
    Written writeTogether(std::span<const Row, kTogether> rows);

    bool beginLog(qint64 atMs); // before the first call of a transaction
    bool flushLog();            // after the last one: the entries of the calls that were written are in the log
    bool writeDuration(qint64 batch, qint64 durationUs);
    const QSqlError& error() const { return m_error; } // after Failed or false; with the extended result code

    qint64 nextBatch();
    qint64 lastSeq() const { return m_lastSeq; } // of the newest call
    void forgetUncommitted();                    // after a rollback: numbers handed out since begin() are free again
    void begin() { m_committedSeq = m_lastSeq; }

private:
    bool run(Statement& statement);
    void bindCall(Statement& to, qint64 seq, const Row& row);
    void bindAttempt(Statement& to, qint64 seq, qint64 number, const api::Attempt& attempt);
    bool writeAttempts(qint64 firstSeq, std::span<const Row> rows);
    void logCalls(qint64 firstSeq, std::size_t count);

    // What is hashed of the calls that are written together: theirs one behind the other, with where each begins.
    struct Content
    {
        audit::CanonicalBytes bytes;
        std::vector<qsizetype> begins;
        void clear()
        {
            bytes.clear();
            begins.clear();
        }
        QByteArrayView of(std::size_t i) const
        {
            return bytes.view(begins[i], i + 1 < begins.size() ? begins[i + 1] : bytes.size());
        }
    };
    Content m_callContent;
    Content m_attemptContent;
    LogWriter m_log;
    Statement m_insertCall;
    Statement m_insertCalls; // kTogether
    Statement m_insertAttempt;
    Statement m_insertAttempts;
    Statement m_takeBack;
    Statement m_insertDuration;
    QSqlError m_error;
    qint64 m_lastSeq = 0;
    qint64 m_committedSeq = 0;
    qint64 m_lastBatch = 0;
};

} // namespace gateway::store
