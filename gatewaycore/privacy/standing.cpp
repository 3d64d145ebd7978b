#include "privacy/standing.h"

#include "privacy/zone_rule.h"

namespace gateway::privacy {

Judged judge(const store::ZoneGroup& group, const store::Revisions& revisions)
{
    const auto found = revisions.find(group.revision);
    if (found == revisions.end())
        return {
            Standing::Unknown, QStringLiteral("what revision %1 said of zones is not known").arg(group.revision), {}};
    const store::RevisionThen& then = found->second;
    if (then.ambiguous)
        return {Standing::Unknown, QStringLiteral("two contents went by revision %1").arg(group.revision), {}};
    const auto provider = then.endpoints.constFind(group.provider);
    Judged judged;
    if (provider != then.endpoints.constEnd())
        judged.retention = provider->retention;
    if (then.zones.isEmpty()) {
        judged.standing = Standing::Unzoned;
        return judged;
    }
    judged.standing = Standing::Outside;
    const QString own = then.tenants.value(group.tenant).zone;
    if (own.isEmpty()) {
        judged.why = QStringLiteral("%1 had no zone in revision %2").arg(group.tenant).arg(group.revision);
        return judged;
    }
    if (provider == then.endpoints.constEnd()) {
        judged.why = QStringLiteral("revision %1 knows no provider %2").arg(group.revision).arg(group.provider);
        return judged;
    }
    // its tenant's zone, and the tighter one that it may have asked for
    for (const QString& name : {own, group.zone}) {
        const auto zone = then.zones.constFind(name);
        if (zone == then.zones.constEnd()) {
            judged.why = name.isEmpty() ? QStringLiteral("its call was in no zone")
                                        : QStringLiteral("revision %1 knows no zone %2").arg(group.revision).arg(name);
            return judged;
        }
        judged.why = outside({name, zone->regions, zone->retention}, {group.region, provider->retention});
        if (!judged.why.isEmpty())
            return judged;
    }
    if (group.region != provider->region) {
        judged.why = QStringLiteral("recorded in region %1, where revision %2 had %3 in %4")
                         .arg(group.region)
                         .arg(group.revision)
                         .arg(group.provider, provider->region.isEmpty() ? QStringLiteral("none") : provider->region);
        return judged;
    }
    judged.standing = Standing::Inside;
    return judged;
}

} // namespace gateway::privacy
