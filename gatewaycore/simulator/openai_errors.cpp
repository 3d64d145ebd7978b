#include "simulator/openai_errors.h"

namespace gateway::simulator {
namespace {

struct ErrorWords
{
    int status;
    const char* type;
    const char* code;
    const char* message;
};

constexpr ErrorWords kErrorWords[] = {
    {400, "invalid_request_error", nullptr, "The simulator was asked to refuse this request."},
    {401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."},
    {402, "billing_error", "credit_balance_exhausted", "Your credit balance is exhausted."},
    {403, "invalid_request_error", "unsupported_country_region_territory",
        "Country, region, or territory not supported."},
    {404, "invalid_request_error", "model_not_found", nullptr}, // names the model
    {408, "timeout_error", nullptr, "The request timed out."},
    {409, "conflict_error", nullptr, "The resource was updated by another request."},
    {413, "invalid_request_error", "request_too_large", "The request is too large."},
    {422, "invalid_request_error", nullptr, "The request could not be processed."},
    {429, "requests", "rate_limit_exceeded", "Rate limit reached for requests. Please try again later."},
    {500, "server_error", nullptr, "The server had an error while processing your request. Sorry about that."},
    {502, "server_error", nullptr, "Bad gateway."},
    {503, "service_unavailable_error", "server_is_overloaded",
        "The engine is currently overloaded. Please try again later."},
    {504, "timeout_error", nullptr, "The upstream timed out."},
    {529, "overloaded_error", "overloaded", "Overloaded."},
};

struct CodeWords
{
    const char* code;
    const char* param;
    const char* message;
};

// 400s that the wishes ask for by their code.
constexpr CodeWords kCodeWords[] = {
    {"context_length_exceeded", "messages",
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 250000 tokens. "
        "Please reduce the length of the messages."},
    {"content_filter", "prompt",
        "The response was filtered due to the prompt triggering the content management policy. Please modify your "
        "prompt and retry."},
};

constexpr const char* kAzureFilter =
    ",\"status\":400,\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\",\"content_filter_result\":{\"hate\":{"
    "\"filtered\":false,\"severity\":\"safe\"},\"jailbreak\":{\"filtered\":false,\"detected\":false},\"self_harm\":{"
    "\"filtered\":false,\"severity\":\"safe\"},\"sexual\":{\"filtered\":false,\"severity\":\"safe\"},\"violence\":{"
    "\"filtered\":true,\"severity\":\"medium\"}}}";

QByteArray orNull(const QString& text)
{
    return text.isEmpty() ? QByteArray("null") : quoted(text);
}

} // namespace

HeaderList openAiHeaders(const SimCall& call, const char* contentType)
{
    const qint64 used = call.callNumber % 10'000;
    HeaderList headers{
        {"content-type", contentType},
        {"x-request-id", call.requestId},
    };
    if (call.route.azure) {
        headers += HeaderList{{"apim-request-id", call.requestId}, {"x-ms-region", "Sweden Central"}};
    } else {
        headers += HeaderList{{"openai-processing-ms", "12"}, {"openai-version", "2020-10-01"}};
    }
    return headers + HeaderList{
                         {"x-ratelimit-limit-requests", "10000"},
                         {"x-ratelimit-remaining-requests", QByteArray::number(10'000 - used)},
                         {"x-ratelimit-reset-requests", QByteArray::number(used * 6) + "ms"},
                         {"x-ratelimit-limit-tokens", "2000000"},
                         {"x-ratelimit-remaining-tokens", QByteArray::number(2'000'000 - used * 150)},
                         {"x-ratelimit-reset-tokens", QByteArray::number(used) + "ms"},
                     };
}

QByteArray openAiKeyOf(const SimCall& call)
{
    const QByteArray key = call.route.azure ? call.http.header("api-key") : QByteArray();
    return key.isEmpty() ? bearerOf(call.http) : key;
}

QByteArray openAiErrorBody(const QString& message, const QByteArray& type, const QString& param, const QByteArray& code)
{
    return "{\"error\":{\"message\":" + quoted(message) + ",\"type\":\"" + type + "\",\"param\":" + orNull(param) +
           ",\"code\":" + orNull(QString::fromUtf8(code)) + "}}";
}

Script openAiError(const SimCall& call, const Fault& fault)
{
    QByteArray type = "server_error";
    QByteArray code = fault.code;
    QString message = fault.message;
    QString param = fault.param;
    for (const ErrorWords& row : kErrorWords) {
        if (row.status != fault.status)
            continue;
        type = row.type;
        if (code.isEmpty() && message.isEmpty())
            code = row.code;
        if (message.isEmpty() && row.message)
            message = QString::fromUtf8(row.message);
    }
    for (const CodeWords& row : kCodeWords) {
        if (code != row.code || !fault.message.isEmpty())
            continue;
        message = QString::fromUtf8(row.message);
        param = QString::fromUtf8(row.param);
    }
    if (fault.status == 404 && fault.message.isEmpty())
        message = QStringLiteral("The model `%1` does not exist or you do not have access to it.").arg(call.chat.model);
    if (message.isEmpty())
        message = QStringLiteral("The simulator was asked for this status.");

    QByteArray body = openAiErrorBody(message, type, param, code);
    if (call.route.azure && code == "content_filter")
        body.insert(body.size() - 2, kAzureFilter);
    HeaderList headers = openAiHeaders(call, "application/json");
    if (const auto retry = retryAfterOf(call, fault.status))
        headers.emplaceBack("retry-after", QByteArray::number(*retry));
    return plainScript(call, fault.status, headers, body);
}

} // namespace gateway::simulator
