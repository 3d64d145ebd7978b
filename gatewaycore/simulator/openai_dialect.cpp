#include "simulator/openai_dialect.h"

namespace gateway::simulator {
namespace {

constexpr const char* kFingerprint = "fp_5160b0c0de";

HeaderList commonHeaders(const AnswerContext& context, const char* contentType)
{
    const qint64 used = context.callNumber % 10'000;
    return {
        {"content-type", contentType},
        {"x-request-id", context.requestId},
        {"openai-processing-ms", "12"},
        {"openai-version", "2020-10-01"},
        {"x-ratelimit-limit-requests", "10000"},
        {"x-ratelimit-remaining-requests", QByteArray::number(10'000 - used)},
        {"x-ratelimit-reset-requests", QByteArray::number(used * 6) + "ms"},
        {"x-ratelimit-limit-tokens", "2000000"},
        {"x-ratelimit-remaining-tokens", QByteArray::number(2'000'000 - used * 150)},
        {"x-ratelimit-reset-tokens", QByteArray::number(used) + "ms"},
    };
}

QByteArray usageJson(const ChatAnswer& answer)
{
    const auto number = [](int n) { return QByteArray::number(n); };
    return "{\"prompt_tokens\":" + number(answer.promptTokens) +
           ",\"completion_tokens\":" + number(answer.completionTokens) +
           ",\"total_tokens\":" + number(answer.promptTokens + answer.completionTokens) +
           ",\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0}"
           ",\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,\"accepted_prediction_tokens\":0,"
           "\"rejected_prediction_tokens\":0}}";
}

QByteArray idOf(const AnswerContext& context)
{
    return "chatcmpl-" + context.requestId.mid(4);
}

QByteArray plainBody(
    const ChatRequest& request, const ChatAnswer& answer, const Wishes& wishes, const AnswerContext& context)
{
    const QString text = answer.textPieces.join(QString());
    QByteArray message = "{\"role\":\"assistant\",\"content\":" + (text.isEmpty() ? QByteArray("null") : quoted(text));
    if (!answer.toolCalls.isEmpty()) {
        QByteArray calls;
        for (const ChatToolCall& call : answer.toolCalls) {
            if (!calls.isEmpty())
                calls += ',';
            calls += "{\"id\":\"" + call.id + "\",\"type\":\"function\",\"function\":{\"name\":" + quoted(call.name) +
                     ",\"arguments\":" + quoted(call.argumentPieces.join(QString())) + "}}";
        }
        message += ",\"tool_calls\":[" + calls + "]";
    }
    message += ",\"refusal\":" + (answer.refusal.isEmpty() ? QByteArray("null") : quoted(answer.refusal)) +
               ",\"annotations\":[]}";
    QByteArray body = "{\"id\":\"" + idOf(context) +
                      "\",\"object\":\"chat.completion\",\"created\":" + QByteArray::number(context.createdSeconds) +
                      ",\"model\":" + quoted(request.model) + ",\"choices\":[{\"index\":0,\"message\":" + message +
                      ",\"logprobs\":null,\"finish_reason\":\"" + answer.finishReason + "\"}]";
    if (!wishes.noUsage)
        body += ",\"usage\":" + usageJson(answer);
    return body + ",\"service_tier\":\"default\",\"system_fingerprint\":\"" + kFingerprint + "\"}";
}

// The data of every event of a stream, in order, without [DONE].
class EventWriter
{
public:
    EventWriter(const ChatRequest& request, const ChatAnswer& answer, const AnswerContext& context)
        : m_answer(answer),
          m_head("data: {\"id\":\"" + idOf(context) + "\",\"object\":\"chat.completion.chunk\",\"created\":" +
                 QByteArray::number(context.createdSeconds) + ",\"model\":" + quoted(request.model) +
                 ",\"service_tier\":\"default\",\"system_fingerprint\":\"" + kFingerprint + "\",\"choices\":["),
          m_tail(request.includeUsage ? "],\"usage\":null}\n\n" : "]}\n\n")
    {
    }

    QList<QByteArray> content()
    {
        const bool speaks = m_answer.toolCalls.isEmpty();
        add(QByteArray("{\"role\":\"assistant\",\"content\":") + (speaks ? "\"\"" : "null") + ",\"refusal\":null}");
        for (const QString& piece : m_answer.textPieces)
            add("{\"content\":" + quoted(piece) + "}");
        if (!m_answer.refusal.isEmpty())
            add("{\"refusal\":" + quoted(m_answer.refusal) + "}");
        for (qsizetype i = 0; i < m_answer.toolCalls.size(); ++i)
            addToolCall(i, m_answer.toolCalls[i]);
        return std::move(m_events);
    }

    QByteArray finish() const
    {
        return m_head + "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"" + m_answer.finishReason +
               "\"}" + m_tail;
    }
    QByteArray usage() const { return m_head + "],\"usage\":" + usageJson(m_answer) + "}\n\n"; }

private:
    void add(const QByteArray& delta)
    {
        m_events.append(
            m_head + "{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":null}" + m_tail);
    }

    void addToolCall(qsizetype index, const ChatToolCall& call)
    {
        const QByteArray place = "{\"tool_calls\":[{\"index\":" + QByteArray::number(index);
        add(place + ",\"id\":\"" + call.id + "\",\"type\":\"function\",\"function\":{\"name\":" + quoted(call.name) +
            ",\"arguments\":\"\"}}]}");
        for (const QString& piece : call.argumentPieces)
            add(place + ",\"function\":{\"arguments\":" + quoted(piece) + "}}]}");
    }

    const ChatAnswer& m_answer;
    const QByteArray m_head;
    const QByteArray m_tail;
    QList<QByteArray> m_events;
};

constexpr const char* kErrorEvent =
    "data: {\"error\":{\"message\":\"The server had an error while processing your request. Sorry about that.\","
    "\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n";

// How far a stream goes before something the wishes or the profile ask for happens to it.
struct StreamFault
{
    qsizetype after = -1; // events; -1: nothing happens
    ScriptEnd end = ScriptEnd::KeepAlive;
    QByteArray last; // sent instead of what would come
};

StreamFault faultOf(const Wishes& wishes, const Profile& profile, qsizetype events, Dice& dice)
{
    if (wishes.cutAfter)
        return {*wishes.cutAfter, ScriptEnd::Close, {}};
    if (wishes.resetAfter)
        return {*wishes.resetAfter, ScriptEnd::Reset, {}};
    if (wishes.stallAfter)
        return {*wishes.stallAfter, ScriptEnd::Stall, {}};
    if (wishes.badChunkAfter)
        return {*wishes.badChunkAfter, ScriptEnd::Close, "zz\r\n"};
    if (wishes.errorAfter)
        return {*wishes.errorAfter, ScriptEnd::KeepAlive, chunkBytes(kErrorEvent) + "0\r\n\r\n"};
    if (dice.unit() < profile.cutShare)
        return {dice.between(1, int(events)), ScriptEnd::Close, {}};
    if (dice.unit() < profile.stallShare)
        return {dice.between(1, int(events)), ScriptEnd::Stall, {}};
    return {};
}

// Times of the pieces: the first byte, then the token rate.
struct Pace
{
    qint64 firstByteUs;
    double perTokenUs;
};

Pace paceOf(const Wishes& wishes, const Profile& profile, Dice& dice)
{
    const qint64 thinks = dice.latency(profile.firstByte).count();
    const double rate = wishes.tokensPerSecond ? *wishes.tokensPerSecond : profile.tokensPerSecond;
    return {wishes.firstByteMs ? qint64(*wishes.firstByteMs) * 1000 : thinks, rate > 0 ? 1e6 / rate : 0};
}

QByteArray interimBytes(const Wishes& wishes)
{
    return QByteArray("HTTP/1.1 103 Early Hints\r\n\r\n").repeated(wishes.interim);
}

Script streamedChat(const ChatRequest& request, const ChatAnswer& answer, const Wishes& wishes, const Profile& profile,
    const AnswerContext& context, Dice& dice)
{
    const Pace pace = paceOf(wishes, profile, dice);
    EventWriter writer(request, answer, context);
    QList<QByteArray> events = writer.content();
    if (!wishes.noDone) {
        events.append(writer.finish());
        if (request.includeUsage && !wishes.noUsage)
            events.append(writer.usage());
        events.append("data: [DONE]\n\n");
    }
    const StreamFault fault = faultOf(wishes, profile, events.size(), dice);

    Script script;
    script.requestId = context.requestId;
    HeaderList headers = commonHeaders(context, "text/event-stream; charset=utf-8");
    headers.emplaceBack("transfer-encoding", "chunked");
    QByteArray bytes = interimBytes(wishes) + headBytes(200, headers);
    double due = double(pace.firstByteUs);
    for (qsizetype i = 0; i < events.size() && i != fault.after; ++i) {
        script.pieces.append({qint64(due), bytes + chunkBytes(events[i])});
        bytes.clear();
        due += pace.perTokenUs;
    }
    bytes += fault.after < 0 || fault.after >= events.size() ? QByteArray("0\r\n\r\n") : fault.last;
    if (!bytes.isEmpty())
        script.pieces.append({qint64(due), bytes});
    if (fault.after >= 0 && fault.after < events.size())
        script.end = fault.end;
    return script;
}

Script plainScript(int status, HeaderList headers, const QByteArray& body, const Wishes& wishes, qint64 dueUs,
    const AnswerContext& context)
{
    Script script;
    script.status = status;
    script.requestId = context.requestId;
    headers.emplaceBack("content-length", QByteArray::number(body.size()));
    const QByteArray head = interimBytes(wishes) + headBytes(status, headers);
    const std::optional<int> limit = wishes.cutAfter     ? wishes.cutAfter
                                     : wishes.resetAfter ? wishes.resetAfter
                                                         : wishes.stallAfter;
    if (limit && *limit < body.size()) {
        script.end = wishes.cutAfter ? ScriptEnd::Close : wishes.resetAfter ? ScriptEnd::Reset : ScriptEnd::Stall;
        script.pieces.append({dueUs, head + body.left(*limit)});
    } else {
        script.pieces.append({dueUs, head + body});
    }
    return script;
}

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
    {404, "invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."},
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

Script errorScript(int status, const char* type, const QString& message, const QString& param, const QString& code,
    const Wishes& wishes, const Profile& profile, const AnswerContext& context)
{
    const auto orNull = [](const QString& text) { return text.isEmpty() ? QByteArray("null") : quoted(text); };
    const QByteArray body = "{\"error\":{\"message\":" + quoted(message) + ",\"type\":\"" + type +
                            "\",\"param\":" + orNull(param) + ",\"code\":" + orNull(code) + "}}";
    HeaderList headers = commonHeaders(context, "application/json");
    std::optional<qint64> retry =
        profile.retryAfter ? std::optional<qint64>(profile.retryAfter->count()) : std::nullopt;
    if (wishes.retryAfter)
        retry = *wishes.retryAfter;
    if (retry && (status == 429 || status == 503 || status == 529))
        headers.emplaceBack("retry-after", QByteArray::number(*retry));
    Wishes whole = wishes;
    whole.cutAfter = whole.resetAfter = whole.stallAfter = std::nullopt;
    return plainScript(status, headers, body, whole, qint64(wishes.firstByteMs.value_or(0)) * 1000, context);
}

} // namespace

Script openAiChat(const ChatRequest& request, const ChatAnswer& answer, const Wishes& wishes, const Profile& profile,
    const AnswerContext& context, Dice& dice)
{
    if (wishes.html)
        return plainScript(200, commonHeaders(context, "text/html"), "<html><body><h1>It works</h1></body></html>",
            wishes, 0, context);
    if (request.stream)
        return streamedChat(request, answer, wishes, profile, context, dice);
    const Pace pace = paceOf(wishes, profile, dice);
    const qint64 due = pace.firstByteUs + qint64(pace.perTokenUs * answer.completionTokens);
    return plainScript(200, commonHeaders(context, "application/json"), plainBody(request, answer, wishes, context),
        wishes, due, context);
}

Script openAiError(int status, const QString& message, const QString& param, const QString& code, const Wishes& wishes,
    const Profile& profile, const AnswerContext& context)
{
    return errorScript(status, "invalid_request_error", message, param, code, wishes, profile, context);
}

Script openAiErrorFor(
    int status, const ChatRequest& request, const Wishes& wishes, const Profile& profile, const AnswerContext& context)
{
    for (const ErrorWords& row : kErrorWords) {
        if (row.status != status)
            continue;
        const QString message =
            status == 404
                ? QStringLiteral("The model `%1` does not exist or you do not have access to it.").arg(request.model)
                : QString::fromUtf8(row.message);
        const QByteArray code = wishes.errorCode.isEmpty() ? QByteArray(row.code) : wishes.errorCode;
        return errorScript(status, row.type, message, {}, QString::fromUtf8(code), wishes, profile, context);
    }
    return errorScript(status, "server_error", QStringLiteral("The simulator was asked for this status."), {}, {},
        wishes, profile, context);
}

Script openAiModels(const Profile& profile, const AnswerContext& context)
{
    QByteArray rows;
    for (const QString& model : profile.models) {
        if (!rows.isEmpty())
            rows += ',';
        rows += "{\"id\":" + quoted(model) + ",\"object\":\"model\",\"created\":1756684800,\"owned_by\":\"simulator\"}";
    }
    return plainScript(200, commonHeaders(context, "application/json"), "{\"object\":\"list\",\"data\":[" + rows + "]}",
        {}, 0, context);
}

} // namespace gateway::simulator
