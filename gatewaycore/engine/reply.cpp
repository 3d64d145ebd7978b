#include "engine/reply.h"

#include "transform/surfaces/openai_chat.h"

namespace gateway::engine {
namespace {

void add(http::Fields& fields, const char* name, QByteArray value)
{
    if (!value.isEmpty())
        fields.append({QByteArray::fromRawData(name, qsizetype(qstrlen(name))), std::move(value)});
}

void addRetryAdvice(http::Fields& fields, const transform::CallError& error)
{
    if (error.retryAfterMs) {
        add(fields, "retry-after-ms", QByteArray::number(*error.retryAfterMs));
        add(fields, "retry-after", QByteArray::number((*error.retryAfterMs + 999) / 1000));
    }
    // SDKs repeat 408, 409, 429 and 5xx by themselves; where that cannot help, or we have already done it, we say so
    if (error.httpStatus() >= 408 && (!error.mayRetry() || error.retriedByUs))
        add(fields, "x-should-retry", QByteArrayLiteral("false"));
}

} // namespace

http::Fields replyFields(const api::Call& record, qint64 overheadUs)
{
    http::Fields fields;
    const QByteArray id = record.id.toLatin1();
    add(fields, "x-request-id", id);
    add(fields, "request-id", id);
    add(fields, "x-signalbox-served-by", record.servedBy.toUtf8());
    add(fields, "x-signalbox-attempts", QByteArray::number(record.attempts.size()));
    add(fields, "x-signalbox-fallback-kind", record.fallbackKind.toUtf8());
    if (record.degraded)
        add(fields, "x-signalbox-degraded", QByteArrayLiteral("true"));
    add(fields, "x-signalbox-cache", record.cache.toUtf8());
    if (record.cost)
        add(fields, "x-signalbox-cost-usd", record.cost->toDecimal().toLatin1());
    add(fields, "x-signalbox-revision", QByteArray::number(record.revision));
    if (overheadUs >= 0)
        add(fields, "x-signalbox-overhead-us", QByteArray::number(overheadUs));
    if (!record.attempts.isEmpty())
        add(fields, "x-signalbox-upstream-request-id", record.attempts.last().upstreamRequestId.toLatin1());
    return fields;
}

http::Response answerReply(const api::Call& record, QByteArray body)
{
    http::Response response;
    response.status = 200;
    response.fields = replyFields(record, record.overheadUs);
    add(response.fields, "content-type", QByteArrayLiteral("application/json"));
    response.body = std::move(body);
    return response;
}

http::Response errorReply(const api::Call& record, const transform::CallError& error)
{
    http::Response response;
    response.status = error.httpStatus();
    response.fields = replyFields(record, record.overheadUs);
    addRetryAdvice(response.fields, error);
    add(response.fields, "content-type", QByteArrayLiteral("application/json"));
    response.body = transform::openai_chat::errorBody(error, record.id);
    return response;
}

http::Fields streamFields(const api::Call& record, qint64 overheadUs)
{
    http::Fields fields = replyFields(record, overheadUs);
    add(fields, "content-type", QByteArrayLiteral("text/event-stream"));
    add(fields, "cache-control", QByteArrayLiteral("no-cache"));
    add(fields, "x-accel-buffering", QByteArrayLiteral("no"));
    return fields;
}

http::Response plainError(const transform::CallError& error, const QString& requestId)
{
    http::Response response;
    response.status = error.httpStatus();
    add(response.fields, "x-request-id", requestId.toLatin1());
    add(response.fields, "content-type", QByteArrayLiteral("application/json"));
    addRetryAdvice(response.fields, error);
    response.body = transform::openai_chat::errorBody(error, requestId);
    return response;
}

} // namespace gateway::engine
