// The privacy zone a request is routed in: its tenant's, or a tighter one that it asks for. Pure; any thread.
#pragma once

#include "config/policy_snapshot.h"

#include <optional>

namespace gateway::engine {

// Empty: the zone asked for does not exist or is not within the tenant's. nullptr inside: there is none.
std::optional<const config::Zone*> effectiveZone(
    const config::PolicySnapshot& snapshot, const config::Tenant* tenant, const QString& asked);

} // namespace gateway::engine
