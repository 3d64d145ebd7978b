#include "store/zone_reader.h"

#include "store/call_filter.h"
#include "store/call_fold.h"
#include "store/fold_mark.h"
#include "store/read_snapshot.h"

#include <QElapsedTimer>
#include <QSqlError>
#include <QSqlQuery>

#include <map>

namespace gateway::store {
namespace {

constexpr qint64 kPieceRows = 50'000;

api::Error failed(const QSqlQuery& query)
{
    return api::failure(
        api::Failure::Unavailable, QStringLiteral("The record cannot be read: %1.").arg(query.lastError().text()));
}

// CROSS JOIN keeps the order of the tables: else each piece would read every attempt there is. The + keeps SQLite from
// walking the calls in the order of the group.
const QString kCounting = QStringLiteral("SELECT +c.tenant, a.provider, a.region, count(*) FROM calls c%1"
                                         " CROSS JOIN attempts a ON a.call = c.seq"
                                         " WHERE c.started_ms >= ? AND c.started_ms < ?"
                                         " AND a.result NOT IN ('skipped', 'refused')");
const QString kInTime = QStringLiteral(" INDEXED BY calls_started");
const QString kGrouping = QStringLiteral(" GROUP BY 1, 2, 3");

// One question: how far it is, what it has found.
class Counting
{
public:
    Counting(QSqlDatabase& database, const QStringList& tenants, std::chrono::milliseconds patience)
        : m_database(database), m_filter(tenantFilterOf(tenants)), m_patience(patience)
    {
        m_elapsed.start();
    }

    api::Outcome addCalls(qint64 fromMs, qint64 untilMs); // the calls themselves, in pieces of the time
    api::Outcome addSums(const WholeHalfHours& hours);    // what is folded, and the calls that are not

    std::map<std::tuple<QString, QString, QString>, qint64> sums;

private:
    bool isLate() const { return m_elapsed.elapsed() > m_patience.count(); }
    api::Error late() const;
    QString conditions() const
    {
        QString text;
        for (const QString& condition : m_filter.conditions)
            text += QStringLiteral(" AND ") + condition;
        return text;
    }
    api::Outcome take(QSqlQuery& query, std::initializer_list<qint64> bound);

    QSqlDatabase& m_database;
    const CallFilter m_filter;
    const std::chrono::milliseconds m_patience;
    QElapsedTimer m_elapsed;
};

api::Error Counting::late() const
{
    return api::failure(api::Failure::Unavailable,
        QStringLiteral("Counting the attempts of this time took longer than %1 ms and was given up.")
            .arg(m_patience.count()),
        QStringLiteral("Ask for a shorter time."));
}

api::Outcome Counting::take(QSqlQuery& query, std::initializer_list<qint64> bound)
{
    if (isLate())
        return late();
    int at = 0;
    for (const qint64 value : bound)
        query.bindValue(at++, value);
    for (const QVariant& value : m_filter.values)
        query.bindValue(at++, value);
    if (!query.exec())
        return failed(query);
    while (query.next())
        sums[{query.value(0).toString(), query.value(1).toString(), query.value(2).toString()}] +=
            query.value(3).toLongLong();
    query.finish();
    return api::Done{};
}

api::Outcome Counting::addCalls(qint64 fromMs, qint64 untilMs)
{
    QSqlQuery edge(m_database);
    edge.setForwardOnly(true);
    if (!edge.prepare(QStringLiteral("SELECT started_ms FROM calls INDEXED BY calls_started WHERE started_ms >= ?"
                                     " AND started_ms < ? ORDER BY started_ms LIMIT 1 OFFSET %1")
                          .arg(kPieceRows)))
        return failed(edge);
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    const QString counting = kCounting.arg(kInTime) + conditions() + kGrouping;
    if (!query.prepare(counting))
        return failed(query);
    for (qint64 from = fromMs; from < untilMs;) {
        edge.bindValue(0, from);
        edge.bindValue(1, untilMs);
        if (!edge.exec())
            return failed(edge);
        const qint64 to = edge.next() ? std::max(edge.value(0).toLongLong(), from + 1) : untilMs;
        edge.finish();
        if (const auto taken = take(query, {from, to}); !taken)
            return taken;
        from = to;
    }
    return api::Done{};
}

api::Outcome Counting::addSums(const WholeHalfHours& hours)
{
    const auto folded = foldedUpTo(m_database, kCallsFolded);
    QSqlQuery last(m_database);
    if (!folded || !last.exec(QStringLiteral("SELECT coalesce(max(seq), 0) FROM calls")) || !last.next())
        return failed(last);
    const qint64 lastSeq = last.value(0).toLongLong();
    last.finish();
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral("SELECT c.tenant, c.provider, c.region, sum(c.attempts) FROM endpoint_sums c"
                                      " WHERE c.half_hour >= ? AND c.half_hour < ?") +
                       conditions() + QStringLiteral(" GROUP BY 1, 2, 3")))
        return failed(query);
    if (const auto taken = take(query, {hours.first, hours.end}); !taken)
        return taken;
    QSqlQuery calls(m_database);
    calls.setForwardOnly(true);
    const QString unfolded = kCounting.arg(QStringLiteral(" NOT INDEXED")) +
                             QStringLiteral(" AND c.seq > ? AND c.seq <= ?") + conditions() + kGrouping;
    if (!calls.prepare(unfolded))
        return failed(calls);
    for (qint64 from = *folded; from < lastSeq; from += kPieceRows) {
        const auto taken = take(calls, {hours.firstMs(), hours.endMs(), from, from + kPieceRows});
        if (!taken)
            return taken;
    }
    return api::Done{};
}

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
    return QStringLiteral(
        "SELECT c.tenant, a.provider, a.region, count(*) FROM calls c JOIN attempts a ON a.call = c.seq"
        " WHERE c.started_ms >= ? AND c.started_ms < ? AND a.result NOT IN ('skipped', 'refused')"
        " GROUP BY c.tenant, a.provider, a.region");
}

api::Result<std::vector<EndpointCount>> ZoneReader::count(
    qint64 sinceMs, qint64 untilMs, const QStringList& tenants, std::chrono::milliseconds patience)
{
    const ReadSnapshot snapshot(*m_connection); // the sums and the calls that are not in them belong together
    Counting counting(*m_connection, tenants, patience);
    const WholeHalfHours hours(sinceMs, untilMs);
    api::Outcome added = api::Done{};
    if (hours.isEmpty() || !m_useSums) {
        added = counting.addCalls(sinceMs, untilMs);
    } else {
        added = counting.addCalls(sinceMs, hours.firstMs());
        if (added)
            added = counting.addSums(hours);
        if (added)
            added = counting.addCalls(hours.endMs(), untilMs);
    }
    if (!added)
        return added.error();
    std::vector<EndpointCount> counts;
    for (const auto& [endpoint, attempts] : counting.sums)
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
