// Reads a complete head (as found by HeadScanner) with llhttp, strict, and decides the body's framing by the rules of
// reliability.md D1. llhttp and the scanner must both accept: a head one of them refuses is refused.
// Pure functions of their bytes; any thread.
#pragma once

#include "http/limits.h"
#include "http/message.h"

#include <optional>

namespace gateway::http {

// Fills `head` from `bytes` (which it takes and keeps alive for the views). Empty: accepted.
std::optional<ParseError> parseRequestHead(QByteArray bytes, const MessageLimits& limits, RequestHead& head);

// `bodiless`: the answer to a HEAD request. 1xx, 204 and 304 have no body whatever their fields say.
std::optional<ParseError> parseResponseHead(QByteArray bytes, bool bodiless, ResponseHead& head);

} // namespace gateway::http
