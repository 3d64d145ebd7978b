// The provider dialect of Anthropic's messages API (kind anthropic) and of Claude on Google's cloud (kind vertex),
// which has the same bodies under other paths (wire.md section 2): model in the path, anthropic_version in the body.
// Stateless; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform {

const ProviderDialect& anthropicProvider();

} // namespace gateway::transform
