#include "simulator/openai_stream.h"

namespace gateway::simulator {
namespace {

QByteArray number(int n)
{
    return QByteArray::number(n);
}

constexpr const char* kSafe = "{\"hate\":{\"filtered\":false,\"severity\":\"safe\"},\"self_harm\":{\"filtered\":false,"
                              "\"severity\":\"safe\"},\"sexual\":{\"filtered\":false,\"severity\":\"safe\"},"
                              "\"violence\":{\"filtered\":false,\"severity\":\"safe\"}}";

class EventWriter
{
public:
    EventWriter(const SimCall& call, const ChatAnswer& answer)
        : m_call(call),
          m_answer(answer),
          m_wishes(call.wishes),
          m_counts(call.chat.includeUsage && !call.wishes.noUsage),
          m_head("data: {\"id\":\"" + openAiChatId(call) + "\",\"object\":\"chat.completion.chunk\",\"created\":" +
                 QByteArray::number(call.createdSeconds) + ",\"model\":" + quoted(call.chat.model) +
                 ",\"service_tier\":\"default\",\"system_fingerprint\":\"" + kFingerprint + "\",\"choices\":["),
          m_tail(call.chat.includeUsage ? "],\"usage\":null}\n\n" : "]}\n\n"),
          m_field(m_wishes.quirk("reasoning") ? "reasoning" : "reasoning_content")
    {
    }

    QList<QByteArray> events()
    {
        if (m_call.route.azure)
            put("data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\","
                "\"prompt_filter_results\":[{\"prompt_index\":0,\"content_filter_results\":" +
                QByteArray(kSafe) + "}]}\n\n");
        content();
        if (!m_wishes.noDone)
            finish();
        return std::move(m_events);
    }

private:
    void content()
    {
        const bool speaks = m_answer.toolCalls.isEmpty();
        add(QByteArray("{\"role\":\"assistant\",\"content\":") + (speaks ? "\"\"" : "null") + ",\"refusal\":null}");
        if (m_wishes.quirk("200error")) {
            put(m_head +
                "{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}],\"error\":{\"code\":502,"
                "\"message\":\"Provider disconnected unexpectedly.\"}}\n\n");
            return;
        }
        if (m_wishes.think) {
            for (const QString& piece : m_answer.thinkingPieces)
                add("{\"" + m_field + "\":" + quoted(piece) + "}");
        }
        for (const QString& piece : m_answer.textPieces)
            add("{\"content\":" + quoted(piece) + "}");
        if (!m_answer.refusal.isEmpty())
            add("{\"refusal\":" + quoted(m_answer.refusal) + "}");
        for (qsizetype i = 0; i < m_answer.toolCalls.size(); ++i)
            addToolCall(m_wishes.quirk("index0") ? 0 : i, m_answer.toolCalls[i]);
    }

    void finish()
    {
        if (m_wishes.quirk("200error")) {
            put("data: [DONE]\n\n");
            return;
        }
        const bool hides = m_wishes.quirk("stoptool") && m_answer.finishReason == "tool_calls";
        const QByteArray last = m_head + "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"" +
                                (hides ? QByteArray("stop") : m_answer.finishReason) + "\"}";
        const QByteArray usage = "],\"usage\":" + openAiUsage(m_answer, m_wishes) + "}\n\n";
        const bool onLast = m_wishes.quirk("usagelast");
        put(last + (m_counts && onLast ? usage : m_tail));
        if (m_counts && !onLast)
            put(m_head + usage);
        if (!m_wishes.quirk("nodonemark"))
            put("data: [DONE]\n\n");
    }

    void put(const QByteArray& event)
    {
        if (m_wishes.quirk("keepalive"))
            m_events.append(m_events.size() % 2 ? "\n\n" + event : ": keep-alive\n\n" + event);
        else
            m_events.append(event);
    }

    void add(const QByteArray& delta)
    {
        const QByteArray filter = m_call.route.azure ? ",\"content_filter_results\":{}" : "";
        put(m_head + "{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":null" + filter + "}" +
            m_tail);
    }

    void addToolCall(qsizetype index, const ChatToolCall& call)
    {
        const bool whole = m_wishes.quirk("jsonargs");
        const QByteArray place = "{\"tool_calls\":[{\"index\":" + QByteArray::number(index);
        const QByteArray arguments = whole ? quoted(call.argumentPieces.join(QString())) : QByteArray("\"\"");
        add(place + ",\"id\":\"call_" + call.tag + "\",\"type\":\"function\",\"function\":{\"name\":" +
            quoted(call.name) + ",\"arguments\":" + arguments + "}}]}");
        for (const QString& piece : whole ? QStringList() : call.argumentPieces)
            add(place + ",\"function\":{\"arguments\":" + quoted(piece) + "}}]}");
    }

    const SimCall& m_call;
    const ChatAnswer& m_answer;
    const Wishes& m_wishes;
    const bool m_counts;
    const QByteArray m_head;
    const QByteArray m_tail;
    const QByteArray m_field;
    QList<QByteArray> m_events;
};

} // namespace

QByteArray openAiChatId(const SimCall& call)
{
    return "chatcmpl-" + call.tag();
}

QByteArray openAiUsage(const ChatAnswer& answer, const Wishes& wishes)
{
    const bool outside = wishes.quirk("xai");
    const int prompt = answer.promptTokens();
    const int all = answer.spokenTokens + answer.thoughtTokens;
    const QByteArray head = "{\"prompt_tokens\":" + number(prompt) +
                            ",\"completion_tokens\":" + number(outside ? answer.spokenTokens : all) +
                            ",\"total_tokens\":" + number(prompt + all);
    const QByteArray output = ",\"completion_tokens_details\":{\"reasoning_tokens\":" + number(answer.thoughtTokens);
    if (wishes.quirk("hitmiss"))
        return head + ",\"prompt_cache_hit_tokens\":" + number(answer.cachedTokens) +
               ",\"prompt_cache_miss_tokens\":" + number(prompt - answer.cachedTokens) + output + "}}";
    const QByteArray written =
        answer.writtenTokens > 0 ? ",\"cache_write_tokens\":" + number(answer.writtenTokens) : QByteArray();
    return head + ",\"prompt_tokens_details\":{\"cached_tokens\":" + number(answer.cachedTokens) + written +
           ",\"audio_tokens\":0}" + output +
           ",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}";
}

QList<QByteArray> openAiChatEvents(const SimCall& call, const ChatAnswer& answer)
{
    return EventWriter(call, answer).events();
}

} // namespace gateway::simulator
