#include "store/zone_scan.h"

#include "store/call_filter.h"
#include "store/call_fold.h"
#include "store/database.h"
#include "store/fold_mark.h"
#include "store/read_snapshot.h"
#include "store/statement.h"

#include <QElapsedTimer>
#include <QSqlError>
#include <QSqlQuery>

namespace gateway::store {
namespace {

constexpr qint64 kLookAtClockEvery = 512; // calls

api::Error failed(const QSqlError& error)
{
    return api::failure(api::Failure::Unavailable, QStringLiteral("The record cannot be read: %1.").arg(error.text()));
}

struct Beginning
{
    qint64 first = 1; // of the calls of the time, in the order of their arrival; others lie between them
    qint64 last = 0;
    qint64 folded = 0;
    qint64 attemptsAlone = 0; // beyond the last call there is
    std::map<QStringList, qint64> sums;
};

bool run(QSqlQuery& query, const QString& statement, const QVariantList& values)
{
    query.setForwardOnly(true);
    if (!query.prepare(statement))
        return false;
    for (const QVariant& value : values)
        query.addBindValue(value);
    return query.exec();
}

api::Result<Beginning> begin(const ZoneScan& scan, QSqlDatabase& database)
{
    Beginning found;
    QSqlQuery query(database);
    if (!run(query,
            QStringLiteral("SELECT min(seq), max(seq) FROM calls INDEXED BY calls_started"
                           " WHERE started_ms >= ? AND started_ms < ?"),
            {scan.sinceMs, scan.untilMs}) ||
        !query.next())
        return failed(query.lastError());
    if (!query.value(0).isNull()) {
        found.first = query.value(0).toLongLong();
        found.last = query.value(1).toLongLong();
    }
    if (!run(query,
            QStringLiteral("SELECT count(*) FROM attempts WHERE call > (SELECT coalesce(max(seq), 0) FROM calls)"),
            {}) ||
        !query.next())
        return failed(query.lastError());
    found.attemptsAlone = query.value(0).toLongLong();
    query.finish();
    const auto folded = foldedUpTo(database, kCallsFolded);
    if (!folded)
        return failed(database.lastError());
    found.folded = *folded;
    const WholeHalfHours hours(scan.sinceMs, scan.untilMs);
    if (hours.isEmpty())
        return found;
    const CallFilter filter = tenantFilterOf(scan.tenants);
    QString sums = QStringLiteral("SELECT c.tenant, c.provider, c.region, sum(c.attempts) FROM endpoint_sums c"
                                  " WHERE c.half_hour >= ? AND c.half_hour < ?");
    for (const QString& condition : filter.conditions)
        sums += QStringLiteral(" AND ") + condition;
    sums += QStringLiteral(" GROUP BY 1, 2, 3");
    if (!run(query, sums, QVariantList{hours.first, hours.end} + filter.values))
        return failed(query.lastError());
    while (query.next())
        found.sums[{query.value(0).toString(), query.value(1).toString(), query.value(2).toString()}] =
            query.value(3).toLongLong();
    return found;
}

} // namespace

api::Outcome advance(ZoneScan& scan, const QString& databaseFile, std::chrono::milliseconds slice)
{
    QElapsedTimer elapsed;
    elapsed.start();
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    QSqlDatabase& database = **connection;
    const ReadSnapshot snapshot(database);
    const WholeHalfHours hours(scan.sinceMs, scan.untilMs);
    if (!scan.m_begun) {
        const auto begun = begin(scan, database);
        if (!begun)
            return begun.error();
        scan.m_next = begun->first;
        scan.m_last = begun->last;
        scan.m_folded = begun->folded;
        scan.attemptsAlone = begun->attemptsAlone;
        for (const auto& [endpoint, attempts] : begun->sums)
            scan.m_sums[{endpoint[0], endpoint[1], endpoint[2]}] = attempts;
        scan.m_begun = true;
    }

    sqlite3* const handle = handleOf(database);
    Statement calls;
    Statement attempts;
    if (!handle || !calls.prepare(handle, "SELECT seq, started_ms, tenant, zone,"
                                          " coalesce(json_extract(detail, '$.revision'), 0) FROM calls"
                                          " WHERE seq >= ? AND seq <= ? ORDER BY seq"))
        return failed(calls.error());
    if (!attempts.prepare(handle, "SELECT call, provider, region FROM attempts WHERE call >= ? AND call <= ?"
                                  " AND result NOT IN ('skipped', 'refused') ORDER BY call"))
        return failed(attempts.error());
    for (Statement* statement : {&calls, &attempts}) {
        statement->bind(scan.m_next);
        statement->bind(scan.m_last);
    }
    bool attempt = attempts.next();
    qint64 sinceLook = 0;
    bool more = true;
    while ((more = calls.next())) {
        const qint64 seq = calls.number(0);
        scan.missingCalls += seq - scan.m_next;
        const qint64 startedMs = calls.number(1);
        const bool inTime = startedMs >= scan.sinceMs && startedMs < scan.untilMs;
        const QString tenant = inTime ? QString::fromUtf8(calls.text(2)) : QString();
        const bool counts = inTime && (scan.tenants.isEmpty() || scan.tenants.contains(tenant));
        const bool isFolded = counts && seq <= scan.m_folded && startedMs >= hours.firstMs() &&
                              startedMs < hours.endMs() && !hours.isEmpty();
        ZoneGroup group;
        if (counts) {
            ++scan.calls;
            scan.countedUntilMs = std::max(scan.countedUntilMs, startedMs);
            group = {tenant, QString::fromUtf8(calls.text(3)), int(calls.number(4)), {}, {}};
        }
        for (; attempt && attempts.number(0) <= seq; attempt = attempts.next()) {
            if (attempts.number(0) < seq) {
                ++scan.attemptsAlone;
                continue;
            }
            if (!counts)
                continue;
            group.provider = QString::fromUtf8(attempts.text(1));
            group.region = QString::fromUtf8(attempts.text(2));
            ++scan.groups[group];
            ++scan.attempts;
            if (isFolded)
                --scan.m_sums[{tenant, group.provider, group.region}];
        }
        scan.m_next = seq + 1;
        if (++sinceLook % kLookAtClockEvery == 0 && elapsed.elapsed() >= slice.count())
            return api::Done{};
    }
    if (calls.error().isValid() || attempts.error().isValid())
        return failed(calls.error().isValid() ? calls.error() : attempts.error());
    for (; attempt; attempt = attempts.next())
        ++scan.attemptsAlone;
    scan.m_next = scan.m_last + 1;
    // fewer attempts than when the half hour was folded: somebody took some away; more: somebody added some
    for (const auto& [endpoint, left] : scan.m_sums)
        (left > 0 ? scan.attemptsGone : scan.attemptsAdded) += std::abs(left);
    return api::Done{};
}

QString zoneQueryText()
{
    return QStringLiteral(
        "SELECT c.tenant, c.zone, json_extract(c.detail, '$.revision') AS revision, a.provider, a.region, count(*)"
        " FROM calls c JOIN attempts a ON a.call = c.seq"
        " WHERE c.started_ms >= ? AND c.started_ms < ? AND a.result NOT IN ('skipped', 'refused')"
        " GROUP BY c.tenant, c.zone, revision, a.provider, a.region"
        " -- each row held against revision_tenants, revision_zones and revision_endpoints of its revision");
}

api::Result<std::vector<ZoneAttempt>> attemptsOf(
    const QString& databaseFile, const ZoneGroup& group, qint64 sinceMs, qint64 untilMs, int most)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    QSqlQuery query(**connection);
    if (!run(query,
            QStringLiteral(
                "SELECT c.id, a.number, c.started_ms FROM calls c CROSS JOIN attempts a ON a.call = c.seq"
                " WHERE c.tenant = ? AND c.started_ms >= ? AND c.started_ms < ? AND c.zone = ?"
                " AND coalesce(json_extract(c.detail, '$.revision'), 0) = ? AND a.provider = ? AND a.region = ?"
                " AND a.result NOT IN ('skipped', 'refused') ORDER BY c.started_ms DESC, c.seq DESC, a.number LIMIT ?"),
            {group.tenant, sinceMs, untilMs, group.zone, group.revision, group.provider, group.region, most}))
        return failed(query.lastError());
    std::vector<ZoneAttempt> rows;
    while (query.next())
        rows.push_back({query.value(0).toString(), query.value(1).toInt(),
            QDateTime::fromMSecsSinceEpoch(query.value(2).toLongLong(), Qt::UTC)});
    return rows;
}

} // namespace gateway::store
