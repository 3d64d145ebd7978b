// The provider dialect of Cohere v2: /v2/chat (server-sent events) and /v2/embed. No caller speaks it to us.
// Stateless; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform {

const ProviderDialect& cohereProvider();

} // namespace gateway::transform
