// CallWriter: writes calls with their attempts inside the transaction of its caller. Statements are prepared once and
// bound by index. A call whose id is there already is left alone, so that a record replayed from elsewhere is never
// twice. Store thread; uses the writing connection.
#pragma once

#include "api/call.h"
#include "api/result.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>

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
    bool writeDuration(qint64 batch, qint64 durationUs);
    const QSqlError& error() const { return m_error; } // after Failed or false

    qint64 nextBatch();
    void forgetUncommitted(); // after a rollback: numbers handed out since begin() are free again
    void begin() { m_committedSeq = m_lastSeq; }

private:
    bool run(QSqlQuery& query);

    QSqlQuery m_insertCall;
    QSqlQuery m_insertAttempt;
    QSqlQuery m_insertDuration;
    QSqlError m_error;
    qint64 m_lastSeq = 0;
    qint64 m_committedSeq = 0;
    qint64 m_lastBatch = 0;
};

} // namespace gateway::store
