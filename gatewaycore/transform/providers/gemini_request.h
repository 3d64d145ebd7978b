// A request of another dialect in Gemini's words: generateContent and countTokens (embeddings: gemini_embed.h). What
// would change the shape of the answer is refused, everything else that is left out is in the losses. Private to the
// Gemini dialect; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform::gemini {

std::variant<QByteArray, CallError> generateBody(const UnifiedRequest& request, const Target& target, Losses& losses);
std::variant<QByteArray, CallError> countBody(const UnifiedRequest& request, const Target& target, Losses& losses);

} // namespace gateway::transform::gemini
