#include "simulator/anthropic_dialect.h"

#include "simulator/anthropic_answer.h"
#include "simulator/anthropic_request.h"
#include "simulator/delivery.h"

#include <QDateTime>

namespace gateway::simulator {
namespace {

struct ErrorWords
{
    int status;
    const char* type;
    const char* message;
};

constexpr ErrorWords kErrorWords[] = {
    {400, "invalid_request_error", "The simulator was asked to refuse this request."},
    {401, "authentication_error", "invalid x-api-key"},
    {402, "billing_error", "Your credit balance is too low to access the API."},
    {403, "permission_error", "Your API key does not have permission to use the specified resource."},
    {404, "not_found_error", nullptr}, // names the model
    {409, "conflict_error", "The resource was changed by another request."},
    {413, "request_too_large", "Request exceeds the maximum allowed number of bytes."},
    {429, "rate_limit_error", "This request would exceed your organization's rate limit. Please try again later."},
    {500, "api_error", "Internal server error"},
    {504, "timeout_error", "The request timed out while it was processed."},
    {529, "overloaded_error", "Overloaded"},
};

// 400s that the wishes ask for by OpenAI's code, as Anthropic says them.
QString wordsOf(const QByteArray& code)
{
    if (code == "context_length_exceeded")
        return QStringLiteral("prompt is too long: 250000 tokens > 200000 maximum");
    if (code == "content_filter")
        return QStringLiteral("Output blocked by content filtering policy");
    return {};
}

HeaderList headersFor(const SimCall& call, const char* contentType)
{
    const qint64 used = call.callNumber % 1'000;
    const QByteArray reset =
        QDateTime::fromSecsSinceEpoch(call.createdSeconds + 60, Qt::UTC).toString(Qt::ISODate).toLatin1();
    HeaderList headers{
        {"content-type", contentType},
        {"request-id", call.requestId},
        {"anthropic-organization-id", "5e5e5e5e-0000-4000-8000-000000000001"},
    };
    const struct
    {
        const char* what;
        qint64 limit;
        qint64 step;
    } limits[] = {{"requests", 4'000, 1}, {"input-tokens", 2'000'000, 100}, {"output-tokens", 400'000, 50}};
    for (const auto& row : limits) {
        const QByteArray name = QByteArray("anthropic-ratelimit-") + row.what;
        headers += HeaderList{{name + "-limit", QByteArray::number(row.limit)},
            {name + "-remaining", QByteArray::number(row.limit - used * row.step)}, {name + "-reset", reset}};
    }
    return headers;
}

QByteArray errorBody(const SimCall& call, const QByteArray& type, const QString& message)
{
    return "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":" + quoted(message) +
           "},\"request_id\":\"" + call.requestId + "\"}";
}

} // namespace

std::optional<Fault> AnthropicDialect::read(SimCall& call) const
{
    return readAnthropicRequest(call);
}

std::optional<Fault> AnthropicDialect::authenticate(const SimCall& call) const
{
    const QByteArray key = call.route.vertex ? QByteArray() : call.http.header("x-api-key");
    return acceptKey(call, key.isEmpty() ? bearerOf(call.http) : key);
}

Script AnthropicDialect::answer(const SimCall& call, Dice& dice) const
{
    if (call.route.endpoint == Endpoint::CountTokens)
        return plainScript(call, 200, headersFor(call, "application/json"),
            "{\"input_tokens\":" + QByteArray::number(call.chat.promptTokens) + "}");
    ChatAnswer answer = composeAnswer(call.chat, call.wishes, call.profile, dice);
    if (call.chat.maxTokens == 0) { // the cache is warmed, nothing is said
        answer.textPieces.clear();
        answer.thinkingPieces.clear();
        answer.toolCalls.clear();
        answer.spokenTokens = answer.thoughtTokens = 0;
        answer.finishReason = "length";
    }
    if (!call.chat.stream)
        return wholeScript(call, headersFor(call, "application/json"), anthropicMessage(call, answer),
            answer.spokenTokens + answer.thoughtTokens, dice);
    const QByteArray overloaded = sseEvent(errorBody(call, "overloaded_error", QStringLiteral("Overloaded")), "error");
    return streamScript(
        call, headersFor(call, "text/event-stream; charset=utf-8"), anthropicEvents(call, answer),
        [overloaded](qsizetype) { return overloaded; }, dice);
}

Script AnthropicDialect::error(const SimCall& call, const Fault& fault) const
{
    QByteArray type = "api_error";
    QString message = fault.message;
    if (message.isEmpty())
        message = wordsOf(fault.code);
    for (const ErrorWords& row : kErrorWords) {
        if (row.status != fault.status)
            continue;
        type = row.type;
        if (message.isEmpty() && row.message)
            message = QString::fromUtf8(row.message);
    }
    if (message.isEmpty())
        message = fault.status == 404 ? QStringLiteral("model: %1").arg(call.chat.model)
                                      : QStringLiteral("The simulator was asked for this status.");
    HeaderList headers = headersFor(call, "application/json");
    if (const auto retry = retryAfterOf(call, fault.status))
        headers.emplaceBack("retry-after", QByteArray::number(*retry));
    headers.emplaceBack("x-should-retry",
        fault.status == 408 || fault.status == 409 || fault.status == 429 || fault.status >= 500 ? "true" : "false");
    return plainScript(call, fault.status, headers, errorBody(call, type, message));
}

Script anthropicModels(const SimCall& call)
{
    QList<QByteArray> rows;
    for (const QString& model : call.profile.models)
        rows.append("{\"type\":\"model\",\"id\":" + quoted(model) + ",\"display_name\":" + quoted(model) +
                    ",\"created_at\":\"2026-09-01T00:00:00Z\",\"lifecycle\":\"active\",\"deprecated_at\":null,"
                    "\"retires_at\":null,\"max_input_tokens\":200000,\"max_tokens\":64000,\"capabilities\":null}");
    const QByteArray body = "{\"data\":[" + rows.join(',') +
                            "],\"has_more\":false,\"first_id\":" + quoted(call.profile.models.first()) +
                            ",\"last_id\":" + quoted(call.profile.models.last()) + "}";
    return plainScript(call, 200, headersFor(call, "application/json"), body);
}

} // namespace gateway::simulator
