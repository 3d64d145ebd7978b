// The prover: walks a compiled config as a request could, for every tenant, every zone it may ask for, every alias and
// every use, and collects the endpoints that the filter lets through. Each one is then held against the tenant's zone
// and its contract by a rule of its own (zone_rule.h), which is not the filter: so a filter with a fault does not prove
// itself right. tests/core/privacy/tst_prover holds its verdict against requests walked through the engine's own
// makePlan and permit rules. Pure; any thread.
#pragma once

#include "api/zone_proof.h"
#include "config/policy_snapshot.h"

namespace gateway::privacy {

// The filters as the engine applies them; engine/zone_rules.h has them. Given, because privacy stands beside routing.
struct Rules
{
    // "" if the candidate may serve the zone (routing::zoneObjection)
    const char* (*objection)(const config::Candidate& candidate, const config::Zone* zone) = nullptr;
    // empty: a request of the tenant that asks for this zone is refused (engine::effectiveZone)
    std::optional<const config::Zone*> (*effective)(
        const config::PolicySnapshot& snapshot, const config::Tenant* tenant, const QString& asked) = nullptr;
};

struct ProofQuestion
{
    const config::PolicySnapshot& snapshot;
    const config::PolicySnapshot* canary = nullptr; // in force beside it for a part of the calls
    QStringList tenants;                            // of these alone; empty: of all
    QDateTime now;                                  // which contracts hold
};

api::ZoneProof prove(const ProofQuestion& question, const Rules& rules);

// What of a proof blocks a promotion: each as a sentence. Empty: nothing.
QStringList findings(const api::ZoneProof& proof);

} // namespace gateway::privacy
