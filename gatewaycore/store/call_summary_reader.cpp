#include "store/call_summary_reader.h"

#include "store/call_filter.h"
#include "store/call_fold.h"
#include "store/fold_mark.h"
#include "store/read_snapshot.h"

#include <QElapsedTimer>
#include <QHash>
#include <QSqlError>
#include <QSqlQuery>

#include <algorithm>

namespace gateway::store {
namespace {

using api::CallSummaryRow;
using api::Money;

constexpr qint64 kPieceRows = 100'000;
constexpr qint64 kPieceHalfHours = 7 * 48;
constexpr qsizetype kMostGroups = 200'000; // held at once; keys beyond go to "other"

// An expression over `calls c`, and where the same is in call_sums. The + keeps SQLite from walking an index in the
// order of the group instead of the time.
struct Grouping
{
    const char* by;
    const char* sql; // constants only
    const char* property;
    const char* value;
};
constexpr Grouping kGroupings[]{
    {"outcome", "+c.outcome", "outcome", "value"},
    {"tenant", "+c.tenant", "outcome", "tenant"},
    {"alias", "+c.alias", "alias", "value"},
    {"provider", "substr(c.served_by, 1, instr(c.served_by, '/') - 1)", "provider", "value"},
    {"feature", "+c.feature", "feature", "value"},
    {"credential", "+c.credential", "credential", "value"},
    {"error_code", "+c.error_code", "error_code", "value"},
};

const Grouping& groupingOf(const QString& by)
{
    for (const Grouping& grouping : kGroupings) {
        if (by == QLatin1String(grouping.by))
            return grouping;
    }
    return kGroupings[0];
}

using Group = std::pair<qint64, QString>; // bucket, key

void addTo(CallSummaryRow& sum, const CallSummaryRow& row)
{
    sum.calls += row.calls;
    sum.answered += row.answered;
    sum.unpriced += row.unpriced;
    sum.inputTokens += row.inputTokens;
    sum.outputTokens += row.outputTokens;
    if (row.cost)
        sum.cost = sum.cost.value_or(Money()).plus(*row.cost).value_or(*row.cost);
}

api::Error failed(const QSqlQuery& query)
{
    return api::failure(
        api::Failure::Unavailable, QStringLiteral("The record cannot be read: %1.").arg(query.lastError().text()));
}

// The 100 keys with the most calls stay; the others become "other".
bool foldOthers(QHash<Group, CallSummaryRow>& groups)
{
    QHash<QString, qint64> callsOf;
    for (auto group = groups.cbegin(); group != groups.cend(); ++group)
        callsOf[group.key().second] += group->calls;
    if (callsOf.size() <= CallSummaryReader::kMostKeys)
        return false;
    std::vector<std::pair<qint64, QString>> ranked;
    for (auto key = callsOf.cbegin(); key != callsOf.cend(); ++key)
        ranked.emplace_back(-key.value(), key.key());
    std::sort(ranked.begin(), ranked.end());
    QHash<QString, bool> stays;
    for (int i = 0; i < CallSummaryReader::kMostKeys; ++i)
        stays.insert(ranked[std::size_t(i)].second, true);
    QHash<Group, CallSummaryRow> kept;
    for (auto group = groups.cbegin(); group != groups.cend(); ++group) {
        const QString key = stays.contains(group.key().second) ? group.key().second : QStringLiteral("other");
        addTo(kept[{group.key().first, key}], *group);
    }
    groups = std::move(kept);
    return true;
}

// One question: what it asks, how far it is, what it has found.
class Adding
{
public:
    Adding(QSqlDatabase& database, const api::CallSummaryQuery& asked, const QStringList& tenants,
        std::chrono::milliseconds patience)
        : m_database(database),
          m_asked(asked),
          m_tenants(tenants),
          m_patience(patience),
          m_grouping(groupingOf(asked.by)),
          m_filter(callFilterOf(asked.filter, tenants)),
          m_step(qint64(asked.stepSeconds) * 1000)
    {
        m_elapsed.start();
    }

    // The calls themselves, in pieces of the time: a piece is a bucket, or less where a bucket holds many.
    api::Outcome addCalls(qint64 since, qint64 until);
    // The sums of these half hours, and the calls that are not in the sums yet.
    api::Outcome addSums(const WholeHalfHours& hours);
    bool sumsAnswer() const;

    QHash<Group, CallSummaryRow> groups;
    qint64 total = 0;
    bool cut = false;

private:
    bool isLate() const { return m_elapsed.elapsed() > m_patience.count(); }
    api::Error late() const;
    QString bucketSql(const char* ms) const
    {
        return m_step > 0 ? QStringLiteral("%1 / %2").arg(QLatin1String(ms)).arg(m_step) : QStringLiteral("0");
    }
    QString rowsSql(const char* indexing) const;
    void take(QSqlQuery& query);

