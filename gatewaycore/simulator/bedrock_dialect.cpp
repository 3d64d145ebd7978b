#include "simulator/bedrock_dialect.h"

#include "simulator/aws_signature.h"
#include "simulator/bedrock_request.h"
#include "simulator/delivery.h"
#include "simulator/event_stream.h"
#include "simulator/signer.h"

namespace gateway::simulator {
namespace {

struct ErrorWords
{
    int status;
    const char* type;
    const char* message;
};

constexpr ErrorWords kErrorWords[] = {
    {400, "ValidationException", "The simulator was asked to refuse this request."},
    {401, "UnrecognizedClientException", "The security token included in the request is invalid."}, // sent as 403
    {403, "AccessDeniedException", "You don't have access to the model with the specified model ID."},
    {404, "ResourceNotFoundException", "Could not resolve the foundation model from the provided model identifier."},
    {408, "ModelTimeoutException", "The model timed out while processing the request."},
    {424, "ModelErrorException", "The model returned an error while processing the request."},
    {429, "ThrottlingException", "Too many requests, please wait before trying again."},
    {500, "InternalServerException", "The system encountered an unexpected error during processing."},
    {503, "ServiceUnavailableException", "Bedrock is unable to process your request."},
};

HeaderList headersFor(const SimCall& call, const char* contentType)
{
    return {{"content-type", contentType}, {"x-amzn-requestid", "5e5e5e5e-" + call.tag()}};
}

QByteArray number(int n)
{
    return QByteArray::number(n);
}

QByteArray stopReason(const ChatAnswer& answer)
{
    if (!answer.refusal.isEmpty())
        return "content_filtered";
    if (answer.finishReason == "content_filter")
        return "guardrail_intervened";
    if (!answer.stopSequence.isEmpty())
        return "stop_sequence";
    if (answer.finishReason == "length")
        return "max_tokens";
    return answer.finishReason == "tool_calls" ? "tool_use" : "end_turn";
}

// inputTokens leave out what came from the cache and what went into it.
QByteArray usageJson(const ChatAnswer& answer)
{
    const int output = answer.spokenTokens + answer.thoughtTokens;
    QByteArray usage = "{\"inputTokens\":" + number(answer.freshTokens) + ",\"outputTokens\":" + number(output) +
                       ",\"totalTokens\":" + number(answer.promptTokens() + output) +
                       ",\"cacheReadInputTokens\":" + number(answer.cachedTokens) +
                       ",\"cacheWriteInputTokens\":" + number(answer.writtenTokens);
    if (answer.writtenTokens > 0)
        usage += ",\"cacheDetails\":[{\"inputTokens\":" + number(answer.writtenTokens) + ",\"ttl\":\"5m\"}]";
    return usage + "}";
}

QByteArray signature(const ChatAnswer& answer)
{
    return signText(answer.thinking().toUtf8());
}

QString textOf(const ChatAnswer& answer)
{
    return answer.refusal.isEmpty() ? answer.text() : answer.refusal;
}

QByteArray plainBody(const SimCall& call, const ChatAnswer& answer)
{
    QList<QByteArray> blocks;
    if (!answer.thinkingPieces.isEmpty())
        blocks.append("{\"reasoningContent\":{\"reasoningText\":{\"text\":" + quoted(answer.thinking()) +
                      ",\"signature\":\"" + signature(answer) + "\"}}}");
    if (!textOf(answer).isEmpty())
        blocks.append("{\"text\":" + quoted(textOf(answer)) + "}");
    for (const ChatToolCall& tool : answer.toolCalls)
        blocks.append("{\"toolUse\":{\"toolUseId\":\"tooluse_" + tool.tag + "\",\"name\":" + quoted(tool.name) +
                      ",\"input\":" + tool.argumentPieces.join(QString()).toUtf8() + "}}");
    QByteArray body = "{\"metrics\":{\"latencyMs\":42},\"output\":{\"message\":{\"content\":[" + blocks.join(',') +
                      "],\"role\":\"assistant\"}},\"stopReason\":\"" + stopReason(answer) + "\"";
    if (!call.wishes.noUsage)
        body += ",\"usage\":" + usageJson(answer);
    return body + "}";
}

class FrameWriter
{
public:
    FrameWriter(const SimCall& call, const ChatAnswer& answer) : m_call(call), m_answer(answer) {}

