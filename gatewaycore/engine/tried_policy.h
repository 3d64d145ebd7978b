// TriedPolicy: a policy that a part of the callers is served by, beside the one in force: a canary. Immutable; workers
// swap it together with the policy in force, and a call picks one of the two when it begins and keeps it.
#pragma once

#include "engine/live_policy.h"
#include "rollout/assignment.h"

namespace gateway::engine {

struct TriedPolicy
{
    LivePolicyPtr policy;
    rollout::Assignment callers;
};

using TriedPolicyPtr = std::shared_ptr<const TriedPolicy>;

// Which of the two serves this caller. Without a canary: one comparison with null.
inline const LivePolicyPtr& policyFor(
    const LivePolicyPtr& inForce, const TriedPolicyPtr& tried, const QString& tenant, const QString& credential)
{
    return tried && tried->callers.takes(tenant, credential) ? tried->policy : inForce;
}

} // namespace gateway::engine
