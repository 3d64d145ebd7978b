#include "simulator/responses_answer.h"

#include "simulator/signer.h"

namespace gateway::simulator {
namespace {

QByteArray number(qint64 n)
{
    return QByteArray::number(n);
}

QByteArray usageJson(const ChatAnswer& answer)
{
    const int prompt = answer.promptTokens();
    const int output = answer.spokenTokens + answer.thoughtTokens;
    QByteArray details = "{\"cached_tokens\":" + number(answer.cachedTokens);
    if (answer.writtenTokens > 0)
        details += ",\"cache_write_tokens\":" + number(answer.writtenTokens) +
                   ",\"cache_write_tokens_details\":{\"ttl_30m_tokens\":" + number(answer.writtenTokens) +
                   ",\"ttl_12h_tokens\":0}";
    return "{\"input_tokens\":" + number(prompt) + ",\"input_tokens_details\":" + details +
           "},\"output_tokens\":" + number(output) +
           ",\"output_tokens_details\":{\"reasoning_tokens\":" + number(answer.thoughtTokens) +
           "},\"total_tokens\":" + number(prompt + output) + "}";
}

QByteArray incompleteReason(const ChatAnswer& answer)
{
    if (answer.finishReason == "length")
        return "max_output_tokens";
    return answer.finishReason == "content_filter" ? "content_filter" : "";
}

// The response object at some point of its life.
QByteArray responseObject(const SimCall& call, const ChatAnswer& answer, const QByteArray& status,
    const QList<QByteArray>& output, const QByteArray& error = "null")
{
    const QByteArray reason = status == "incomplete" ? incompleteReason(answer) : QByteArray();
    const QByteArray details = reason.isEmpty() ? QByteArray("null") : "{\"reason\":\"" + reason + "\"}";
    const bool counts = (status == "completed" || status == "incomplete") && !call.wishes.noUsage;
    return "{\"id\":\"resp_" + call.tag() + "\",\"object\":\"response\",\"created_at\":" + number(call.createdSeconds) +
           ",\"status\":\"" + status + "\",\"background\":false,\"error\":" + error +
           ",\"incomplete_details\":" + details +
           ",\"instructions\":null,\"max_output_tokens\":null,\"model\":" + quoted(call.chat.model) + ",\"output\":[" +
           output.join(',') +
           "],\"parallel_tool_calls\":true,\"previous_response_id\":null,\"reasoning\":{\"effort\":null,\"summary\":"
           "null},\"service_tier\":\"default\",\"store\":false,\"temperature\":1.0,\"text\":{\"format\":{\"type\":"
           "\"text\"}},\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,\"truncation\":\"disabled\",\"usage\":" +
           (counts ? usageJson(answer) : QByteArray("null")) + ",\"metadata\":{}}";
}

// Walks through the items of an answer: notes the events of each and the item as it is when it is done.
class EventWriter
{
public:
    EventWriter(const SimCall& call, const ChatAnswer& answer) : m_call(call), m_answer(answer) {}

    QList<QByteArray> events()
    {
        put("response.created", ",\"response\":" + responseObject(m_call, m_answer, "in_progress", {}));
        put("response.in_progress", ",\"response\":" + responseObject(m_call, m_answer, "in_progress", {}));
        if (!m_answer.thinkingPieces.isEmpty())
            reasoning();
        if (!m_answer.textPieces.isEmpty() || !m_answer.refusal.isEmpty())
            message();
        for (const ChatToolCall& call : m_answer.toolCalls)
            functionCall(call);
        if (!m_call.wishes.noDone) {
            const QByteArray status = endStatus();
            put("response." + status, ",\"response\":" + responseObject(m_call, m_answer, status, m_done));
        }
        return std::move(m_events);
    }

    const QList<QByteArray>& doneItems() const { return m_done; }
    QByteArray endStatus() const { return incompleteReason(m_answer).isEmpty() ? "completed" : "incomplete"; }

private:
    void put(const QByteArray& type, const QByteArray& fields)
    {
        m_events.append(
            sseEvent("{\"type\":\"" + type + "\",\"sequence_number\":" + number(m_events.size()) + fields + "}", type));
    }
    QByteArray place() const { return ",\"item_id\":\"" + m_id + "\",\"output_index\":" + number(m_done.size()); }

    void begin(const QByteArray& id, const QByteArray& item)
    {
        m_id = id;
        put("response.output_item.added", ",\"output_index\":" + number(m_done.size()) + ",\"item\":" + item);
    }
    void end(const QByteArray& item)
    {
        put("response.output_item.done", ",\"output_index\":" + number(m_done.size()) + ",\"item\":" + item);
        m_done.append(item);
    }

