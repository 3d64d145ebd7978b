// What the gateway puts on every answer beside its content: ids, who served it, how many attempts, what it cost us in
// time (contract.md, "Response headers"). Pure functions; any thread.
#pragma once

#include "api/call.h"
#include "http/exchange.h"
#include "transform/surface.h"

namespace gateway::engine {

// What a reply needs beside the record.
struct Reply
{
    const transform::Surface& surface;
    const transform::CallRequest& request;
    const QByteArray& warnings; // Losses::headerValue(); empty: none
};

http::Response answerReply(const api::Call& record, QByteArray body, const Reply& reply);
http::Response errorReply(const api::Call& record, const transform::CallError& error, const Reply& reply);
// `underWay`: the attempt that streams and is not in the record yet, or nullptr.
http::FieldLines streamLines(
    const api::Call& record, const api::Attempt* underWay, qint64 overheadUs, const Reply& reply);

// An error outside any call: no credential, no such path.
http::Response plainError(
    const transform::CallError& error, const QString& requestId, const transform::Surface& surface);

} // namespace gateway::engine
