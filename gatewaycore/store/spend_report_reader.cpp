#include "store/spend_report_reader.h"

#include "store/spend_report_sql.h"

#include <QJsonDocument>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

using api::Money;

// Removed calls are known by the day: those of the days that lie whole in the time asked for.
constexpr char kRemovedDays[] = "day >= (:since + 86399999) / 86400000 AND day < (:until + 86399999) / 86400000";

Money money(const QVariant& value)
{
    return Money::fromNano(value.toLongLong());
}

} // namespace

api::Result<std::unique_ptr<SpendReportReader>> SpendReportReader::open(const QString& databaseFile)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    return std::unique_ptr<SpendReportReader>(new SpendReportReader(std::move(*connection)));
}

api::Outcome SpendReportReader::run(QSqlQuery& query, const QString& text, qint64 sinceMs, qint64 untilMs)
{
    query.setForwardOnly(true);
    bool good = query.prepare(text);
    if (text.contains(QLatin1String(":since"))) { // in several places
        query.bindValue(QStringLiteral(":since"), sinceMs);
        query.bindValue(QStringLiteral(":until"), untilMs);
    } else {
        query.addBindValue(sinceMs);
        query.addBindValue(untilMs);
    }
    good = good && query.exec();
    if (!good)
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("The record of spend cannot be read: %1.").arg(query.lastError().text()));
    return api::Done{};
}

api::Outcome SpendReportReader::reservations(
    qint64 sinceMs, qint64 untilMs, const std::function<void(const ReservedAndSpent&)>& visitor)
{
    QSqlQuery query(*m_connection);
    const auto ran = run(query,
        QStringLiteral("SELECT c.alias, a.cost_estimated_nano, a.cost_nano, a.cost_known, a.result = 'answered'"
                       " FROM calls c JOIN attempts a ON a.call = c.seq WHERE c.started_ms >= ? AND c.started_ms < ?"
                       " AND a.cost_estimated_nano IS NOT NULL AND a.cost_nano IS NOT NULL"
                       " AND (a.sent_us >= 0 OR a.cost_known = 0)"),
        sinceMs, untilMs);
    if (!ran)
        return ran;
    while (query.next())
        visitor({query.value(0).toString(), money(query.value(1)), money(query.value(2)), query.value(3).toBool(),
            query.value(4).toBool()});
    return api::Done{};
}

api::Result<std::vector<BudgetRefusal>> SpendReportReader::refusals(qint64 sinceMs, qint64 untilMs)
{
    QSqlQuery query(*m_connection);
    const auto ran = run(query,
        QStringLiteral("SELECT alias, decision FROM calls WHERE started_ms >= ? AND started_ms < ?"
                       " AND error_code = 'budget_hard' AND outcome = 'refused'"),
        sinceMs, untilMs);
    if (!ran)
        return ran.error();
    std::vector<BudgetRefusal> list;
    while (query.next()) {
        const QJsonObject decision = QJsonDocument::fromJson(query.value(1).toString().toUtf8()).object();
        list.push_back(
            {query.value(0).toString(), api::limitFactsFromJson(decision.value(QLatin1String("limit")).toObject())});
    }
    return list;
}

api::Result<std::vector<SpendRow>> SpendReportReader::spend(qint64 sinceMs, qint64 untilMs)
{
    QSqlQuery query(*m_connection);
    const QString text = QStringLiteral(
        "SELECT tenant, feature, sum(calls), sum(proved), sum(claimed) FROM (SELECT c.tenant, c.feature,"
        " count(*) AS calls, sum(CASE WHEN %1 THEN coalesce(c.cost_nano, 0) ELSE 0 END) AS proved,"
        " sum(CASE WHEN %1 THEN 0 ELSE coalesce(c.cost_nano, 0) END) AS claimed FROM calls c"
        " WHERE c.started_ms >= :since AND c.started_ms < :until AND c.outcome <> 'refused' GROUP BY 1, 2"
        " UNION ALL SELECT tenant, feature, calls, proved_nano, claimed_nano FROM removed_spend"
        " WHERE calls > 0 AND %2) GROUP BY 1, 2 ORDER BY sum(proved) + sum(claimed) DESC, 1, 2")
                             .arg(QLatin1String(kIsProved), QLatin1String(kRemovedDays));
    const auto ran = run(query, text, sinceMs, untilMs);
    if (!ran)
        return ran.error();
    std::vector<SpendRow> list;
    while (query.next())
        list.push_back({query.value(0).toString(), query.value(1).toString(), query.value(2).toLongLong(),
            money(query.value(3)), money(query.value(4))});
    return list;
}

