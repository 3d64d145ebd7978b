// When an upstream asks us to come back: retry-after-ms, retry-after as seconds or as an HTTP date. Negative, absurd
// (over a day) or unreadable values are no advice. Pure; any thread.
#pragma once

#include "http/message.h"

#include <optional>

namespace gateway::transform {

std::optional<qint64> retryAfterMs(const http::MessageHead& head, qint64 nowMs);

} // namespace gateway::transform
