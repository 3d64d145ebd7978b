// Where an image or a document of a request comes from, in Anthropic's words: its bytes, or an address the provider
// fetches. Pure; any thread.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/unified_request.h"

#include <QString>

namespace gateway::transform {

// "source": {...}; or, with nothing written, the sentence why the provider cannot be given this part.
QString writeAnthropicSource(JsonWriter& json, const Part& part);

} // namespace gateway::transform
