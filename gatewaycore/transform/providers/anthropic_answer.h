// Reads what Anthropic's messages API answers when it does not stream: messages, token counts, errors; and the pieces
// that a stream has in common with them. Hostile input: anything may be missing or of another type. Pure; any thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform {

std::variant<Answer, CallError> readAnthropicAnswer(
    Operation operation, QByteArrayView body, QByteArrayView providerKey);

// {"type": "error", "error": {"type", "message", "details": {"error_code"}}} with its status; on Google's cloud also
// Google's shape.
CallError readAnthropicError(int status, QByteArrayView body, QByteArrayView providerKey);

// The same in the middle of a stream, where there is no status: the type says it.
CallError anthropicStreamError(JsonView event, QByteArrayView providerKey);

// stop_reason, stop_sequence and stop_details, where stated.
void takeStop(JsonView message, bool toolCalled, AnswerFacts& facts);

} // namespace gateway::transform
