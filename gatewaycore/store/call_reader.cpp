#include "store/call_reader.h"

#include "store/columns.h"

#include <QSqlError>

namespace gateway::store {
namespace {

constexpr int kFewAttempts = 20'000;

api::Error failed(const QSqlQuery& query)
{
    return api::failure(
        api::Failure::Unavailable, QStringLiteral("The record cannot be read: %1.").arg(query.lastError().text()));
}

// seq, commit time, then callColumns
QString selection(const char* indexing = "")
{
    return QStringLiteral(
        "SELECT c.seq, CASE WHEN m.duration_us IS NULL THEN -1 ELSE c.waited_us + m.duration_us END, %1"
        " FROM calls c %2 LEFT JOIN commits m ON m.batch = c.batch")
        .arg(names(callColumns(), "c."), QLatin1String(indexing));
}

struct Row
{
    qint64 seq = 0;
    api::Call call;
};

Row rowOf(const QSqlQuery& query)
{
    Row row;
    row.seq = query.value(0).toLongLong();
    row.call.commitUs = query.value(1).toLongLong();
    int at = 2;
    for (const auto& column : callColumns())
        column.set(row.call, query.value(at++));
    return row;
}

// "STARTED_SEQ": both rise with a place in the listing that never changes
std::optional<std::pair<qint64, qint64>> cursorOf(const QString& text)
{
    const QStringList parts = text.split(u'_');
    bool startedOk = false;
    bool seqOk = false;
    if (parts.size() != 2)
        return std::nullopt;
    const std::pair cursor{parts[0].toLongLong(&startedOk), parts[1].toLongLong(&seqOk)};
    return startedOk && seqOk ? std::optional(cursor) : std::nullopt;
}

} // namespace

api::Result<std::unique_ptr<CallReader>> CallReader::open(const QString& databaseFile)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    std::unique_ptr<CallReader> reader(new CallReader(std::move(*connection)));
    reader->m_attempts = QSqlQuery(*reader->m_connection);
    reader->m_attempts.setForwardOnly(true);
    if (!reader->m_attempts.prepare(QStringLiteral("SELECT number, %1 FROM attempts WHERE call = ? ORDER BY number")
                                        .arg(names(attemptColumns()))))
        return failed(reader->m_attempts);
    return reader;
}

api::Outcome CallReader::readAttempts(api::Call& call, qint64 seq)
{
    m_attempts.bindValue(0, seq);
    if (!m_attempts.exec())
        return failed(m_attempts);
    while (m_attempts.next()) {
        api::Attempt attempt;
        attempt.number = m_attempts.value(0).toInt();
        int at = 1;
        for (const auto& column : attemptColumns())
            column.set(attempt, m_attempts.value(at++));
        call.attempts.append(std::move(attempt));
    }
    m_attempts.finish();
    return api::Done{};
}

// What has few attempts at the provider is found by them and then put in order; what has many is met soon when looking
// from the newest call on.
api::Result<CallReader::Search> CallReader::searchFor(const api::CallQuery& asked, const QStringList& tenants)
{
    Search search;
    api::CallQuery others = asked;
    if (!asked.provider.isEmpty()) {
        QSqlQuery query(*m_connection);
        query.setForwardOnly(true);
        if (!query.prepare(QStringLiteral("SELECT count(*) FROM (SELECT 1 FROM attempts WHERE provider = ? LIMIT ?)")))
            return failed(query);
        query.addBindValue(asked.provider);
        query.addBindValue(kFewAttempts + 1);
        if (!query.exec() || !query.next())
            return failed(query);
        if (query.value(0).toInt() <= kFewAttempts) {
            search.indexing = "NOT INDEXED"; // by seq alone
            search.filter.add("c.seq IN (SELECT call FROM attempts WHERE provider = ?)", {asked.provider});
            others.provider.clear();
        }
    }
    search.filter.add(timeFilterOf(others));
    search.filter.add(callFilterOf(others, tenants));
    // one condition with an index is counted in the index; several are looked up call by call
    const int conditions = int(!others.tenant.isEmpty()) + int(!others.alias.isEmpty()) +
                           int(others.outcome && *others.outcome != api::CallOutcome::Answered) +
                           int(!tenants.isEmpty());
    search.countable = search.indexing[0] != '\0' ||
                       (conditions <= 1 && others.provider.isEmpty() && others.outcome != api::CallOutcome::Answered);
    return search;
}

api::Result<qint64> CallReader::counted(const QString& from, const CallFilter& filter)
{
    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral("SELECT count(*) FROM ") + from))
        return failed(query);
    filter.bind(query);
    if (!query.exec() || !query.next())
        return failed(query);
    return query.value(0).toLongLong();
}

