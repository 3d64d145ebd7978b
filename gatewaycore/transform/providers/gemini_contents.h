// A conversation in Gemini's words: systemInstruction and contents. Neighbours of one role become one content; results
// of tools stand in contents of their own, so that all results of a step answer it together. Private to the Gemini
// dialect; one request, one thread.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/losses.h"
#include "transform/provider_dialect.h"

namespace gateway::transform::gemini {

// Writes "systemInstruction" and "contents".
std::optional<CallError> writeConversation(
    JsonWriter& json, const UnifiedRequest& request, const Target& target, Losses& losses);

} // namespace gateway::transform::gemini
