// The privacy zone a request is routed in: its tenant's, or a tighter one that it asks for; and what an attempt is held
// against. A missing zone refuses: in a config that has zones, a tenant without one is served nowhere. A config without
// any zone promises nothing, and every call may go to every provider of its alias (decision 0165). Pure; any thread.
#pragma once

#include "config/policy_snapshot.h"
#include "privacy/prover.h"

#include <optional>

namespace gateway::engine {

// The config has zones and this tenant has none.
bool isZoneMissing(const config::PolicySnapshot& snapshot, const config::Tenant* tenant);

// Empty: the zone asked for does not exist or is not within the tenant's, or the tenant's is missing. nullptr inside:
// there are no zones.
std::optional<const config::Zone*> effectiveZone(
    const config::PolicySnapshot& snapshot, const config::Tenant* tenant, const QString& asked);

// Why no call of this tenant gets a zone, for people: message and hint.
struct ZoneRefusal
{
    QString message;
    QString hint;
};
ZoneRefusal zoneRefusal(const config::PolicySnapshot& snapshot, const config::Tenant* tenant, const QString& name);

// Why an attempt of a call in `zone` may not begin while `now` is in force, or "" if it may: it is held against the
// call's own zone, and against its tenant's as it is now, which may have become tighter since.
const char* attemptObjection(const config::Candidate& candidate, const config::Zone* zone,
    const config::PolicySnapshot& now, const QString& tenant);

// The filters of this engine, for proofs about them.
privacy::Rules zoneRules();

} // namespace gateway::engine