api::Result<qint64> CallReader::count(const api::CallQuery& asked, const Search& search)
{
    const QString calls = QStringLiteral("calls c %1").arg(QLatin1String(search.indexing));
    if (search.countable)
        return counted(calls + search.filter.where(), search.filter);
    // all but those that were not answered, if nothing else is asked
    if (asked.outcome == api::CallOutcome::Answered &&
        search.filter.conditions.size() == timeFilterOf(asked).conditions.size() + 1) {
        CallFilter filter = timeFilterOf(asked);
        const auto all = counted(QStringLiteral("calls c") + filter.where(), filter);
        filter.add("c.outcome <> 'answered'", {});
        const auto others = counted(QStringLiteral("calls c") + filter.where(), filter);
        return all && others ? api::Result<qint64>(*all - *others) : all ? others : all;
    }
    return counted(QStringLiteral("(SELECT 1 FROM %1 %2 LIMIT %3)").arg(calls, search.filter.where()).arg(kMostCounted),
        search.filter);
}

api::Result<api::CallPage> CallReader::list(const api::CallQuery& asked, const QStringList& tenants)
{
    if (asked.limit < 1 || asked.limit > 1000)
        return api::failure(api::Failure::Invalid, QStringLiteral("The limit must be from 1 to 1,000."));
    auto search = searchFor(asked, tenants);
    if (!search)
        return search.error();
    const auto total = count(asked, *search);
    if (!total)
        return total.error();
    api::CallPage page;
    page.total = *total;
    CallFilter& filter = search->filter;
    if (!asked.before.isEmpty()) {
        const auto cursor = cursorOf(asked.before);
        if (!cursor)
            return api::failure(api::Failure::Invalid, QStringLiteral("The cursor is not one of ours."));
        filter.add("(c.started_ms, c.seq) < (?, ?)", {cursor->first, cursor->second});
    }
    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(selection(search->indexing) + filter.where() +
                       QStringLiteral(" ORDER BY c.started_ms DESC, c.seq DESC LIMIT ?")))
        return failed(query);
    filter.bind(query);
    query.addBindValue(asked.limit + 1); // one more tells whether there is a next page
    if (!query.exec())
        return failed(query);
    qint64 lastSeq = 0;
    while (query.next()) {
        if (page.calls.size() == asked.limit) {
            page.next = QStringLiteral("%1_%2").arg(page.calls.last().startedAt.toMSecsSinceEpoch()).arg(lastSeq);
            break;
        }
        Row row = rowOf(query);
        if (const auto read = readAttempts(row.call, row.seq); !read)
            return read.error();
        lastSeq = row.seq;
        page.calls.append(std::move(row.call));
    }
    return page;
}

api::Result<api::Call> CallReader::find(const QString& id)
{
    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(selection() + QStringLiteral(" WHERE c.id = ?")))
        return failed(query);
    query.addBindValue(id);
    if (!query.exec())
        return failed(query);
    if (!query.next())
        return api::failure(
            api::Failure::NotFound, QStringLiteral("There is no call %1 in the record.").arg(id.left(80)));
    Row row = rowOf(query);
    query.finish();
    if (const auto read = readAttempts(row.call, row.seq); !read)
        return read.error();
    return std::move(row.call);
}

api::Result<bool> CallReader::contains(const QString& id)
{
    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral("SELECT 1 FROM calls WHERE id = ?")))
        return failed(query);
    query.addBindValue(id);
    if (!query.exec())
        return failed(query);
    return query.next();
}

api::Result<std::vector<CallReader::Repeatable>> CallReader::repeatable(const QDateTime& since)
{
    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    query.prepare(QStringLiteral("SELECT idempotency, id FROM calls WHERE idempotency <> '' AND started_ms >= ? AND "
                                 "outcome IN ('answered', 'indeterminate')"));
    query.addBindValue(since.toMSecsSinceEpoch());
    if (!query.exec())
        return api::failure(
            api::Failure::Unavailable, QStringLiteral("The record cannot be read: %1.").arg(query.lastError().text()));
    std::vector<Repeatable> found;
    while (query.next())
        found.push_back({query.value(0).toString(), query.value(1).toString()});
    return found;
}

api::Outcome CallReader::recent(const QDateTime& since, const std::function<bool(const api::Call&)>& visitor)
{
    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(selection() + QStringLiteral(" WHERE c.started_ms >= ? ORDER BY c.started_ms, c.seq")))
        return failed(query);
    query.addBindValue(since.toMSecsSinceEpoch());
    if (!query.exec())
        return failed(query);
    while (query.next()) {
        Row row = rowOf(query);
        if (const auto read = readAttempts(row.call, row.seq); !read)
            return read;
        if (!visitor(row.call))
            break;
    }
    return api::Done{};
}

} // namespace gateway::store