    void reasoning()
    {
        const QByteArray id = "rs_" + m_call.tag();
        const QByteArray head = "{\"id\":\"" + id + "\",\"type\":\"reasoning\",\"summary\":[";
        const QByteArray sealed = m_call.chat.wantsSeals ? ",\"encrypted_content\":\"" +
                                                               sealOf("reasoning", quint64(m_call.callNumber)) + "\"}"
                                                         : QByteArray("}");
        begin(id, head + "]}");
        QByteArray summary;
        if (m_call.chat.showsThinking || m_call.wishes.think) {
            const QByteArray at = place() + ",\"summary_index\":0";
            summary = "{\"type\":\"summary_text\",\"text\":" + quoted(m_answer.thinking()) + "}";
            put("response.reasoning_summary_part.added", at + ",\"part\":{\"type\":\"summary_text\",\"text\":\"\"}");
            for (const QString& piece : m_answer.thinkingPieces)
                put("response.reasoning_summary_text.delta", at + ",\"delta\":" + quoted(piece));
            put("response.reasoning_summary_text.done", at + ",\"text\":" + quoted(m_answer.thinking()));
            put("response.reasoning_summary_part.done", at + ",\"part\":" + summary);
        }
        end(head + summary + "]" + sealed);
    }

    void message()
    {
        const QByteArray id = "msg_" + m_call.tag();
        const auto item = [&](const QByteArray& status, const QByteArray& content) {
            return "{\"id\":\"" + id + "\",\"type\":\"message\",\"status\":\"" + status + "\",\"content\":[" + content +
                   "],\"role\":\"assistant\"}";
        };
        begin(id, item("in_progress", {}));
        const QByteArray part = m_answer.refusal.isEmpty() ? text() : refusal();
        end(item(endStatus(), part));
    }

    QByteArray text()
    {
        const auto part = [](const QByteArray& text) {
            return "{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":" + text + "}";
        };
        const QByteArray at = place() + ",\"content_index\":0";
        put("response.content_part.added", at + ",\"part\":" + part("\"\""));
        for (const QString& piece : m_answer.textPieces)
            put("response.output_text.delta", at + ",\"delta\":" + quoted(piece) + ",\"logprobs\":[]");
        const QByteArray whole = quoted(m_answer.text());
        put("response.output_text.done", at + ",\"text\":" + whole + ",\"logprobs\":[]");
        put("response.content_part.done", at + ",\"part\":" + part(whole));
        return part(whole);
    }

    QByteArray refusal()
    {
        const QByteArray whole = quoted(m_answer.refusal);
        const QByteArray at = place() + ",\"content_index\":0";
        put("response.content_part.added", at + ",\"part\":{\"type\":\"refusal\",\"refusal\":\"\"}");
        put("response.refusal.delta", at + ",\"delta\":" + whole);
        put("response.refusal.done", at + ",\"refusal\":" + whole);
        const QByteArray part = "{\"type\":\"refusal\",\"refusal\":" + whole + "}";
        put("response.content_part.done", at + ",\"part\":" + part);
        return part;
    }

    void functionCall(const ChatToolCall& call)
    {
        const QByteArray id = "fc_" + call.tag;
        const auto item = [&](const char* status, const QByteArray& arguments) {
            return "{\"id\":\"" + id + "\",\"type\":\"function_call\",\"status\":\"" + status +
                   "\",\"arguments\":" + arguments + ",\"call_id\":\"call_" + call.tag +
                   "\",\"name\":" + quoted(call.name) + "}";
        };
        begin(id, item("in_progress", "\"\""));
        for (const QString& piece : call.argumentPieces)
            put("response.function_call_arguments.delta", place() + ",\"delta\":" + quoted(piece));
        const QByteArray whole = quoted(call.argumentPieces.join(QString()));
        put("response.function_call_arguments.done", place() + ",\"arguments\":" + whole);
        end(item("completed", whole));
    }

    const SimCall& m_call;
    const ChatAnswer& m_answer;
    QByteArray m_id; // of the open item
    QList<QByteArray> m_events;
    QList<QByteArray> m_done; // items, in order
};

} // namespace

QByteArray responsesBody(const SimCall& call, const ChatAnswer& answer)
{
    EventWriter writer(call, answer);
    writer.events();
    return responseObject(call, answer, writer.endStatus(), writer.doneItems());
}

QList<QByteArray> responsesEvents(const SimCall& call, const ChatAnswer& answer)
{
    return EventWriter(call, answer).events();
}

QByteArray responsesFailure(const SimCall& call, qsizetype eventsSent)
{
    const QByteArray message = quoted(QStringLiteral("The server had an error while processing your request."));
    const QByteArray error = "{\"code\":\"server_error\",\"message\":" + message + "}";
    return sseEvent("{\"type\":\"error\",\"sequence_number\":" + number(eventsSent) +
                        ",\"code\":\"server_error\",\"message\":" + message + ",\"param\":null}",
               "error") +
           sseEvent("{\"type\":\"response.failed\",\"sequence_number\":" + number(eventsSent + 1) +
                        ",\"response\":" + responseObject(call, {}, "failed", {}, error) + "}",
               "response.failed");
}

} // namespace gateway::simulator
