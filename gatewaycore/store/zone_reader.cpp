#include "store/zone_reader.h"

#include "store/call_filter.h"

#include <QElapsedTimer>
#include <QSqlError>
#include <QSqlQuery>

#include <map>

namespace gateway::store {
namespace {

constexpr int kPieceRows = 50'000;

api::Error failed(const QSqlQuery& query)
{
    return api::failure(
        api::Failure::Unavailable, QStringLiteral("The record cannot be read: %1.").arg(query.lastError().text()));
}

// CROSS JOIN keeps the order of the tables: else each piece would read every attempt there is.
const QString kCounting = QStringLiteral("SELECT c.tenant, a.provider, a.region, count(*) FROM calls c"
                                         " INDEXED BY calls_summary CROSS JOIN attempts a ON a.call = c.seq"
                                         " WHERE c.started_ms >= ? AND c.started_ms < ?"
                                         " AND a.result NOT IN ('skipped', 'refused')");
const QString kGrouping = QStringLiteral(" GROUP BY c.tenant, a.provider, a.region");

} // namespace

api::Result<std::unique_ptr<ZoneReader>> ZoneReader::open(const QString& databaseFile)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    return std::unique_ptr<ZoneReader>(new ZoneReader(std::move(*connection)));
}

QString ZoneReader::queryText()
{
    return kCounting + kGrouping;
}

api::Result<std::vector<EndpointCount>> ZoneReader::count(
    qint64 sinceMs, qint64 untilMs, const QStringList& tenants, std::chrono::milliseconds patience)
{
    QSqlQuery edge(*m_connection);
    edge.setForwardOnly(true);
    if (!edge.prepare(QStringLiteral("SELECT started_ms FROM calls INDEXED BY calls_started WHERE started_ms >= ?"
                                     " AND started_ms < ? ORDER BY started_ms LIMIT 1 OFFSET %1")
                          .arg(kPieceRows)))
        return failed(edge);
    const CallFilter filter = tenantFilterOf(tenants);
    QString text = kCounting;
    for (const QString& condition : filter.conditions)
        text += QStringLiteral(" AND ") + condition;
    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(text + kGrouping))
        return failed(query);

    std::map<std::tuple<QString, QString, QString>, qint64> sums;
    QElapsedTimer elapsed;
    elapsed.start();
    for (qint64 from = sinceMs; from < untilMs;) {
        if (elapsed.elapsed() > patience.count())
            return api::failure(api::Failure::Unavailable,
                QStringLiteral("Counting the attempts of this time took longer than %1 ms and was given up.")
                    .arg(patience.count()),
                QStringLiteral("Ask for a shorter time."));
        edge.bindValue(0, from);
        edge.bindValue(1, untilMs);
        if (!edge.exec())
            return failed(edge);
        const qint64 to = edge.next() ? std::max(edge.value(0).toLongLong(), from + 1) : untilMs;
        edge.finish();
        int at = 0;
        query.bindValue(at++, from);
        query.bindValue(at++, to);
        for (const QVariant& value : filter.values)
            query.bindValue(at++, value);
        if (!query.exec())
            return failed(query);
        while (query.next())
            sums[{query.value(0).toString(), query.value(1).toString(), query.value(2).toString()}] +=
                query.value(3).toLongLong();
        query.finish();
        from = to;
    }
    std::vector<EndpointCount> counts;
    for (const auto& [endpoint, attempts] : sums)
        counts.push_back({std::get<0>(endpoint), std::get<1>(endpoint), std::get<2>(endpoint), attempts});
    return counts;
}

api::Result<QStringList> ZoneReader::calls(const EndpointCount& endpoint, qint64 sinceMs, qint64 untilMs, int most)
{
    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral(
            "SELECT c.id FROM calls c WHERE c.tenant = ? AND c.started_ms >= ? AND c.started_ms < ?"
            " AND EXISTS (SELECT 1 FROM attempts a WHERE a.call = c.seq AND a.provider = ? AND a.region = ?"
            " AND a.result NOT IN ('skipped', 'refused')) ORDER BY c.started_ms DESC, c.seq DESC LIMIT ?")))
        return failed(query);
    int at = 0;
    for (const QVariant& value : {QVariant(endpoint.tenant), QVariant(sinceMs), QVariant(untilMs),
             QVariant(endpoint.provider), QVariant(endpoint.region), QVariant(most)})
        query.bindValue(at++, value);
    if (!query.exec())
        return failed(query);
    QStringList ids;
    while (query.next())
        ids.append(query.value(0).toString());
    return ids;
}

} // namespace gateway::store
