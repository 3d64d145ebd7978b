// The checks of a conversation in Anthropic's form: who may say what, and what must follow what. Pure; any thread.
#pragma once

#include "simulator/chat_request.h"

namespace gateway::simulator {

struct AnthropicTurns
{
    bool newVersion = false; // 2026-10-21
    bool mustThink = false;  // thinking of type enabled: a turn with tools starts with its thinking
    int breakpoints = 0;     // blocks with cache_control so far
    qsizetype bytes = 0;     // of text
};

// Fills prompt and toolResult of `request`, counts into `turns`.
std::optional<Fault> readAnthropicMessages(const QJsonArray& messages, AnthropicTurns& turns, ChatRequest& request);

Fault anthropicFault(const QString& message);

} // namespace gateway::simulator
