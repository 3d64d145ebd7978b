#include "store/spend_report_reader.h"

#include <QJsonDocument>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

using api::Money;

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
    query.addBindValue(sinceMs);
    query.addBindValue(untilMs);
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
    const auto ran = run(query,
        QStringLiteral("SELECT tenant, feature, count(*),"
                       " sum(CASE WHEN feature_proved = 1 OR feature = '' THEN cost_nano ELSE 0 END),"
                       " sum(CASE WHEN feature_proved = 1 OR feature = '' THEN 0 ELSE cost_nano END)"
                       " FROM calls WHERE started_ms >= ? AND started_ms < ? AND outcome <> 'refused'"
                       " GROUP BY tenant, feature ORDER BY sum(cost_nano) DESC, tenant, feature"),
        sinceMs, untilMs);
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
    const auto ran = run(query,
        QStringLiteral("SELECT count(*) FROM calls c WHERE c.started_ms >= ? AND c.started_ms < ?"
                       " AND EXISTS (SELECT 1 FROM attempts a WHERE a.call = c.seq AND a.cost_nano IS NULL"
                       " AND (a.sent_us >= 0 OR a.cost_known = 0))"),
        sinceMs, untilMs);
    if (!ran)
        return ran.error();
    return query.next() ? query.value(0).toLongLong() : 0;
}

api::Result<std::vector<RecordedRow>> SpendReportReader::recorded(qint64 sinceMs, qint64 untilMs)
{
    // each attempt once, told apart into disconnects, other failures and the rest; then the sums
    QSqlQuery query(*m_connection);
    const auto ran = run(query,
        QStringLiteral(
            "SELECT provider, model, model_reported, month, count(*), sum(tokens_in), sum(tokens_out), sum(cost),"
            " sum(cost IS NULL), sum(CASE WHEN cost IS NULL THEN tokens_in + tokens_out ELSE 0 END),"
            " sum(kind = 1), sum(CASE WHEN kind = 1 THEN cost END), sum(CASE WHEN kind = 1 THEN more END),"
            " sum(kind = 2), sum(CASE WHEN kind = 2 THEN cost END), sum(CASE WHEN kind = 2 THEN more END)"
            " FROM (SELECT a.provider, a.model, coalesce(json_extract(a.detail, '$.model_reported'), '') AS "
            "model_reported,"
            "   strftime('%Y-%m', (c.started_ms + max(a.start_us, 0) / 1000) / 1000, 'unixepoch') AS month,"
            "   coalesce(json_extract(a.detail, '$.tokens.input'), 0) AS tokens_in,"
            "   coalesce(json_extract(a.detail, '$.tokens.output'), 0) AS tokens_out,"
            "   a.cost_nano AS cost, max(coalesce(a.cost_estimated_nano - a.cost_nano, 0), 0) AS more,"
            "   CASE WHEN a.cost_known = 0 OR a.result = 'cancelled' OR json_extract(a.detail, '$.stream') IN "
            "('truncated', 'cancelled', "
            "'stalled')"
            "     THEN 1 WHEN a.result = 'failed' THEN 2 ELSE 0 END AS kind"
            "   FROM calls c JOIN attempts a ON a.call = c.seq WHERE c.started_ms >= ? AND c.started_ms < ?"
            "   AND (a.sent_us >= 0 OR a.cost_known = 0))"
            " GROUP BY provider, model, model_reported, month ORDER BY provider, model, model_reported, month"),
        sinceMs, untilMs);
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
