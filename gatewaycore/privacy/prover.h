// The prover: walks a compiled config as a request could, for every tenant, every zone it may ask for, every alias and
// every use (uses.h), and collects the endpoints that the filter lets through. Each one is then held against the
// tenant's zone and its contract by a rule of its own (zone_rule.h), which is not the filter: so a filter with a fault
// does not prove itself right. What depends on the moment (breakers, levers, prices, deadlines, weights) only ever
// keeps a candidate away, so it is taken not to. tests/core/engine/tst_prover holds the verdict against requests that
// are walked through the engine's own functions. Pure; any thread.
#pragma once

#include "api/zone_proof.h"
#include "config/policy_snapshot.h"

#include <optional>

namespace gateway::privacy {

// The filters as the engine applies them (engine/zone.h has them). Given, because privacy stands beside routing.
struct Rules
{
    // Empty: a request of the tenant that asks for this zone is refused.
    std::optional<const config::Zone*> (*effective)(
        const config::PolicySnapshot& snapshot, const config::Tenant* tenant, const QString& asked) = nullptr;
    // "" if the candidate may serve the zone.
    const char* (*objection)(const config::Candidate& candidate, const config::Zone* zone) = nullptr;
    // "" if an attempt of a call in this zone may begin while `now` is in force.
    const char* (*attempt)(const config::Candidate& candidate, const config::Zone* zone,
        const config::PolicySnapshot& now, const QString& tenant) = nullptr;
};

struct ProofQuestion
{
    const config::PolicySnapshot& snapshot;
    const config::PolicySnapshot* canary = nullptr; // in force beside it for a part of the calls
    QStringList tenants;                            // of these alone; empty: of all
    QDateTime now;                                  // which contracts hold
};

api::ZoneProof prove(const ProofQuestion& question, const Rules& rules);

// What of a proof blocks a promotion, each as a sentence. Empty: nothing.
QStringList findings(const api::ZoneProof& proof);

} // namespace gateway::privacy
