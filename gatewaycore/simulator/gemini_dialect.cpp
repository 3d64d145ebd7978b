#include "simulator/gemini_dialect.h"

#include "simulator/delivery.h"
#include "simulator/embedding.h"
#include "simulator/gemini_answer.h"
#include "simulator/gemini_request.h"

namespace gateway::simulator {
namespace {

struct ErrorWords
{
    int status;
    const char* name;
    const char* message;
};

constexpr ErrorWords kErrorWords[] = {
    {400, "INVALID_ARGUMENT", "The simulator was asked to refuse this request."},
    {401, "UNAUTHENTICATED", "Request had invalid authentication credentials."},
    {402, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."},
    {403, "PERMISSION_DENIED", "The caller does not have permission."},
    {404, "NOT_FOUND", nullptr}, // names the model
    {408, "DEADLINE_EXCEEDED", "The request timed out."},
    {409, "ABORTED", "The operation was aborted."},
    {429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."},
    {499, "CANCELLED", "The operation was cancelled."},
    {500, "INTERNAL", "An internal error has occurred. Please retry."},
    {503, "UNAVAILABLE", "The model is overloaded. Please try again later."},
    {504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."},
};

HeaderList headersFor(const char* contentType)
{
    return {{"content-type", contentType}, {"vary", "Origin"}, {"x-content-type-options", "nosniff"},
        {"server-timing", "gfet4t7; dur=42"}};
}

QByteArray errorBody(int code, const QString& message, const QByteArray& name, const QByteArray& details)
{
    return "{\"error\":{\"code\":" + QByteArray::number(code) + ",\"message\":" + quoted(message) + ",\"status\":\"" +
           name + "\"" + (details.isEmpty() ? QByteArray() : ",\"details\":[" + details + "]") + "}}";
}

QByteArray violations(const QString& message)
{
    QList<QByteArray> rows;
    for (const QString& line : message.split(QLatin1Char('\n'), Qt::SkipEmptyParts))
        rows.append("{\"description\":" + quoted(line) + "}");
    return "{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":[" + rows.join(',') + "]}";
}

// The time to wait stands in the body, and in no header.
QByteArray retryInfo(qint64 seconds)
{
    return "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"" + QByteArray::number(seconds) +
           "s\"}";
}

QByteArray quotaFailure(const QString& model)
{
    return "{\"@type\":\"type.googleapis.com/google.rpc.QuotaFailure\",\"violations\":[{\"quotaMetric\":"
           "\"generativelanguage.googleapis.com/generate_content_requests\",\"quotaId\":"
           "\"GenerateRequestsPerMinutePerProjectPerModel\",\"quotaDimensions\":{\"location\":\"global\",\"model\":" +
           quoted(model) + "},\"quotaValue\":\"60\"}]}";
}

bool isArrayStream(const SimCall& call)
{
    return call.route.endpoint == Endpoint::GeminiStream && call.http.parameter("alt") != "sse";
}

QList<QByteArray> framed(const QList<QByteArray>& chunks, bool array)
{
    QList<QByteArray> events;
    for (const QByteArray& chunk : chunks) {
        if (array)
            events.append((events.isEmpty() ? "[" : ",\r\n") + chunk);
        else
            events.append("data: " + chunk + "\r\n\r\n");
    }
    if (array)
        events.append(events.isEmpty() ? "[]" : "\n]");
    return events;
}

bool embeds(Endpoint endpoint)
{
    return endpoint == Endpoint::GeminiEmbed || endpoint == Endpoint::GeminiBatchEmbed ||
           endpoint == Endpoint::GeminiPredict;
}

} // namespace

std::optional<Fault> GeminiDialect::read(SimCall& call) const
{
    if (embeds(call.route.endpoint)) {
        QStringList texts;
        int dimensions = 0;
        call.chat.model = QString::fromUtf8(call.route.model);
        return readGeminiEmbedding(call, texts, dimensions);
    }
    return readGeminiRequest(call);
}

std::optional<Fault> GeminiDialect::authenticate(const SimCall& call) const
{
    if (call.route.vertex)
        return acceptKey(call, bearerOf(call.http));
    const QByteArray key = call.http.header("x-goog-api-key");
    return acceptKey(call, key.isEmpty() ? call.http.parameter("key") : key);
}

Script GeminiDialect::embedded(const SimCall& call, Dice& dice) const
{
    QStringList texts;
    int dimensions = kDefaultDimensions;
    readGeminiEmbedding(call, texts, dimensions);
    QList<QByteArray> rows;
    for (const QString& text : texts)
        rows.append("{\"values\":" + embeddingNumbers(embeddingOf(text, std::clamp(dimensions, 1, 4096))) + "}");
    QByteArray body = "{\"embedding\":" + rows.value(0) + "}";
    if (call.route.endpoint == Endpoint::GeminiBatchEmbed) {
        body = "{\"embeddings\":[" + rows.join(',') + "]}";
    } else if (call.route.endpoint == Endpoint::GeminiPredict) {
        for (qsizetype i = 0; i < rows.size(); ++i)
            rows[i] = "{\"embeddings\":" + rows[i].chopped(1) +
                      ",\"statistics\":{\"truncated\":false,\"token_count\":" +
                      QByteArray::number(roughTokens(texts[i].toUtf8().size(), 0)) + "}}}";
        body = "{\"predictions\":[" + rows.join(',') + "]}";
    }
    return wholeScript(call, headersFor("application/json; charset=UTF-8"), body, 0, dice);
}

Script GeminiDialect::answer(const SimCall& call, Dice& dice) const
{
    const char* json = "application/json; charset=UTF-8";
    switch (call.route.endpoint) {
    case Endpoint::GeminiEmbed:
    case Endpoint::GeminiBatchEmbed:
    case Endpoint::GeminiPredict:
        return embedded(call, dice);
    case Endpoint::GeminiCountTokens: {
        const QByteArray count = QByteArray::number(call.chat.promptTokens);
        return plainScript(call, 200, headersFor(json),
            "{\"totalTokens\":" + count + ",\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":" + count +
                "}]}");
    }
    default:
        break;
    }
    const ChatAnswer answer = composeAnswer(call.chat, call.wishes, call.profile, dice);
    if (!call.chat.stream)
        return wholeScript(call, headersFor(json), geminiAnswer(call, answer), answer.spokenTokens, dice);
    const bool array = isArrayStream(call);
    const QByteArray broken =
        errorBody(503, QStringLiteral("The model is overloaded. Please try again later."), "UNAVAILABLE", {});
    const auto errorEvent = [broken, array](qsizetype sent) {
        return array ? (sent > 0 ? ",\r\n" : "[") + broken + "\n]" : "data: " + broken + "\r\n\r\n";
    };
    return streamScript(call, headersFor(array ? json : "text/event-stream"), framed(geminiChunks(call, answer), array),
        errorEvent, dice);
}

Script GeminiDialect::error(const SimCall& call, const Fault& fault) const
{
    int status = fault.status;
    QString message = fault.message;
    if (status == 401 && !call.route.vertex) { // a wrong API key is an invalid argument to Google
        status = 400;
        message = QStringLiteral("API key not valid. Please pass a valid API key.");
    }
    QByteArray name = "UNKNOWN";
    if (fault.code == "context_length_exceeded")
        message = QStringLiteral("The input token count (1250000) exceeds the maximum number of tokens allowed "
                                 "(1048576).");
    for (const ErrorWords& row : kErrorWords) {
        if (row.status != status)
            continue;
        name = row.name;
        if (message.isEmpty() && row.message)
            message = QString::fromUtf8(row.message);
    }
    if (message.isEmpty())
        message = status == 404 ? QStringLiteral("models/%1 is not found for API version v1beta, or is not supported "
                                                 "for generateContent.")
                                      .arg(call.chat.model)
                                : QStringLiteral("The simulator was asked for this status.");
    QByteArray details;
    if (status == 429)
        details = quotaFailure(call.chat.model) + "," + retryInfo(retryAfterOf(call, status).value_or(17));
    else if (const auto retry = retryAfterOf(call, status))
        details = retryInfo(*retry);
    else if (status == 400 && message.startsWith(QLatin1String("API key")))
        details = "{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"API_KEY_INVALID\",\"domain\":"
                  "\"googleapis.com\",\"metadata\":{\"service\":\"generativelanguage.googleapis.com\"}}";
    else if (status == 400 && message.startsWith(QLatin1String("Invalid JSON payload")))
        details = violations(message);
    const QByteArray body = errorBody(status, message, name, details);
    return plainScript(
        call, status, headersFor("application/json; charset=UTF-8"), isArrayStream(call) ? "[" + body + "\n]" : body);
}

Script geminiModels(const SimCall& call)
{
    QList<QByteArray> rows;
    for (const QString& model : call.profile.models)
        rows.append("{\"name\":" + quoted(QStringLiteral("models/") + model) +
                    ",\"version\":\"001\",\"displayName\":" + quoted(model) +
                    ",\"description\":\"A simulated model\",\"inputTokenLimit\":1048576,\"outputTokenLimit\":65536,"
                    "\"supportedGenerationMethods\":[\"generateContent\",\"countTokens\"],\"temperature\":1,\"topP\":"
                    "0.95,\"topK\":64,\"maxTemperature\":2,\"thinking\":true}");
    return plainScript(
        call, 200, headersFor("application/json; charset=UTF-8"), "{\"models\":[" + rows.join(',') + "]}");
}

} // namespace gateway::simulator
