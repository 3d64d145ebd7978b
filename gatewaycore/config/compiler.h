// The config compiler: a parsed file in, one immutable PolicySnapshot out, or every problem of the file. Keys are
// resolved here; references between parts are turned into pointers; parts this engine does not act on yet become
// warnings (inert_parts.h), so that no limit is silently without effect. Control thread; no state.
#pragma once

#include "config/config_file.h"
#include "config/key_source.h"
#include "config/policy_snapshot.h"

namespace gateway::config {

// nullptr exactly if problems were added.
std::unique_ptr<PolicySnapshot> compile(const ConfigFile& file, const KeySource& keys, Problems& problems);

} // namespace gateway::config
