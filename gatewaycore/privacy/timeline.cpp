#include "privacy/timeline.h"

#include "privacy/zone_rule.h"

#include <algorithm>
#include <map>

namespace gateway::privacy {
namespace {

using store::RevisionThen;
using store::TenantThen;
using store::ZoneThen;

// What makes two stretches of time one.
struct Stretch
{
    TenantThen tenant;
    ZoneThen zone;
    ZoneThen contractZone;

    bool operator==(const Stretch&) const = default;
};

ZoneTerms termsOf(const QString& name, const ZoneThen& zone)
{
    return {name, zone.regions, zone.retention};
}

QStringList loosened(const Stretch& before, const Stretch& after)
{
    QStringList sentences;
    if (!before.tenant.zone.isEmpty()) {
        const QStringList more =
            beyond(termsOf(after.tenant.zone, after.zone), termsOf(before.tenant.zone, before.zone));
        if (after.tenant.zone.isEmpty())
            sentences.append(QStringLiteral("Zone %1 was taken away.").arg(before.tenant.zone));
        else if (!more.isEmpty())
            sentences.append(
                QStringLiteral("Zone %1 allows %2.").arg(after.tenant.zone, more.join(QStringLiteral(" and "))));
    }
    if (!before.tenant.contractReference.isEmpty() && after.tenant.contractReference.isEmpty())
        sentences.append(QStringLiteral("Contract %1 was removed.").arg(before.tenant.contractReference));
    return sentences;
}

api::ZoneRecord recordOf(const QString& tenant, const Stretch& stretch, const store::InForce& begun)
{
    api::ZoneRecord record;
    record.tenant = tenant;
    record.zone = stretch.tenant.zone;
    record.regions = stretch.zone.regions;
    record.retention = stretch.zone.retention;
    record.contractReference = stretch.tenant.contractReference;
    record.contractZone = stretch.tenant.contractZone;
    record.contractDated = stretch.tenant.contractDated;
    record.effectiveFrom = stretch.tenant.effectiveFrom;
    record.effectiveUntil = stretch.tenant.effectiveUntil;
    record.approvers = stretch.tenant.approvers;
    record.firstRevision = record.lastRevision = begun.revision;
    record.from = QDateTime::fromMSecsSinceEpoch(begun.atMs, Qt::UTC);
    record.changedBy = begun.by;
    return record;
}

struct Open
{
    api::ZoneRecord record;
    Stretch stretch;
};

} // namespace

QVector<api::ZoneRecord> timeline(
    const store::Revisions& revisions, const std::vector<store::InForce>& inForce, const QStringList& tenants)
{
    QVector<api::ZoneRecord> all;
    std::map<QString, Open> open;
    const auto close = [&](std::map<QString, Open>::iterator one, qint64 atMs) {
        one->second.record.until = QDateTime::fromMSecsSinceEpoch(atMs, Qt::UTC);
        all.append(std::move(one->second.record));
        return open.erase(one);
    };
    for (const store::InForce& begun : inForce) {
        const auto found = revisions.find(begun.revision);
        if (found == revisions.end())
            continue;
        const RevisionThen& then = found->second;
        for (auto one = open.begin(); one != open.end();)
            one = then.tenants.contains(one->first) ? std::next(one) : close(one, begun.atMs);
        for (auto tenant = then.tenants.cbegin(); tenant != then.tenants.cend(); ++tenant) {
            if (!tenants.isEmpty() && !tenants.contains(tenant.key()))
                continue;
            const Stretch stretch{*tenant, then.zones.value(tenant->zone), then.zones.value(tenant->contractZone)};
            const auto known = open.find(tenant.key());
            QStringList looser;
            if (known != open.end()) {
                if (known->second.stretch == stretch) {
                    known->second.record.lastRevision = begun.revision;
                    continue;
                }
                looser = loosened(known->second.stretch, stretch);
                close(known, begun.atMs);
            }
            Open next{recordOf(tenant.key(), stretch, begun), stretch};
            next.record.loosened = looser;
            open.emplace(tenant.key(), std::move(next));
        }
    }
    for (auto& [tenant, one] : open)
        all.append(std::move(one.record));
    std::stable_sort(all.begin(), all.end(), [](const api::ZoneRecord& a, const api::ZoneRecord& b) {
        return a.from != b.from ? a.from > b.from : a.tenant < b.tenant;
    });
    return all;
}

} // namespace gateway::privacy