    QSqlDatabase& m_database;
    const api::CallSummaryQuery& m_asked;
    const QStringList& m_tenants;
    const std::chrono::milliseconds m_patience;
    const Grouping& m_grouping;
    const CallFilter m_filter;
    const qint64 m_step;
    QElapsedTimer m_elapsed;
};

api::Error Adding::late() const
{
    return api::failure(api::Failure::Unavailable,
        QStringLiteral("The sum over this time took longer than %1 ms and was given up.").arg(m_patience.count()),
        QStringLiteral("Ask for a shorter time."));
}

QString Adding::rowsSql(const char* indexing) const
{
    return QStringLiteral("SELECT %1, %2, count(*), sum(c.outcome = 'answered'), sum(c.cost_nano), count(c.cost_nano),"
                          " sum(c.cost_nano IS NULL AND c.tokens_in + c.tokens_out > 0), sum(c.tokens_in),"
                          " sum(c.tokens_out) FROM calls c %3")
        .arg(QLatin1String(m_grouping.sql), bucketSql("c.started_ms"), QLatin1String(indexing));
}

void Adding::take(QSqlQuery& query)
{
    while (query.next()) {
        CallSummaryRow row;
        row.calls = query.value(2).toLongLong();
        row.answered = query.value(3).toLongLong();
        if (query.value(5).toLongLong() > 0)
            row.cost = Money::fromNano(query.value(4).toLongLong());
        row.unpriced = query.value(6).toLongLong();
        row.inputTokens = query.value(7).toLongLong();
        row.outputTokens = query.value(8).toLongLong();
        total += row.calls;
        Group group{query.value(1).toLongLong(), query.value(0).toString()};
        if (groups.size() >= kMostGroups && !groups.contains(group)) {
            group.second = QStringLiteral("other");
            cut = true;
        }
        addTo(groups[group], row);
    }
    query.finish();
}

api::Outcome Adding::addCalls(qint64 since, qint64 until)
{
    // where the next piece ends: a look into the index alone
    QSqlQuery edge(m_database);
    edge.setForwardOnly(true);
    if (!edge.prepare(QStringLiteral("SELECT started_ms FROM calls INDEXED BY calls_started WHERE started_ms >= ?"
                                     " AND started_ms < ? ORDER BY started_ms LIMIT 1 OFFSET %1")
                          .arg(kPieceRows)))
        return failed(edge);
    CallFilter whole = m_filter;
    whole.add("c.started_ms >= ?", {qint64(0)});
    whole.add("c.started_ms < ?", {qint64(0)});
    QSqlQuery sums(m_database);
    sums.setForwardOnly(true);
    if (!sums.prepare(rowsSql("") + whole.where() + QStringLiteral(" GROUP BY 1, 2")))
        return failed(sums);
    qint64 edgeMs = since;
    for (qint64 from = since; from < until;) {
        if (isLate())
            return late();
        if (from >= edgeMs) {
            edge.bindValue(0, from);
            edge.bindValue(1, until);
            if (!edge.exec())
                return failed(edge);
            // at least one millisecond further: a burst inside one may make a piece larger, never endless
            edgeMs = edge.next() ? std::max(edge.value(0).toLongLong(), from + 1) : until;
            edge.finish();
        }
        const qint64 to = m_step > 0 ? std::min(edgeMs, (from / m_step + 1) * m_step) : edgeMs;
        int at = 0;
        for (const QVariant& value : m_filter.values)
            sums.bindValue(at++, value);
        sums.bindValue(at++, from);
        sums.bindValue(at++, to);
        if (!sums.exec())
            return failed(sums);
        take(sums);
        from = to;
    }
    return api::Done{};
}

// The sums are by one property and per tenant, by half hours: other questions are for the calls.
bool Adding::sumsAnswer() const
{
    const api::CallQuery& filter = m_asked.filter;
    const auto is = [this](const char* property) { return qstrcmp(m_grouping.property, property) == 0; };
    return m_step % kHalfHourMs == 0 && filter.provider.isEmpty() && (filter.alias.isEmpty() || is("alias")) &&
           (!filter.outcome || is("outcome"));
}

api::Outcome Adding::addSums(const WholeHalfHours& hours)
{
    const auto folded = foldedUpTo(m_database, kCallsFolded);
    QSqlQuery last(m_database);
    if (!folded || !last.exec(QStringLiteral("SELECT coalesce(max(seq), 0) FROM calls")) || !last.next())
        return failed(last);
    const qint64 lastSeq = last.value(0).toLongLong();
    last.finish();

    CallFilter filter;
    const api::CallQuery& asked = m_asked.filter;
    filter.add("c.property = ?", {QLatin1String(m_grouping.property)});
    if (!asked.tenant.isEmpty())
        filter.add("c.tenant = ?", {asked.tenant});
    if (!asked.alias.isEmpty())
        filter.add("c.value = ?", {asked.alias});
    if (asked.outcome)
        filter.add("c.value = ?", {api::nameOf(*asked.outcome)});
    filter.add(tenantFilterOf(m_tenants));
    filter.add("c.half_hour >= ?", {qint64(0)});
    filter.add("c.half_hour < ?", {qint64(0)});
    QSqlQuery sums(m_database);
    sums.setForwardOnly(true);
    if (!sums.prepare(QStringLiteral("SELECT c.%1, %2, sum(calls), sum(answered), sum(cost_nano), sum(priced),"
                                     " sum(unpriced), sum(tokens_in), sum(tokens_out) FROM call_sums c")
                          .arg(QLatin1String(m_grouping.value),
                              bucketSql(qPrintable(QStringLiteral("c.half_hour * %1").arg(kHalfHourMs)))) +
                      filter.where() + QStringLiteral(" GROUP BY 1, 2")))
        return failed(sums);
    for (qint64 from = hours.first; from < hours.end; from += kPieceHalfHours) {
        if (isLate())
            return late();
        int at = 0;
        for (; at < filter.values.size() - 2; ++at)
            sums.bindValue(at, filter.values[at]);
        sums.bindValue(at++, from);
        sums.bindValue(at++, std::min(from + kPieceHalfHours, hours.end));
        if (!sums.exec())
            return failed(sums);
        take(sums);
    }

    CallFilter arrived = m_filter;
    for (const char* condition : {"c.started_ms >= ?", "c.started_ms < ?", "c.seq > ?", "c.seq <= ?"})
        arrived.add(condition, {qint64(0)});
    QSqlQuery calls(m_database);
    calls.setForwardOnly(true);
    if (!calls.prepare(rowsSql("NOT INDEXED") + arrived.where() + QStringLiteral(" GROUP BY 1, 2")))
        return failed(calls);
    for (qint64 from = *folded; from < lastSeq; from += kPieceRows) {
        if (isLate())
            return late();
        int at = 0;
        for (const QVariant& value : m_filter.values)
            calls.bindValue(at++, value);
        for (const qint64 value : {hours.firstMs(), hours.endMs(), from, from + kPieceRows})
            calls.bindValue(at++, value);
        if (!calls.exec())
            return failed(calls);
        take(calls);
    }
    return api::Done{};
}

} // namespace

api::Result<std::unique_ptr<CallSummaryReader>> CallSummaryReader::open(const QString& databaseFile)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    return std::unique_ptr<CallSummaryReader>(new CallSummaryReader(std::move(*connection)));
}