    QList<QByteArray> frames()
    {
        put("messageStart", "\"role\":\"assistant\"");
        if (!m_answer.thinkingPieces.isEmpty())
            thinking();
        if (!textOf(m_answer).isEmpty())
            text();
        for (const ChatToolCall& tool : m_answer.toolCalls)
            toolUse(tool);
        if (!m_call.wishes.noDone) {
            put("messageStop", "\"stopReason\":\"" + stopReason(m_answer) + "\"");
            if (!m_call.wishes.noUsage)
                put("metadata", "\"metrics\":{\"latencyMs\":42},\"usage\":" + usageJson(m_answer));
        }
        return std::move(m_frames);
    }

private:
    // "p" is padding that hides how long a piece is; it means nothing.
    void put(const QByteArray& type, const QByteArray& fields)
    {
        const QByteArray padding = QByteArray("abcdefghijklmnopqrstuvwxyz").left(1 + m_frames.size() * 7 % 26);
        m_frames.append(eventFrame(type, "{" + fields + ",\"p\":\"" + padding + "\"}"));
    }
    void delta(const QByteArray& delta)
    {
        put("contentBlockDelta", "\"contentBlockIndex\":" + number(m_block) + ",\"delta\":" + delta);
    }
    void close() { put("contentBlockStop", "\"contentBlockIndex\":" + number(m_block++)); }

    // no contentBlockStart: Bedrock sends one for tools only
    void thinking()
    {
        for (const QString& piece : m_answer.thinkingPieces)
            delta("{\"reasoningContent\":{\"text\":" + quoted(piece) + "}}");
        delta("{\"reasoningContent\":{\"signature\":\"" + signature(m_answer) + "\"}}");
        close();
    }
    void text()
    {
        const QStringList pieces = m_answer.refusal.isEmpty() ? m_answer.textPieces : QStringList{m_answer.refusal};
        for (const QString& piece : pieces)
            delta("{\"text\":" + quoted(piece) + "}");
        close();
    }
    void toolUse(const ChatToolCall& tool)
    {
        put("contentBlockStart", "\"contentBlockIndex\":" + number(m_block) + ",\"start\":{\"toolUse\":{\"name\":" +
                                     quoted(tool.name) + ",\"toolUseId\":\"tooluse_" + tool.tag + "\"}}");
        for (const QString& piece : tool.argumentPieces)
            delta("{\"toolUse\":{\"input\":" + quoted(piece) + "}}");
        close();
    }

    const SimCall& m_call;
    const ChatAnswer& m_answer;
    QList<QByteArray> m_frames;
    int m_block = 0;
};

constexpr const char* kStreamError =
    "{\"message\":\"The system encountered an unexpected error during processing. Try "
    "your request again.\",\"originalMessage\":\"upstream\",\"originalStatusCode\":500}";

} // namespace

std::optional<Fault> BedrockDialect::read(SimCall& call) const
{
    return readBedrockRequest(call);
}

std::optional<Fault> BedrockDialect::authenticate(const SimCall& call) const
{
    const QByteArray header = call.http.header("authorization");
    const Profile& profile = call.profile;
    if (!profile.awsAccessKey.isEmpty() && !header.startsWith("Bearer ")) {
        const QString wrong =
            awsSignatureFault(call.http, {profile.awsAccessKey, profile.awsSecretKey}, "bedrock", call.createdSeconds);
        if (wrong.isEmpty())
            return std::nullopt;
        const bool missing = wrong.startsWith(QLatin1String("Missing"));
        return Fault{403, wrong, {}, missing ? "MissingAuthenticationTokenException" : "InvalidSignatureException"};
    }
    return acceptKey(call, bearerOf(call.http));
}

Script BedrockDialect::answer(const SimCall& call, Dice& dice) const
{
    const ChatAnswer answer = composeAnswer(call.chat, call.wishes, call.profile, dice);
    if (!call.chat.stream)
        return wholeScript(
            call, headersFor(call, "application/json"), plainBody(call, answer), answer.spokenTokens, dice);
    return streamScript(
        call, headersFor(call, "application/vnd.amazon.eventstream"), FrameWriter(call, answer).frames(),
        [](qsizetype) { return exceptionFrame("modelStreamErrorException", kStreamError); }, dice);
}

Script BedrockDialect::error(const SimCall& call, const Fault& fault) const
{
    QByteArray type = "InternalServerException";
    QString message = fault.message;
    if (fault.code == "context_length_exceeded")
        message = QStringLiteral("Input is too long for requested model.");
    else if (fault.code == "content_filter")
        message = QStringLiteral("The provided request was blocked by the content policy of the model provider.");
    for (const ErrorWords& row : kErrorWords) {
        if (row.status != fault.status)
            continue;
        type = row.type;
        if (message.isEmpty())
            message = QString::fromUtf8(row.message);
    }
    if (fault.code.endsWith("Exception"))
        type = fault.code;
    if (message.isEmpty())
        message = QStringLiteral("The simulator was asked for this status.");
    HeaderList headers = headersFor(call, "application/json");
    headers.emplaceBack("x-amzn-errortype", type + ":http://internal.amazon.com/coral/com.amazon.bedrock/");
    if (const auto retry = retryAfterOf(call, fault.status))
        headers.emplaceBack("retry-after", QByteArray::number(*retry));
    return plainScript(
        call, fault.status == 401 ? 403 : fault.status, headers, "{\"message\":" + quoted(message) + "}");
}

} // namespace gateway::simulator
