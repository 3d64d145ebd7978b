// The bodies of Cohere v2 requests, written from a UnifiedRequest: /v2/chat and /v2/embed. Pure; any thread.
#pragma once

#include "transform/call_error.h"
#include "transform/losses.h"
#include "transform/unified_request.h"

#include <optional>
#include <variant>

namespace gateway::transform {

std::variant<QByteArray, CallError> cohereChatBody(
    const UnifiedRequest& request, QByteArrayView model, std::optional<qint64> outputLimit, Losses& losses);
std::variant<QByteArray, CallError> cohereEmbedBody(
    const UnifiedRequest& request, QByteArrayView model, Losses& losses);

} // namespace gateway::transform