api::Result<api::CallSummary> CallSummaryReader::summary(
    const api::CallSummaryQuery& asked, const QStringList& tenants, std::chrono::milliseconds patience)
{
    const qint64 since = asked.filter.since->toMSecsSinceEpoch();
    const qint64 until = asked.filter.until->toMSecsSinceEpoch();
    const qint64 step = qint64(asked.stepSeconds) * 1000;
    const ReadSnapshot snapshot(*m_connection); // the sums and the calls that are not in them belong together
    Adding adding(*m_connection, asked, tenants, patience);
    const WholeHalfHours hours(since, until);
    api::Outcome added = api::Done{};
    if (hours.isEmpty() || !adding.sumsAnswer() || !m_useSums) {
        added = adding.addCalls(since, until);
    } else {
        added = adding.addCalls(since, hours.firstMs());
        if (added)
            added = adding.addSums(hours);
        if (added)
            added = adding.addCalls(hours.endMs(), until);
    }
    if (!added)
        return added.error();

    QHash<Group, CallSummaryRow>& groups = adding.groups;
    api::CallSummary answer;
    answer.by = asked.by;
    answer.stepSeconds = asked.stepSeconds;
    answer.total = adding.total;
    answer.cut = foldOthers(groups) || adding.cut;
    for (auto group = groups.cbegin(); group != groups.cend(); ++group) {
        CallSummaryRow row = *group;
        row.start = QDateTime::fromMSecsSinceEpoch(step > 0 ? group.key().first * step : since, Qt::UTC);
        row.key = group.key().second;
        answer.rows.append(row);
    }
    std::sort(answer.rows.begin(), answer.rows.end(), [](const CallSummaryRow& a, const CallSummaryRow& b) {
        return std::tuple(a.start, -a.calls, a.key) < std::tuple(b.start, -b.calls, b.key);
    });
    return answer;
}

} // namespace gateway::store