api::Result<qint64> SpendReportReader::unpricedCalls(qint64 sinceMs, qint64 untilMs)
{
    QSqlQuery query(*m_connection);
    const QString text = QStringLiteral(
        "SELECT (SELECT count(*) FROM calls c WHERE c.started_ms >= :since AND c.started_ms < :until AND %1)"
        " + (SELECT coalesce(sum(unpriced), 0) FROM removed_spend WHERE %2)")
                             .arg(QLatin1String(kHasUnpriced), QLatin1String(kRemovedDays));
    const auto ran = run(query, text, sinceMs, untilMs);
    if (!ran)
        return ran.error();
    return query.next() ? query.value(0).toLongLong() : 0;
}

api::Result<std::vector<RecordedRow>> SpendReportReader::recorded(qint64 sinceMs, qint64 untilMs)
{
    // what there is, and what was removed of these months
    QSqlQuery query(*m_connection);
    const QString text = QStringLiteral("SELECT provider, model, model_reported, month, sum(attempts), sum(tokens_in),"
                                        " sum(tokens_out), sum(cost_nano), sum(unpriced), sum(unpriced_tokens),"
                                        " sum(disconnects), sum(disconnect_nano), sum(disconnect_more_nano),"
                                        " sum(retries), sum(retry_nano), sum(retry_more_nano) FROM (") +
                         QLatin1String(kAttemptSums) +
                         QStringLiteral("c.started_ms >= :since AND c.started_ms < :until") +
                         QLatin1String(kAttemptGroups) +
                         QStringLiteral(" UNION ALL SELECT month, provider, model, model_reported, attempts, tokens_in,"
                                        " tokens_out, cost_nano, unpriced, unpriced_tokens, disconnects,"
                                        " disconnect_nano, disconnect_more_nano, retries, retry_nano, retry_more_nano"
                                        " FROM removed_attempts"
                                        " WHERE month >= strftime('%Y-%m', :since / 1000, 'unixepoch')"
                                        " AND month <= strftime('%Y-%m', (:until - 1) / 1000, 'unixepoch'))"
                                        " GROUP BY provider, model, model_reported, month"
                                        " ORDER BY provider, model, model_reported, month");
    const auto ran = run(query, text, sinceMs, untilMs);
    if (!ran)
        return ran.error();
    std::vector<RecordedRow> list;
    while (query.next()) {
        RecordedRow row;
        row.provider = query.value(0).toString();
        row.model = query.value(1).toString();
        row.modelReported = query.value(2).toString();
        row.month = query.value(3).toString();
        row.attempts = query.value(4).toLongLong();
        row.inputTokens = query.value(5).toLongLong();
        row.outputTokens = query.value(6).toLongLong();
        row.cost = money(query.value(7));
        row.unpriced = query.value(8).toLongLong();
        row.unpricedTokens = query.value(9).toLongLong();
        row.disconnects = query.value(10).toLongLong();
        row.disconnectCost = money(query.value(11));
        row.disconnectMore = money(query.value(12));
        row.retries = query.value(13).toLongLong();
        row.retryCost = money(query.value(14));
        row.retryMore = money(query.value(15));
        list.push_back(std::move(row));
    }
    return list;
}

} // namespace gateway::store
