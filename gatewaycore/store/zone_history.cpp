#include "store/zone_history.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

using config::PolicySnapshot;

QString textOf(const QStringList& list)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(list)).toJson(QJsonDocument::Compact));
}

QStringList listOf(const QString& text)
{
    QStringList list;
    for (const QJsonValue& value : QJsonDocument::fromJson(text.toUtf8()).array())
        list.append(value.toString());
    return list;
}

QString textOf(const QDate& day)
{
    return day.isValid() ? day.toString(Qt::ISODate) : QStringLiteral("");
}

QString text(const QString& value)
{
    return value.isNull() ? QStringLiteral("") : value; // a null string would be NULL
}

bool run(QSqlDatabase& database, const char* statement, const QVariantList& values, QSqlQuery* answer = nullptr)
{
    QSqlQuery own(database);
    QSqlQuery& query = answer ? *answer : own;
    query.setForwardOnly(true);
    if (!query.prepare(QLatin1String(statement)))
        return false;
    for (const QVariant& value : values)
        query.addBindValue(value);
    return query.exec();
}

bool writeParts(QSqlDatabase& database, const PolicySnapshot& snapshot)
{
    const int revision = snapshot.revision;
    for (const auto& zone : snapshot.zones) {
        if (!run(database, "INSERT INTO revision_zones (revision, name, regions, retention) VALUES (?, ?, ?, ?)",
                {revision, zone->name, textOf(zone->regions), text(zone->retention)}))
            return false;
    }
    for (const auto& tenant : snapshot.tenants) {
        const config::TenantContract none;
        const config::TenantContract& contract = tenant->contract ? *tenant->contract : none;
        if (!run(database,
                "INSERT INTO revision_tenants (revision, tenant, zone, contract_reference, contract_zone,"
                " contract_dated, effective_from, effective_until, approvers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                {revision, tenant->name, tenant->zone ? tenant->zone->name : QStringLiteral(""),
                    text(contract.reference), contract.zone ? contract.zone->name : QStringLiteral(""),
                    textOf(contract.dated), textOf(contract.effectiveFrom), textOf(contract.effectiveUntil),
                    textOf(contract.approvers)}))
            return false;
    }
    for (const auto& provider : snapshot.providers) {
        if (!run(database, "INSERT INTO revision_endpoints (revision, provider, region, retention) VALUES (?, ?, ?, ?)",
                {revision, provider->name, text(provider->region), text(provider->retention)}))
            return false;
    }
    return true;
}

api::Error unreadable(const QSqlQuery& query)
{
    return api::failure(api::Failure::Unavailable,
        QStringLiteral("The history of zones cannot be read: %1.").arg(query.lastError().text()));
}

} // namespace

bool noteZonesOf(QSqlDatabase& database, const PolicySnapshot& snapshot, qint64 atMs)
{
    const QString hash = QString::fromLatin1(snapshot.contentHash);
    QSqlQuery known(database);
    if (!run(database, "SELECT content_hash FROM zone_revisions WHERE revision = ?", {snapshot.revision}, &known))
        return false;
    if (known.next()) {
        const bool same = known.value(0).toString() == hash;
        known.finish();
        return same || run(database, "UPDATE zone_revisions SET contents = contents + 1 WHERE revision = ?",
                           {snapshot.revision});
    }
    known.finish();
    return run(database,
               "INSERT INTO zone_revisions (revision, content_hash, written_ms, contents) VALUES (?, ?, ?, 1)",
               {snapshot.revision, text(hash), atMs}) &&
           writeParts(database, snapshot);
}

bool writeZonesOf(QSqlDatabase& database, const PolicySnapshot& snapshot, qint64 atMs, const QStringList& by)
{
    if (!noteZonesOf(database, snapshot, atMs))
        return false;
    QSqlQuery last(database);
    if (!run(database, "SELECT revision FROM revision_in_force ORDER BY number DESC LIMIT 1", {}, &last))
        return false;
    const bool isInForce = last.next() && last.value(0).toInt() == snapshot.revision;
    last.finish();
    return isInForce || run(database, "INSERT INTO revision_in_force (revision, at_ms, brought_by) VALUES (?, ?, ?)",
                            {snapshot.revision, atMs, textOf(by)});
}

api::Result<Revisions> readRevisions(QSqlDatabase& database)
{
    Revisions all;
    QSqlQuery query(database);
    if (!run(database, "SELECT revision, contents FROM zone_revisions", {}, &query))
        return unreadable(query);
    while (query.next()) {
        RevisionThen& one = all[query.value(0).toInt()];
        one.revision = query.value(0).toInt();
        one.ambiguous = query.value(1).toInt() > 1;
    }
    if (!run(database, "SELECT revision, name, regions, retention FROM revision_zones", {}, &query))
        return unreadable(query);
    while (query.next())
        all[query.value(0).toInt()].zones.insert(
            query.value(1).toString(), {listOf(query.value(2).toString()), query.value(3).toString()});
    if (!run(database,
            "SELECT revision, tenant, zone, contract_reference, contract_zone, contract_dated, effective_from,"
            " effective_until, approvers FROM revision_tenants",
            {}, &query))
        return unreadable(query);
    while (query.next())
        all[query.value(0).toInt()].tenants.insert(query.value(1).toString(),
            {query.value(2).toString(), query.value(3).toString(), query.value(4).toString(), query.value(5).toString(),
                query.value(6).toString(), query.value(7).toString(), listOf(query.value(8).toString())});
    if (!run(database, "SELECT revision, provider, region, retention FROM revision_endpoints", {}, &query))
        return unreadable(query);
    while (query.next())
        all[query.value(0).toInt()].endpoints.insert(
            query.value(1).toString(), {query.value(2).toString(), query.value(3).toString()});
    return all;
}

api::Result<std::vector<InForce>> readInForce(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!run(database, "SELECT revision, at_ms, brought_by FROM revision_in_force ORDER BY number", {}, &query))
        return unreadable(query);
    std::vector<InForce> rows;
    while (query.next())
        rows.push_back({query.value(0).toInt(), query.value(1).toLongLong(), listOf(query.value(2).toString())});
    return rows;
}

} // namespace gateway::store
