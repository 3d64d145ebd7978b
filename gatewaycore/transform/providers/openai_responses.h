// The provider dialect of OpenAI Responses (openai, azure-openai, xai): for callers who speak it, and for models that
// speak nothing else. Requests are written in openai_responses_request.cpp, answers read in
// openai_responses_answer.cpp, streams in openai_responses_stream.cpp. Stateless; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform {

const ProviderDialect& openAiResponsesProvider();

// The parts that openAiResponsesProvider() is made of.
OutgoingOrError openAiResponsesRequest(const UnifiedRequest& request, const Target& target, Losses& losses);
OutgoingOrError openAiResponsesPassOn(const CallRequest& request, const Target& target, Losses& losses);
std::unique_ptr<StreamReader> openAiResponsesStream(const Target& target);

QByteArray openAiResponsesPath(const Target& target);

} // namespace gateway::transform
