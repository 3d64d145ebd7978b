// Content parts of Responses items (input_text, input_image, output_text, refusal ...), read into Parts. Pure
// functions; any thread. Errors are in the caller's words and name the place.
#pragma once

#include "transform/call_error.h"
#include "transform/json_view.h"
#include "transform/unified_request.h"

namespace gateway::transform {

// The value of "content" or "output": a text or a list of parts. What a part says that has no field here goes into
// `others` under its place.
std::optional<CallError> readResponsesContent(
    JsonView content, const QByteArray& place, std::vector<Part>& parts, std::vector<OtherField>& others);

} // namespace gateway::transform
