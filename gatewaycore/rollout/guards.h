// Guards: what is looked at to tell a good revision from a bad one, as a table: errors, refusals, truncations, first
// token, cost, zone. Each compares the canary with its control and is worse, not worse, or neither yet. What is not
// known is no value: too many unknowns keep a guard from passing, and never from failing. Pure; any thread.
#pragma once

#include "config/change_policy.h"
#include "rollout/observation.h"

namespace gateway::rollout {

// All guards together revert at most this share of harmless revisions. Split evenly over the guards that test.
constexpr double kFalseRollback = 0.05;
// At most this share of revisions that are worse than tolerated in any one guard passes: all of them have to pass.
constexpr double kFalsePass = 0.05;
constexpr double kMostUnknown = 0.2; // of the canary's answered calls, for a guard that passes

QVector<api::CanaryGuard> judgeGuards(const Observation& seen, const config::CanaryPolicy& policy);

} // namespace gateway::rollout
