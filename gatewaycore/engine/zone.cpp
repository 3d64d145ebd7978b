#include "engine/zone.h"

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

std::optional<const config::Zone*> effectiveZone(
    const config::PolicySnapshot& snapshot, const config::Tenant* tenant, const QString& asked)
{
    const config::Zone* own = tenant ? tenant->zone : nullptr;
    if (asked.isEmpty() || (own && asked == own->name))
        return own;
    for (const auto& zone : snapshot.zones) {
        if (zone->name == asked)
            return isWithin(*zone, own) ? std::optional<const config::Zone*>(zone.get()) : std::nullopt;
    }
    return std::nullopt;
}

} // namespace gateway::engine
