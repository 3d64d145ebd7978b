// A LiteLLM config as a tree of values (config_file.h). Looser than our own files, because it is somebody else's
// format: anchors, aliases and merge keys (<<) are resolved, a duplicate key keeps the last. Bounded all the same: 4
// MiB, 32 levels, 200,000 values however often an alias repeats them. Any thread.
#pragma once

#include "api/result.h"
#include "config/config_file.h"

namespace gateway::config {

api::Result<Value> readLitellm(const QByteArray& bytes);

} // namespace gateway::config
