// Embeddings in Google's words: batchEmbedContents and embedContent of generativelanguage; on Vertex embedContent (one
// text) or :predict (older models). Private to the Gemini dialect; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform::gemini {

OutgoingOrError embedRequest(const UnifiedRequest& request, const Target& target, Losses& losses);
// A caller of the same dialect: its bytes with the model's name put right, or written anew for :predict.
OutgoingOrError passOnEmbed(const CallRequest& request, const Target& target, Losses& losses);
std::variant<Answer, CallError> readEmbeddings(JsonView root);

} // namespace gateway::transform::gemini
