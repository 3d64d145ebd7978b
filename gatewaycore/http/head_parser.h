// What a head means whose parts HeadScanner has found: method, target, version or status, and the body's framing by the
// rules of reliability.md D1. Every head is read once, by us alone; tests/core/http/tst_head_reader holds it against
// llhttp, which may not refuse what is taken here (decisions/0121). Pure functions of the head; any thread.
#pragma once

#include "http/limits.h"
#include "http/message.h"

#include <optional>

namespace gateway::http {

// Fill in what the start line and the fields of `head` say. Empty: accepted.
std::optional<ParseError> readRequestHead(const MessageLimits& limits, RequestHead& head);

// `bodiless`: the answer to a HEAD request. 1xx, 204 and 304 have no body whatever their fields say.
std::optional<ParseError> readResponseHead(bool bodiless, ResponseHead& head);

} // namespace gateway::http
