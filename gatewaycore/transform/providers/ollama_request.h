// The bodies of Ollama's native requests, written from a UnifiedRequest: /api/chat and /api/embed. Pure; any thread.
#pragma once

#include "transform/call_error.h"
#include "transform/losses.h"
#include "transform/unified_request.h"

#include <optional>
#include <variant>

namespace gateway::transform {

std::variant<QByteArray, CallError> ollamaChatBody(
    const UnifiedRequest& request, QByteArrayView model, std::optional<qint64> outputLimit, Losses& losses);
std::variant<QByteArray, CallError> ollamaEmbedBody(
    const UnifiedRequest& request, QByteArrayView model, Losses& losses);

} // namespace gateway::transform
