// Retention: whether the content of a call is kept, and for how long (content.retain of the config, for all or for a
// tenant). What is sampled is decided by the call's id, so that everybody who asks gets the same answer. Pure; any
// thread.
#pragma once

#include "config/policy_snapshot.h"

namespace gateway::content {

// What the config says of this tenant: its own, else everybody's.
const config::ContentPolicy& policyOf(const config::PolicySnapshot& snapshot, const QString& tenant);

// How long this call's content is kept; nothing: not at all.
std::optional<std::chrono::milliseconds> keptFor(
    const config::PolicySnapshot& snapshot, const QString& tenant, const QString& callId);

// Whether a call belongs to the sample, 0 to 100 percent of all.
bool isSampled(const QString& callId, int percent);

} // namespace gateway::content
