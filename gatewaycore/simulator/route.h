// Route: which provider a request is meant for, read off its path alone: the simulator answers for all of them on one
// port. A value; pure function; any thread.
//
//   OpenAI      [/v1]/chat/completions, /responses, /embeddings, /models
//   Azure       /openai/v1/..., /openai/deployments/{d}/chat/completions and /embeddings
//   Anthropic   /v1/messages, /v1/messages/count_tokens, /v1/models with the header anthropic-version
//   Gemini      /v1 or /v1beta, /models/{m}:verb; /models with x-goog-api-key or under /v1beta
//   Vertex      /v1 or /v1beta1, /projects/*/locations/*/publishers/google/models/{m}:verb,
//   .../anthropic/...:rawPredict Bedrock     /model/{percent-encoded id}/converse, /converse-stream
#pragma once

#include "simulator/script.h"

namespace gateway::simulator {

enum class Endpoint
{
    Unknown,
    Chat,
    Responses,
    Embeddings,
    Models,
    Messages,
    CountTokens,
    GeminiGenerate,
    GeminiStream,
    GeminiCountTokens,
    GeminiEmbed,
    GeminiBatchEmbed,
    GeminiPredict,
    GeminiModels,
    GoogleToken,
    AnthropicModels,
    Converse,
    ConverseStream
};

struct Route
{
    Endpoint endpoint = Endpoint::Unknown;
    QByteArray model;        // of the path, decoded; empty: the body names it
    bool azure = false;      // an Azure path: api-key, content filter results
    bool deployment = false; // an Azure path that wants api-version
    bool vertex = false;     // a Vertex path: OAuth bearer only
};

Route routeOf(const SimRequest& request);

} // namespace gateway::simulator
