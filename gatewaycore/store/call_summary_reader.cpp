#include "store/call_summary_reader.h"

#include "store/call_filter.h"

#include <QElapsedTimer>
#include <QHash>
#include <QSqlError>
#include <QSqlQuery>

#include <algorithm>

namespace gateway::store {
namespace {

using api::CallSummaryRow;
using api::Money;

constexpr int kPieceRows = 100'000;
constexpr qsizetype kMostGroups = 200'000; // held at once; keys beyond go to "other"

struct Grouping
{
    const char* by;
    const char* sql; // constants only
};
constexpr Grouping kGroupings[]{
    {"outcome", "c.outcome"},
    {"tenant", "c.tenant"},
    {"alias", "c.alias"},
    {"provider", "substr(c.served_by, 1, instr(c.served_by, '/') - 1)"},
    {"feature", "c.feature"},
    {"credential", "c.credential"},
    {"error_code", "c.error_code"},
};

const char* sqlOf(const QString& by)
{
    for (const Grouping& grouping : kGroupings) {
        if (by == QLatin1String(grouping.by))
            return grouping.sql;
    }
    return kGroupings[0].sql;
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
    const CallFilter filter = callFilterOf(asked.filter, tenants);

    // where the next piece ends: a look into the index alone
    QSqlQuery edge(*m_connection);
    edge.setForwardOnly(true);
    if (!edge.prepare(QStringLiteral("SELECT started_ms FROM calls INDEXED BY calls_summary WHERE started_ms >= ?"
                                     " AND started_ms < ? ORDER BY started_ms LIMIT 1 OFFSET %1")
                          .arg(kPieceRows)))
        return failed(edge);
    CallFilter whole = filter;
    whole.add("c.started_ms >= ?", {qint64(0)});
    whole.add("c.started_ms < ?", {qint64(0)});
    QSqlQuery sums(*m_connection);
    sums.setForwardOnly(true);
    if (!sums.prepare(QStringLiteral("SELECT %1, count(*), sum(c.outcome = 'answered'), sum(c.cost_nano),"
                                     " count(c.cost_nano), sum(c.cost_nano IS NULL AND c.tokens_in + c.tokens_out > 0),"
                                     " sum(c.tokens_in), sum(c.tokens_out) FROM calls c INDEXED BY calls_summary")
                          .arg(QLatin1String(sqlOf(asked.by))) +
                      whole.where() + QStringLiteral(" GROUP BY 1")))
        return failed(sums);

    QHash<Group, CallSummaryRow> groups;
    api::CallSummary answer;
    answer.by = asked.by;
    answer.stepSeconds = asked.stepSeconds;
    QElapsedTimer elapsed;
    elapsed.start();
    // a piece is a bucket, or less where a bucket holds many: the fewer rows are grouped at once, the faster it goes
    qint64 edgeMs = since;
    for (qint64 from = since; from < until;) {
        if (elapsed.elapsed() > patience.count())
            return api::failure(api::Failure::Unavailable,
                QStringLiteral("The sum over this time took longer than %1 ms and was given up.").arg(patience.count()),
                QStringLiteral("Ask for a shorter time."));
        if (from >= edgeMs) {
            edge.bindValue(0, from);
            edge.bindValue(1, until);
            if (!edge.exec())
                return failed(edge);
            // at least one millisecond further: a burst inside one may make a piece larger, never endless
            edgeMs = edge.next() ? std::max(edge.value(0).toLongLong(), from + 1) : until;
            edge.finish();
        }
        const qint64 bucket = step > 0 ? from / step : 0;
        const qint64 to = step > 0 ? std::min(edgeMs, (bucket + 1) * step) : edgeMs;
        int at = 0;
        for (const QVariant& value : filter.values)
            sums.bindValue(at++, value);
        sums.bindValue(at++, from);
        sums.bindValue(at++, to);
        if (!sums.exec())
            return failed(sums);
        while (sums.next()) {
            CallSummaryRow row;
            row.calls = sums.value(1).toLongLong();
            row.answered = sums.value(2).toLongLong();
            if (sums.value(4).toLongLong() > 0)
                row.cost = Money::fromNano(sums.value(3).toLongLong());
            row.unpriced = sums.value(5).toLongLong();
            row.inputTokens = sums.value(6).toLongLong();
            row.outputTokens = sums.value(7).toLongLong();
            answer.total += row.calls;
            Group group{bucket, sums.value(0).toString()};
            if (groups.size() >= kMostGroups && !groups.contains(group)) {
                group.second = QStringLiteral("other");
                answer.cut = true;
            }
            addTo(groups[group], row);
        }
        sums.finish();
        from = to;
    }
    answer.cut = foldOthers(groups) || answer.cut;
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
