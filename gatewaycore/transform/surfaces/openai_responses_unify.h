// A Responses request, read whole, for a provider of another dialect. What has no field in UnifiedRequest goes into
// `others` by its name; what only the provider that keeps it can know (previous_response_id ...) and what has no place
// in a translated answer (log probabilities) is refused. Pure; any thread.
#pragma once

#include "transform/call_error.h"
#include "transform/call_request.h"
#include "transform/unified_request.h"

#include <variant>

namespace gateway::transform {

std::variant<UnifiedRequest, CallError> unifyResponses(const CallRequest& request);

} // namespace gateway::transform
