#include "store/call_writer.h"

#include "store/columns.h"

namespace gateway::store {

namespace {

api::Error failed(const QSqlError& error)
{
    return api::failure(
        api::Failure::Unavailable, QStringLiteral("The record cannot be written: %1.").arg(error.text()));
}

} // namespace

api::Outcome CallWriter::prepare(QSqlDatabase& database)
{
    sqlite3* const handle = handleOf(database);
    if (!handle)
        return api::failure(api::Failure::Unavailable,
            QStringLiteral(
                "The record cannot be written: Qt's SQLite driver uses another SQLite library than Signalbox."),
            QStringLiteral("Use Qt's driver of this system, which is linked to its libsqlite3."));
    const auto calls = callColumns();
    const auto attempts = attemptColumns();
    const auto prepared = [&](Statement& statement, const QString& sql) {
        return statement.prepare(handle, sql.toUtf8());
    };
    // only the id's own conflict is ignored; any other broken constraint stays an error
    if (!prepared(m_insertCall,
            QStringLiteral("INSERT INTO calls (seq, batch, waited_us, %1) VALUES (%2) ON CONFLICT (id) DO NOTHING")
                .arg(names(calls), marks(qsizetype(calls.size()) + 3))))
        return failed(m_insertCall.error());
    if (!prepared(m_insertAttempt, QStringLiteral("INSERT INTO attempts (call, number, %1) VALUES (%2)")
                                       .arg(names(attempts), marks(qsizetype(attempts.size()) + 2))))
        return failed(m_insertAttempt.error());
    if (!prepared(
            m_insertDuration, QStringLiteral("INSERT OR REPLACE INTO commits (batch, duration_us) VALUES (?, ?)")))
        return failed(m_insertDuration.error());

    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT coalesce(max(seq), 0) FROM calls")) || !query.next())
        return failed(query.lastError());
    m_lastSeq = m_committedSeq = query.value(0).toLongLong();
    // of the newest call and of the durations; no scan of the calls
    if (!query.exec(QStringLiteral("SELECT max(coalesce((SELECT batch FROM calls ORDER BY seq DESC LIMIT 1), 0),"
                                   " coalesce((SELECT max(batch) FROM commits), 0))")) ||
        !query.next())
        return failed(query.lastError());
    m_lastBatch = query.value(0).toLongLong();
    return api::Done{};
}

bool CallWriter::run(Statement& statement)
{
    if (statement.run())
        return true;
    m_error = statement.error();
    return false;
}

CallWriter::Written CallWriter::write(const api::Call& call, qint64 batch, qint64 waitedUs)
{
    const qint64 seq = m_lastSeq + 1;
    m_insertCall.bind(seq);
    m_insertCall.bind(batch);
    m_insertCall.bind(waitedUs);
    for (const auto& column : callColumns())
        column.bind(m_insertCall, call);
    if (!run(m_insertCall))
        return Written::Failed;
    if (m_insertCall.changes() == 0)
        return Written::Known;
    m_lastSeq = seq;
    qint64 number = 0;
    for (const api::Attempt& attempt : call.attempts) {
        m_insertAttempt.bind(seq);
        m_insertAttempt.bind(++number); // their order in the call; a wrong number must not cost the record
        for (const auto& column : attemptColumns())
            column.bind(m_insertAttempt, attempt);
        if (!run(m_insertAttempt))
            return Written::Failed;
    }
    return Written::New;
}

bool CallWriter::writeDuration(qint64 batch, qint64 durationUs)
{
    m_insertDuration.bind(batch);
    m_insertDuration.bind(durationUs);
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
