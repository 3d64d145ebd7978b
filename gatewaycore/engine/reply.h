// What the gateway puts on every answer beside its content: ids, who served it, how many attempts, what it cost us in
// time (contract.md, "Response headers"). Pure functions; any thread.
#pragma once

#include "api/call.h"
#include "http/exchange.h"
#include "transform/call_error.h"

namespace gateway::engine {

// x-request-id, request-id and the x-signalbox-* fields, from the record so far.
http::Fields replyFields(const api::Call& record, qint64 overheadUs);

http::Response answerReply(const api::Call& record, QByteArray body);
http::Response errorReply(const api::Call& record, const transform::CallError& error);
http::Fields streamFields(const api::Call& record, qint64 overheadUs);

// An error outside any call: no credential, no such path.
http::Response plainError(const transform::CallError& error, const QString& requestId);

} // namespace gateway::engine
