// The body of a Bedrock Converse, ConverseStream or CountTokens request, written from a UnifiedRequest. Roles alternate
// and the results of tools stand first in the user's turn, all of them in one; tools are declared whenever the history
// has calls, because Bedrock refuses it otherwise; blank texts, which it refuses too, are left out. Pure; any thread.
#pragma once

#include "transform/call_error.h"
#include "transform/losses.h"
#include "transform/unified_request.h"

#include <optional>
#include <variant>

namespace gateway::transform {

// `outputLimit`: to be stated where the caller states none.
std::variant<QByteArray, CallError> bedrockBody(
    const UnifiedRequest& request, QByteArrayView model, std::optional<qint64> outputLimit, Losses& losses);

} // namespace gateway::transform
