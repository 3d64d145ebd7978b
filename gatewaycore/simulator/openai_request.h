// The reader of OpenAI's chat completion requests (wire.md 1.1). Pure; any thread.
#pragma once

#include "simulator/chat_request.h"

namespace gateway::simulator {

// Fills `request`, its model in any case; the fault if the body is no chat request. `model`: of the path, or empty.
std::optional<Fault> readChatRequest(const QByteArray& body, const QByteArray& model, ChatRequest& request);

} // namespace gateway::simulator
