// What the engine needs to know of a Gemini request. Private to the Gemini surface; one request, one thread.
#pragma once

#include "transform/surface.h"

namespace gateway::transform::gemini {

// From a body that is a JSON object; the alias, the verb and the query are read already.
std::optional<CallError> readGenerate(CallRequest& request);
std::optional<CallError> readEmbed(CallRequest& request);

} // namespace gateway::transform::gemini
