#include "engine/reply.h"

namespace gateway::engine {
namespace {

void add(http::Fields& fields, const char* name, QByteArray value)
{
    if (!value.isEmpty())
        fields.append({QByteArray::fromRawData(name, qsizetype(qstrlen(name))), std::move(value)});
}

void addRetryAdvice(http::Fields& fields, const transform::CallError& error, int status)
{
    if (error.retryAfterMs) {
        add(fields, "retry-after-ms", QByteArray::number(*error.retryAfterMs));
        add(fields, "retry-after", QByteArray::number((*error.retryAfterMs + 999) / 1000));
    }
    // SDKs repeat 408, 409, 429 and 5xx by themselves; where that cannot help, or we have already done it, we say so
    if (status >= 408 && (!error.mayRetry() || error.retriedByUs))
        add(fields, "x-should-retry", QByteArrayLiteral("false"));
}

// x-request-id, request-id and the x-signalbox-* fields, from the record so far. `underWay`: an attempt that is not in
// the record yet, or nullptr.
http::Fields replyFields(
    const api::Call& record, const api::Attempt* underWay, qint64 overheadUs, const QByteArray& warnings)
{
    http::Fields fields;
    const api::Attempt* last = underWay;
    if (!last && !record.attempts.isEmpty())
        last = &record.attempts.last();
    const QByteArray id = record.id.toLatin1();
    add(fields, "x-request-id", id);
    add(fields, "request-id", id);
    add(fields, "x-signalbox-served-by", record.servedBy.toUtf8());
    add(fields, "x-signalbox-attempts", QByteArray::number(record.attempts.size() + (underWay ? 1 : 0)));
    add(fields, "x-signalbox-fallback-kind", record.fallbackKind.toUtf8());
    if (record.degraded)
        add(fields, "x-signalbox-degraded", QByteArrayLiteral("true"));
    add(fields, "x-signalbox-cache", record.cache.toUtf8());
    add(fields, "x-signalbox-warnings", warnings);
    if (record.cost)
        add(fields, "x-signalbox-cost-usd", record.cost->toDecimal().toLatin1());
    add(fields, "x-signalbox-revision", QByteArray::number(record.revision));
    if (overheadUs >= 0)
        add(fields, "x-signalbox-overhead-us", QByteArray::number(overheadUs));
    if (last)
        add(fields, "x-signalbox-upstream-request-id", last->upstreamRequestId.toLatin1());
    return fields;
}

} // namespace

http::Response answerReply(const api::Call& record, QByteArray body, const Reply& reply)
{
    http::Response response;
    response.status = 200;
    response.fields = replyFields(record, nullptr, record.overheadUs, reply.warnings);
    add(response.fields, "content-type", QByteArrayLiteral("application/json"));
    response.body = std::move(body);
    return response;
}

http::Response errorReply(const api::Call& record, const transform::CallError& error, const Reply& reply)
{
    http::Response response;
    response.status = reply.surface.errorStatus(error);
    response.fields = replyFields(record, nullptr, record.overheadUs, {});
    addRetryAdvice(response.fields, error, response.status);
    add(response.fields, "content-type", QByteArrayLiteral("application/json"));
    response.body = reply.surface.errorBody(error, record.id);
    return response;
}

http::Fields streamFields(const api::Call& record, const api::Attempt* underWay, qint64 overheadUs, const Reply& reply)
{
    http::Fields fields = replyFields(record, underWay, overheadUs, reply.warnings);
    add(fields, "content-type", reply.surface.streamType(reply.request));
    add(fields, "cache-control", QByteArrayLiteral("no-cache"));
    add(fields, "x-accel-buffering", QByteArrayLiteral("no"));
    return fields;
}

http::Response plainError(
    const transform::CallError& error, const QString& requestId, const transform::Surface& surface)
{
    http::Response response;
    response.status = surface.errorStatus(error);
    add(response.fields, "x-request-id", requestId.toLatin1());
    add(response.fields, "request-id", requestId.toLatin1());
    add(response.fields, "content-type", QByteArrayLiteral("application/json"));
    addRetryAdvice(response.fields, error, response.status);
    response.body = surface.errorBody(error, requestId);
    return response;
}

} // namespace gateway::engine
