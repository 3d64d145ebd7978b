#include "simulator/anthropic_answer.h"

#include "simulator/signer.h"

namespace gateway::simulator {
namespace {

QByteArray number(int n)
{
    return QByteArray::number(n);
}

QByteArray stopReason(const ChatAnswer& answer)
{
    if (!answer.refusal.isEmpty() || answer.finishReason == "content_filter")
        return "refusal";
    if (!answer.stopSequence.isEmpty())
        return "stop_sequence";
    if (answer.finishReason == "length")
        return "max_tokens";
    return answer.finishReason == "tool_calls" ? "tool_use" : "end_turn";
}

// The fields that tell why the message ended: known at its end only.
QByteArray stopFields(const ChatAnswer& answer)
{
    const QByteArray reason = stopReason(answer);
    QByteArray out = "\"stop_reason\":\"" + reason + "\",\"stop_sequence\":" +
                     (answer.stopSequence.isEmpty() ? QByteArray("null") : quoted(answer.stopSequence));
    if (reason == "refusal")
        out += ",\"stop_details\":{\"type\":\"refusal\",\"category\":\"general_harms\",\"explanation\":" +
               quoted(answer.refusal.isEmpty() ? QStringLiteral("The request was declined.") : answer.refusal) + "}";
    return out;
}

// Anthropic's input_tokens leave out what came from the cache and what went into it.
QByteArray inputUsage(const ChatAnswer& answer)
{
    return "\"input_tokens\":" + number(answer.freshTokens) +
           ",\"cache_creation_input_tokens\":" + number(answer.writtenTokens) +
           ",\"cache_read_input_tokens\":" + number(answer.cachedTokens);
}

QByteArray wholeUsage(const ChatAnswer& answer, int outputTokens)
{
    QByteArray usage = "{" + inputUsage(answer) +
                       ",\"cache_creation\":{\"ephemeral_5m_input_tokens\":" + number(answer.writtenTokens) +
                       ",\"ephemeral_1h_input_tokens\":0},\"output_tokens\":" + number(outputTokens);
    if (answer.thoughtTokens > 0 && outputTokens >= answer.thoughtTokens)
        usage += ",\"output_tokens_details\":{\"thinking_tokens\":" + number(answer.thoughtTokens) + "}";
    return usage + ",\"service_tier\":\"standard\",\"inference_geo\":\"not_available\"}";
}

int outputTokens(const ChatAnswer& answer)
{
    return answer.spokenTokens + answer.thoughtTokens;
}

QByteArray messageHead(const SimCall& call)
{
    return "{\"id\":\"msg_01" + call.tag() +
           "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":" + quoted(call.chat.model) + ",\"content\":";
}

QByteArray thinkingSignature(const ChatAnswer& answer)
{
    return signText(answer.thinking().toUtf8());
}

class EventWriter
{
public:
    EventWriter(const SimCall& call, const ChatAnswer& answer) : m_call(call), m_answer(answer) {}

    QList<QByteArray> events()
    {
        start();
        if (!m_answer.thinkingPieces.isEmpty())
            thinking();
        if (!m_answer.textPieces.isEmpty())
            text();
        for (const ChatToolCall& call : m_answer.toolCalls)
            tool(call);
        if (!m_call.wishes.noDone)
            finish();
        return std::move(m_events);
    }

private:
    void put(const char* type, const QByteArray& fields)
    {
        m_events.append(sseEvent(QByteArray("{\"type\":\"") + type + "\"" + fields + "}", type));
    }

    void start()
    {
        QByteArray message =
            messageHead(m_call) + "[],\"stop_reason\":null,\"stop_sequence\":null,\"stop_details\":null";
        if (!m_call.wishes.noUsage)
            message += ",\"usage\":" + wholeUsage(m_answer, 1); // a first estimate of what will be said
        put("message_start", ",\"message\":" + message + "}");
    }

    void open(const QByteArray& block)
    {
        put("content_block_start", ",\"index\":" + number(m_block) + ",\"content_block\":" + block);
        if (m_block == 0)
            put("ping", "");
    }
    void delta(const QByteArray& delta)
    {
        put("content_block_delta", ",\"index\":" + number(m_block) + ",\"delta\":" + delta);
    }
    void close() { put("content_block_stop", ",\"index\":" + number(m_block++)); }

    void thinking()
    {
        open("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
        for (const QString& piece : m_answer.thinkingPieces)
            delta("{\"type\":\"thinking_delta\",\"thinking\":" + quoted(piece) + "}");
        delta("{\"type\":\"signature_delta\",\"signature\":\"" + thinkingSignature(m_answer) + "\"}");
        close();
    }
    void text()
    {
        open("{\"type\":\"text\",\"text\":\"\"}");
        for (const QString& piece : m_answer.textPieces)
            delta("{\"type\":\"text_delta\",\"text\":" + quoted(piece) + "}");
        close();
    }
    void tool(const ChatToolCall& call)
    {
        open("{\"type\":\"tool_use\",\"id\":\"toolu_01" + call.tag + "\",\"name\":" + quoted(call.name) +
             ",\"input\":{},\"caller\":{\"type\":\"direct\"}}");
        delta("{\"type\":\"input_json_delta\",\"partial_json\":\"\"}");
        for (const QString& piece : call.argumentPieces)
            delta("{\"type\":\"input_json_delta\",\"partial_json\":" + quoted(piece) + "}");
        close();
    }
    void finish()
    {
        QByteArray usage;
        if (!m_call.wishes.noUsage)
            usage = ",\"usage\":{" + inputUsage(m_answer) + ",\"output_tokens\":" + number(outputTokens(m_answer)) +
                    (m_answer.thoughtTokens > 0
                            ? ",\"output_tokens_details\":{\"thinking_tokens\":" + number(m_answer.thoughtTokens) + "}"
                            : QByteArray()) +
                    "}";
        put("message_delta", ",\"delta\":{" + stopFields(m_answer) + "}" + usage);
        put("message_stop", "");
    }

    const SimCall& m_call;
    const ChatAnswer& m_answer;
    QList<QByteArray> m_events;
    int m_block = 0;
};

} // namespace

QByteArray anthropicMessage(const SimCall& call, const ChatAnswer& answer)
{
    QList<QByteArray> blocks;
    if (!answer.thinkingPieces.isEmpty())
        blocks.append("{\"type\":\"thinking\",\"thinking\":" + quoted(answer.thinking()) + ",\"signature\":\"" +
                      thinkingSignature(answer) + "\"}");
    if (!answer.textPieces.isEmpty())
        blocks.append("{\"type\":\"text\",\"text\":" + quoted(answer.text()) + "}");
    for (const ChatToolCall& tool : answer.toolCalls)
        blocks.append("{\"type\":\"tool_use\",\"id\":\"toolu_01" + tool.tag + "\",\"name\":" + quoted(tool.name) +
                      ",\"input\":" + tool.argumentPieces.join(QString()).toUtf8() +
                      ",\"caller\":{\"type\":\"direct\"}}");
    QByteArray message = messageHead(call) + "[" + blocks.join(',') + "]," + stopFields(answer);
    if (!call.wishes.noUsage)
        message += ",\"usage\":" + wholeUsage(answer, outputTokens(answer));
    return message + "}";
}

QList<QByteArray> anthropicEvents(const SimCall& call, const ChatAnswer& answer)
{
    return EventWriter(call, answer).events();
}

} // namespace gateway::simulator
