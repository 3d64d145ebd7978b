// Limit lint, first form: the parts of a snapshot that are configured but that this engine does not act on yet, a
// sentence each. Whoever makes a part work removes its row in inert_parts.cpp. Any thread; a pure function.
#pragma once

#include "config/policy_snapshot.h"

namespace gateway::config {

QStringList inertParts(const PolicySnapshot& snapshot);

} // namespace gateway::config
