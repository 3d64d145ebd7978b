// A generateContent, countTokens or embedContent request in the unified form. Private to the Gemini surface; one
// request, one thread.
#pragma once

#include "transform/surface.h"

namespace gateway::transform::gemini {

std::variant<UnifiedRequest, CallError> unifyGenerate(const CallRequest& request);
std::variant<UnifiedRequest, CallError> unifyEmbed(const CallRequest& request);

// Its generationConfig, which is long enough to be read apart.
std::optional<CallError> readGenerationConfig(JsonView config, UnifiedRequest& out);

// Google's Schema message ("STRING", nullable, int64 as strings, propertyOrdering) as JSON Schema. What is JSON Schema
// already comes back as it was.
QByteArray jsonSchemaOf(JsonView schema);

} // namespace gateway::transform::gemini
