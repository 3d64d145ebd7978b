// Errors of Google's APIs (google.rpc.Status as JSON): {"error": {code, message, status, details}}, sometimes in a list
// of one. When to come back stands in the body (RetryInfo), rarely in a field. Pure; any thread.
#pragma once

#include "transform/call_error.h"
#include "transform/json_view.h"

namespace gateway::transform::gemini {

CallError readErrorBody(int status, QByteArrayView body, QByteArrayView providerKey);
// What stands under "error". `status` 0: the one in its code.
CallError readErrorObject(int status, JsonView error, QByteArrayView providerKey);

// "17s", "1.5s" in milliseconds; nullopt for anything else, for negative values and for over a day.
std::optional<qint64> durationMs(QByteArrayView text);

} // namespace gateway::transform::gemini
