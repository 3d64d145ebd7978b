#include "engine/zone.h"

#include "routing/route.h"

#include <algorithm>

namespace gateway::engine {
namespace {

// Every region it allows must already be allowed, and no more may be kept.
bool isWithin(const config::Zone& asked, const config::Zone* zone)
{
    if (!zone)
        return true;
    const bool regions = std::all_of(asked.regions.begin(), asked.regions.end(),
        [zone](const QString& region) { return zone->regions.contains(region); });
    const bool retention =
        zone->retention.isEmpty() || zone->retention == QLatin1String("any") || zone->retention == asked.retention;
    return regions && retention;
}

} // namespace

bool isZoneMissing(const config::PolicySnapshot& snapshot, const config::Tenant* tenant)
{
    return !snapshot.zones.empty() && !(tenant && tenant->zone);
}

std::optional<const config::Zone*> effectiveZone(
    const config::PolicySnapshot& snapshot, const config::Tenant* tenant, const QString& asked)
{
    if (isZoneMissing(snapshot, tenant))
        return std::nullopt;
    const config::Zone* own = tenant ? tenant->zone : nullptr;
    if (asked.isEmpty() || (own && asked == own->name))
        return own;
    for (const auto& zone : snapshot.zones) {
        if (zone->name == asked)
            return isWithin(*zone, own) ? std::optional<const config::Zone*>(zone.get()) : std::nullopt;
    }
    return std::nullopt;
}

ZoneRefusal zoneRefusal(const config::PolicySnapshot& snapshot, const config::Tenant* tenant, const QString& name)
{
    if (isZoneMissing(snapshot, tenant))
        return {QStringLiteral("The tenant %1 has no privacy zone, so no provider may have its calls.").arg(name),
            QStringLiteral("Give the tenant a zone in the config; where there are zones, a missing one refuses.")};
    return {QStringLiteral("A request may tighten its privacy zone, not widen it."), {}};
}

const char* attemptObjection(const config::Candidate& candidate, const config::Zone* zone,
    const config::PolicySnapshot& now, const QString& tenantName)
{
    if (const char* code = routing::zoneObjection(candidate, zone); *code)
        return code;
    const config::Tenant* tenant = now.tenantByName.value(tenantName);
    if (isZoneMissing(now, tenant))
        return "zone_missing";
    return routing::zoneObjection(candidate, tenant ? tenant->zone : nullptr);
}

privacy::Rules zoneRules()
{
    return {&effectiveZone, &routing::zoneObjection, &attemptObjection};
}

} // namespace gateway::engine
