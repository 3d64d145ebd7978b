// Passing answers of the chat dialect on to a caller of the chat dialect, and putting right what some speakers of it
// get wrong (wire.md section 9): "stop" although tools were called, tool calls that all have index 0, reasoning under
// another name, a stop reason no SDK knows. What is right goes on byte for byte. Pure functions and a small relay.
#pragma once

#include "transform/surface.h"

#include <functional>

namespace gateway::transform {

std::unique_ptr<StreamRelay> openAiChatRelay(
    const CallRequest& request, std::function<QByteArray(const CallError&)> errorBody);

// Empty: nothing to put right.
QByteArray repairedChatAnswer(QByteArrayView body, const AnswerFacts& facts);

} // namespace gateway::transform
