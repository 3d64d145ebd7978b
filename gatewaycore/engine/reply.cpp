#include "engine/reply.h"

namespace gateway::engine {
namespace {

void addRetryAdvice(http::FieldLines& lines, const transform::CallError& error, int status)
{
    if (error.retryAfterMs) {
        lines.add("retry-after-ms", qint64(*error.retryAfterMs));
        lines.add("retry-after", qint64((*error.retryAfterMs + 999) / 1000));
    }
    // SDKs repeat 408, 409, 429 and 5xx by themselves; where that cannot help, or we have already done it, we say so
    if (status >= 408 && (!error.mayRetry() || error.retriedByUs))
        lines.add("x-should-retry", "false");
}

void addIds(http::FieldLines& lines, const QString& requestId)
{
    lines.add("x-request-id", requestId);
    lines.add("request-id", requestId);
}

// x-request-id, request-id and the x-signalbox-* fields, from the record so far. `underWay`: an attempt that is not in
// the record yet, or nullptr.
http::FieldLines replyLines(
    const api::Call& record, const api::Attempt* underWay, qint64 overheadUs, const QByteArray& warnings)
{
    http::FieldLines lines(640);
    const api::Attempt* last = underWay;
    if (!last && !record.attempts.isEmpty())
        last = &record.attempts.last();
    addIds(lines, record.id);
    lines.addIf("x-signalbox-served-by", record.servedBy);
    lines.add("x-signalbox-attempts", qint64(record.attempts.size() + (underWay ? 1 : 0)));
    lines.addIf("x-signalbox-fallback-kind", record.fallbackKind);
    if (record.degraded)
        lines.add("x-signalbox-degraded", "true");
    lines.addIf("x-signalbox-cache", record.cache);
    lines.addIf("x-signalbox-warnings", warnings);
    if (record.cost)
        lines.add("x-signalbox-cost-usd", record.cost->toDecimal());
    lines.add("x-signalbox-revision", qint64(record.revision));
    if (overheadUs >= 0)
        lines.add("x-signalbox-overhead-us", overheadUs);
    if (last)
        lines.addIf("x-signalbox-upstream-request-id", last->upstreamRequestId);
    return lines;
}

} // namespace

http::Response answerReply(const api::Call& record, QByteArray body, const Reply& reply)
{
    http::Response response;
    response.status = 200;
    response.lines = replyLines(record, nullptr, record.overheadUs, reply.warnings);
    response.lines.add("content-type", "application/json");
    response.body = std::move(body);
    return response;
}

http::Response errorReply(const api::Call& record, const transform::CallError& error, const Reply& reply)
{
    http::Response response;
    response.status = reply.surface.errorStatus(error);
    response.lines = replyLines(record, nullptr, record.overheadUs, {});
    addRetryAdvice(response.lines, error, response.status);
    response.lines.add("content-type", "application/json");
    response.body = reply.surface.errorBody(error, record.id);
    return response;
}

http::FieldLines streamLines(
    const api::Call& record, const api::Attempt* underWay, qint64 overheadUs, const Reply& reply)
{
    http::FieldLines lines = replyLines(record, underWay, overheadUs, reply.warnings);
    lines.add("content-type", QByteArrayView(reply.surface.streamType(reply.request)));
    lines.add("cache-control", "no-cache");
    lines.add("x-accel-buffering", "no");
    return lines;
}

http::Response plainError(
    const transform::CallError& error, const QString& requestId, const transform::Surface& surface)
{
    http::Response response;
    response.status = surface.errorStatus(error);
    addIds(response.lines, requestId);
    response.lines.add("content-type", "application/json");
    addRetryAdvice(response.lines, error, response.status);
    response.body = surface.errorBody(error, requestId);
    return response;
}

} // namespace gateway::engine
