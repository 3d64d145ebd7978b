// The dialects: how a request, its answer and its stream are written on the wire. A caller's surface and a provider
// each have one; where the two are the same, what came is passed on (decisions/0070-two-ways-through.md). Constants.
#pragma once

#include <QByteArray>

namespace gateway::transform {

enum class Dialect
{
    OpenAiChat, // also Mistral, Groq, DeepSeek, xAI, OpenRouter, vLLM ...: each with its quirks
    OpenAiResponses,
    Anthropic,
    Gemini,
    Bedrock, // Converse and ConverseStream
    Cohere,  // v2
    Ollama,  // native, /api
};
inline constexpr int kDialects = 7;
const char* nameOf(Dialect dialect); // "openai.chat", "openai.responses", "anthropic", "gemini" ...

// What is asked of the model.
enum class Operation
{
    Generate,
    Embed,
    CountTokens,
};

// How a stream's messages are told apart.
enum class Framing
{
    Sse,
    Ndjson,      // one JSON value per line
    EventStream, // AWS: length, headers, payload, CRC
};

// Whose model wrote a piece of thinking and signed it. Nobody else accepts the signature.
enum class Signer
{
    Unknown,
    OpenAi,
    Anthropic,
    Google,
    Bedrock,
};

} // namespace gateway::transform
