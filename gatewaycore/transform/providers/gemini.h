// The provider dialect of Google's generateContent (wire.md 1.5 and 2): kinds gemini and vertex (Google's own models).
// The model stands in the path. A caller of the same dialect has its body passed on; another one's is written anew
// (gemini_request.h). The stream is server-sent events without names and without an end mark: it is complete once
// every candidate has said why it stopped. Stateless; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform {

const ProviderDialect& geminiProvider();

} // namespace gateway::transform
