// Embeddings as OpenAI shapes them, for every provider that speaks so: requests, answers, vectors. A vector travels as
// a list of numbers or as base64 of little-endian 32-bit floats; both are read, and each can be made of the other
// without losing a bit. The parts that the chat provider dialect uses for Operation::Embed. Pure functions; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform {

OutgoingOrError openAiEmbedRequest(const UnifiedRequest& request, const Target& target, Losses& losses);
OutgoingOrError openAiEmbedPassOn(const CallRequest& request, const Target& target, Losses& losses);
std::variant<Answer, CallError> openAiEmbedAnswer(QByteArrayView body, const Target& target);
std::variant<AnswerFacts, CallError> openAiEmbedFacts(QByteArrayView body, const Target& target); // without the vectors

} // namespace gateway::transform
