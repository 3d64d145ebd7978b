// The provider dialect of OpenAI chat completions and of all who speak it (openai, azure-openai, mistral, groq,
// deepseek, xai, openrouter, openai-compatible, simulator): what they do differently is in chat_quirks.h. Requests are
// written in openai_chat_request.cpp and openai_chat_messages.h, answers and streams read in openai_chat_answer.cpp.
// Stateless; any thread.
#pragma once

#include "transform/provider_dialect.h"
#include "transform/providers/chat_quirks.h"

namespace gateway::transform {

const ProviderDialect& openAiChatProvider();

// The parts that openAiChatProvider() is made of.
OutgoingOrError openAiChatRequest(const UnifiedRequest& request, const Target& target, Losses& losses);
OutgoingOrError openAiChatPassOn(const CallRequest& request, const Target& target, Losses& losses);
std::variant<Answer, CallError> openAiChatAnswer(QByteArrayView body, const Target& target);
std::variant<AnswerFacts, CallError> openAiChatFacts(QByteArrayView body, const Target& target);
std::unique_ptr<StreamReader> openAiChatStream(const Target& target);
// Errors as OpenAI, Mistral, OpenRouter, Ollama and vLLM shape them.
CallError openAiShapedError(int status, QByteArrayView body, QByteArrayView providerKey);

} // namespace gateway::transform
