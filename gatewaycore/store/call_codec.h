// The journal's encoding of one call with its attempts: everything the database keeps of it, and the traceparent that
// the exports want. Compact (UTF-8 texts with lengths, zigzag varints) and cheap (no JSON tree, no allocation per
// text). Layout: u8 version, then the fields in the order of call_codec.cpp. Numbers of enumerations are part of the
// version: tst_call_codec pins them. The decoder is strict: it takes what the encoder writes and nothing else, so
// whatever a damaged file holds is an error. Any thread; functions.
#pragma once

#include "api/call.h"

#include <optional>

namespace gateway::store {

constexpr quint8 kCallCodecVersion = 1;

void encodeCall(const api::Call& call, QByteArray& to); // appends
std::optional<api::Call> decodeCall(QByteArrayView bytes);

} // namespace gateway::store
