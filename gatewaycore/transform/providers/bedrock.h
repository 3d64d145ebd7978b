// The provider dialect of Amazon Bedrock: Converse, ConverseStream (AWS event-stream frames) and CountTokens. The
// engine signs (credential/sigv4.h) or adds a bearer key; the path here is percent-encoded as it has to be sent.
// No caller speaks this dialect to us, so there is nothing to pass on. Stateless; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform {

const ProviderDialect& bedrockProvider();

} // namespace gateway::transform
