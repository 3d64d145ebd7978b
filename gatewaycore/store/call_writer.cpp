#include "store/call_writer.h"

#include "store/columns.h"

namespace gateway::store {

api::Outcome CallWriter::prepare(QSqlDatabase& database)
{
    const auto failed = [](const QSqlQuery& query) {
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("The record cannot be written: %1.").arg(query.lastError().text()));
    };
    m_insertCall = QSqlQuery(database);
    m_insertAttempt = QSqlQuery(database);
    m_insertDuration = QSqlQuery(database);
    const auto calls = callColumns();
    const auto attempts = attemptColumns();
    // only the id's own conflict is ignored; any other broken constraint stays an error
    if (!m_insertCall.prepare(
            QStringLiteral("INSERT INTO calls (seq, batch, waited_us, %1) VALUES (%2) ON CONFLICT (id) DO NOTHING")
                .arg(names(calls), marks(qsizetype(calls.size()) + 3))))
        return failed(m_insertCall);
    if (!m_insertAttempt.prepare(QStringLiteral("INSERT INTO attempts (call, %1) VALUES (%2)")
                                     .arg(names(attempts), marks(qsizetype(attempts.size()) + 1))))
        return failed(m_insertAttempt);
    if (!m_insertDuration.prepare(QStringLiteral("INSERT OR REPLACE INTO commits (batch, duration_us) VALUES (?, ?)")))
        return failed(m_insertDuration);

    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT coalesce(max(seq), 0) FROM calls")) || !query.next())
        return failed(query);
    m_lastSeq = m_committedSeq = query.value(0).toLongLong();
    // of the newest call and of the durations; no scan of the calls
    if (!query.exec(QStringLiteral("SELECT max(coalesce((SELECT batch FROM calls ORDER BY seq DESC LIMIT 1), 0),"
                                   " coalesce((SELECT max(batch) FROM commits), 0))")) ||
        !query.next())
        return failed(query);
    m_lastBatch = query.value(0).toLongLong();
    return api::Done{};
}

bool CallWriter::run(QSqlQuery& query)
{
    if (query.exec())
        return true;
    m_error = query.lastError();
    return false;
}

CallWriter::Written CallWriter::write(const api::Call& call, qint64 batch, qint64 waitedUs)
{
    const qint64 seq = m_lastSeq + 1;
    m_insertCall.bindValue(0, seq);
    m_insertCall.bindValue(1, batch);
    m_insertCall.bindValue(2, waitedUs);
    int at = 3;
    for (const auto& column : callColumns())
        m_insertCall.bindValue(at++, column.get(call));
    if (!run(m_insertCall))
        return Written::Failed;
    if (m_insertCall.numRowsAffected() == 0)
        return Written::Known;
    m_lastSeq = seq;
    int number = 0;
    for (const api::Attempt& attempt : call.attempts) {
        ++number;
        m_insertAttempt.bindValue(0, seq);
        int column = 1;
        for (const auto& entry : attemptColumns())
            m_insertAttempt.bindValue(column++, entry.get(attempt));
        m_insertAttempt.bindValue(1, number); // their order in the call; a wrong number must not cost the record
        if (!run(m_insertAttempt))
            return Written::Failed;
    }
    return Written::New;
}

bool CallWriter::writeDuration(qint64 batch, qint64 durationUs)
{
    m_insertDuration.bindValue(0, batch);
    m_insertDuration.bindValue(1, durationUs);
    return run(m_insertDuration);
}

qint64 CallWriter::nextBatch()
{
    return ++m_lastBatch;
}

void CallWriter::forgetUncommitted()
{
    m_lastSeq = m_committedSeq;
}

} // namespace gateway::store
