// What charts, health and metrics read out of one attempt, in one place so that they agree. Any thread; pure functions.
#pragma once

#include "api/call.h"
#include "api/series.h"

#include <optional>

namespace gateway::observability {

// Did bytes leave for the provider? A skipped attempt never did and counts nowhere.
bool wasSent(const api::Attempt& attempt);
// The class of a failed attempt; empty when it did not fail (answered, or the caller left).
std::optional<api::FailureClass> failureClassOf(const api::Attempt& attempt);
// The provider did its part and the request was at fault: counted as a failure, but not held against its health.
bool isCallersFault(const api::Attempt& attempt);
// First content, or the first byte where nothing was streamed; -1 without an answer. From the attempt's own start.
qint64 firstTokenUs(const api::Attempt& attempt);
qint64 totalUs(const api::Attempt& attempt);
// Time the answer was being produced: first token to end; the whole attempt where nothing was streamed.
qint64 generationUs(const api::Attempt& attempt);
// Wall time of the attempt's end, ms since 1970.
qint64 endedAtMs(const api::Call& call, const api::Attempt& attempt);

} // namespace gateway::observability
