#include "store/call_writer.h"

#include "store/columns.h"
#include "store/log_rows.h"

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
    // only the id's own conflict is ignored; any other broken constraint stays an error. FAIL, because whoever writes
    // gives up the transaction then, and SQLite need not note down how to undo a statement alone
    const auto rows = [](const QString& row, std::size_t count) {
        return QStringList(qsizetype(count), QLatin1Char('(') + row + QLatin1Char(')')).join(QLatin1Char(','));
    };
    const auto insertCalls = [&](Statement& statement, std::size_t count) {
        return prepared(statement, QStringLiteral("INSERT OR FAIL INTO calls (seq, batch, waited_us, %1) VALUES %2"
                                                  " ON CONFLICT (id) DO NOTHING")
                                       .arg(names(calls), rows(marks(qsizetype(calls.size()) + 3), count)));
    };
    const auto insertAttempts = [&](Statement& statement, std::size_t count) {
        return prepared(statement, QStringLiteral("INSERT OR FAIL INTO attempts (call, number, %1) VALUES %2")
                                       .arg(names(attempts), rows(marks(qsizetype(attempts.size()) + 2), count)));
    };
    for (const auto& [statement, count] : {std::pair(&m_insertCall, std::size_t(1)), {&m_insertCalls, kTogether}}) {
        if (!insertCalls(*statement, count))
            return failed(statement->error());
    }
    for (const auto& [statement, count] :
        {std::pair(&m_insertAttempt, std::size_t(1)), {&m_insertAttempts, kTogether}}) {
        if (!insertAttempts(*statement, count))
            return failed(statement->error());
    }
    if (!prepared(m_takeBack, QStringLiteral("DELETE FROM calls WHERE seq > ?")))
        return failed(m_takeBack.error());
    if (!prepared(
            m_insertDuration, QStringLiteral("INSERT OR REPLACE INTO commits (batch, duration_us) VALUES (?, ?)")))
        return failed(m_insertDuration.error());

    if (!m_log.prepare(handle))
        return failed(m_log.error());
    for (Statement* statement : {&m_insertCall, &m_insertCalls})
        statement->copyTo(&m_callContent.bytes);
    for (Statement* statement : {&m_insertAttempt, &m_insertAttempts})
        statement->copyTo(&m_attemptContent.bytes);

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

void CallWriter::bindCall(Statement& to, qint64 seq, const Row& row)
{
    m_callContent.begins.push_back(m_callContent.bytes.size());
    m_callContent.bytes.mark(kCallMark);
    to.bind(seq);
    to.bind(row.batch);
    to.bind(row.waitedUs);
    for (const auto& column : callColumns())
        column.bind(to, *row.call);
}

// `number`: their order in the call; a wrong number of theirs must not cost the record.
void CallWriter::bindAttempt(Statement& to, qint64 seq, qint64 number, const api::Attempt& attempt)
{
    m_attemptContent.bytes.mark(kAttemptMark);
    to.bind(seq);
    to.bind(number);
    for (const auto& column : attemptColumns())
        column.bind(to, attempt);
}

CallWriter::Written CallWriter::write(const api::Call& call, qint64 batch, qint64 waitedUs)
{
    const Row row{&call, batch, waitedUs};
    m_callContent.clear();
    bindCall(m_insertCall, m_lastSeq + 1, row);
    if (!run(m_insertCall))
        return Written::Failed;
    if (m_insertCall.changes() == 0)
        return Written::Known;
    const qint64 seq = ++m_lastSeq;
    return writeAttempts(seq, {&row, 1}) ? Written::New : Written::Failed;
}

CallWriter::Written CallWriter::writeTogether(std::span<const Row, kTogether> rows)
{
    qint64 seq = m_lastSeq;
    m_callContent.clear();
    for (const Row& row : rows)
        bindCall(m_insertCalls, ++seq, row);
    if (!run(m_insertCalls))
        return Written::Failed;
    if (m_insertCalls.changes() != int(kTogether)) {
        m_takeBack.bind(m_lastSeq);
        return run(m_takeBack) ? Written::Known : Written::Failed;
    }
    const qint64 first = m_lastSeq + 1;
    m_lastSeq = seq;
    return writeAttempts(first, rows) ? Written::New : Written::Failed;
}

bool CallWriter::writeAttempts(qint64 firstSeq, std::span<const Row> rows)
{
    m_attemptContent.clear();
    std::size_t left = 0;
    for (const Row& row : rows)
        left += std::size_t(row.call->attempts.size());
    std::size_t bound = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        qint64 number = 0;
        m_attemptContent.begins.push_back(m_attemptContent.bytes.size());
        for (const api::Attempt& attempt : rows[i].call->attempts) {
            const bool together = left + bound >= kTogether; // what is bound and what is left fill one
            Statement& to = together ? m_insertAttempts : m_insertAttempt;
            bindAttempt(to, firstSeq + qint64(i), ++number, attempt);
            --left;
            bound = together ? (bound + 1) % kTogether : 0;
            if (bound == 0 && !run(to))
                return false;
        }
    }
    logCalls(firstSeq, rows.size());
    return true;
}

void CallWriter::logCalls(qint64 firstSeq, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        const Hash content = audit::contentHash(audit::LogKind::Call, m_callContent.of(i), m_attemptContent.of(i));
        m_log.add(audit::LogKind::Call, firstSeq + qint64(i), content);
    }
}

bool CallWriter::beginLog(qint64 atMs)
{
    if (m_log.begin(atMs))
        return true;
    m_error = m_log.error();
    return false;
}

bool CallWriter::flushLog()
{
    if (m_log.flush())
        return true;
    m_error = m_log.error();
    return false;
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
