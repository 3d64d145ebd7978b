// Chat completions written from another dialect's answer: the whole one and the stream of chunks.
#include "base/json_writer.h"
#include "http/sse.h"
#include "transform/json_view.h"
#include "transform/signature.h"
#include "transform/surfaces/openai_chat.h"
#include "transform/surfaces/openai_usage.h"

namespace gateway::transform {
namespace {

QByteArray idOf(const AnswerContext& context)
{
    return "chatcmpl-" + context.callId.toLatin1();
}

// One entry of reasoning_details, which callers hand back untouched: the only way a signature survives this dialect.
void writeDetail(
    JsonWriter& json, int index, bool redacted, QByteArrayView text, QByteArrayView signature, Signer signer)
{
    json.beginObject().member("type", redacted ? "reasoning.encrypted" : "reasoning.text");
    if (redacted)
        json.member("data", signature);
    else
        json.member("text", text).member("signature", signature);
    json.member("format", reasoningFormat(signer)).member("index", index).endObject();
}

// Google's signature of a tool call, where Google's own compatible endpoint puts it.
void writeThoughtSignature(JsonWriter& json, QByteArrayView signature)
{
    json.key("extra_content").beginObject().key("google").beginObject();
    json.member("thought_signature", signature).endObject().endObject();
}

QByteArray finishWord(const AnswerFacts& facts)
{
    const QByteArrayView word = wordFor(Dialect::OpenAiChat, facts.stop);
    return word.isEmpty() ? QByteArray("stop") : word.toByteArray();
}

// The provider's own word where ours says less than it.
bool saysMore(const AnswerFacts& facts)
{
    return !facts.finishReason.isEmpty() && facts.stop == StopReason::Pause;
}

class ChatWriter final : public StreamWriter
{
public:
    ChatWriter(
        const CallRequest& request, const AnswerContext& context, std::function<QByteArray(const CallError&)> errorBody)
        : m_context(context),
          m_wantsUsage(request.wantsUsageChunk),
          m_model(context.alias.toUtf8()),
          m_errorBody(std::move(errorBody))
    {
    }

    void write(const StreamEvent& event, QByteArray& out) override
    {
        switch (event.kind) {
        case StreamEvent::Kind::Begin:
            if (!event.name.isEmpty())
                m_model = event.name;
            delta(out, [](JsonWriter& json) { json.member("role", "assistant").member("content", ""); });
            break;
        case StreamEvent::Kind::PartBegin:
            begin(event);
            break;
        case StreamEvent::Kind::Delta:
            piece(event, out);
            break;
        case StreamEvent::Kind::Signature:
            m_signature = event.text;
            m_signer = event.signer;
            break;
        case StreamEvent::Kind::PartEnd:
            end(event, out);
            break;
        }
    }

    void finish(const AnswerFacts& facts, QByteArray& tail) override
    {
        if (!facts.stopExplanation.isEmpty() && facts.stop == StopReason::Safety && !m_refused)
            delta(tail, [&](JsonWriter& json) { json.member("refusal", facts.stopExplanation); });
        chunk(tail, {}, finishWord(facts), saysMore(facts) ? facts.finishReason.toUtf8() : QByteArray());
        if (m_wantsUsage && facts.tokens.source != api::TokenSource::None) {
            QByteArray data = head();
            JsonWriter json(data);
            json.memberRaw("choices", "[]").key("usage");
            writeOpenAiUsage(json, facts.tokens);
            data += '}';
            http::appendSseEvent(tail, {}, '{' + data);
        }
        http::appendSseEvent(tail, {}, "[DONE]");
    }

    void fail(const CallError& error, QByteArray& tail) override { http::appendSseEvent(tail, {}, m_errorBody(error)); }

private:
    // the members every chunk begins with, without the bracket
    QByteArray head() const
    {
        QByteArray out;
        JsonWriter json(out);
        json.member("id", idOf(m_context))
            .member("object", "chat.completion.chunk")
            .member("created", m_context.createdSeconds)
            .member("model", m_model);
        out += ',';
        return out;
    }

    template <typename Fill>
    void delta(QByteArray& out, Fill fill)
    {
        QByteArray inner;
        JsonWriter json(inner);
        json.beginObject();
        fill(json);
        json.endObject();
        chunk(out, inner, {}, {});
    }

    void chunk(QByteArray& out, QByteArrayView inner, QByteArrayView finish, QByteArrayView native) const
    {
        QByteArray data = head();
        JsonWriter json(data);
        json.key("choices").beginArray().beginObject().member("index", 0);
        json.memberRaw("delta", inner.isEmpty() ? QByteArrayView("{}") : inner).memberNull("logprobs");
        if (finish.isEmpty())
            json.memberNull("finish_reason");
        else
            json.member("finish_reason", finish).memberIf("native_finish_reason", native);
        json.endObject().endArray();
        if (m_wantsUsage)
            json.memberNull("usage");
        data += '}';
        http::appendSseEvent(out, {}, '{' + data);
    }

    void begin(const StreamEvent& event)
    {
        m_signature.clear();
        m_signer = Signer::Unknown;
        m_thinking.clear();
        m_redacted = event.redacted;
        m_refused = m_refused || event.partKind == Part::Kind::Refusal;
        if (event.partKind == Part::Kind::ToolCall) {
            ++m_tool;
            m_toolBegin = event;
        }
    }

    void piece(const StreamEvent& event, QByteArray& out)
    {
        switch (event.partKind) {
        case Part::Kind::ToolCall:
            beginTool(out);
            delta(out, [&](JsonWriter& json) {
                json.key("tool_calls").beginArray().beginObject().member("index", m_tool);
                json.key(m_custom ? "custom" : "function").beginObject();
                json.member(m_custom ? "input" : "arguments", event.text).endObject();
                json.endObject().endArray();
            });
            break;
        case Part::Kind::Thinking:
            m_thinking += event.text;
            delta(out, [&](JsonWriter& json) { json.member("reasoning_content", event.text); });
            break;
        case Part::Kind::Refusal:
            delta(out, [&](JsonWriter& json) { json.member("refusal", event.text); });
            break;
        default:
            delta(out, [&](JsonWriter& json) { json.member("content", event.text); });
            break;
        }
    }

    // The first fragment of a call has its id and name; it waits for the signature that may follow.
    void beginTool(QByteArray& out)
    {
        if (!m_toolBegin)
            return;
        const StreamEvent call = *std::exchange(m_toolBegin, std::nullopt);
        m_custom = call.custom;
        delta(out, [&](JsonWriter& json) {
            json.key("tool_calls").beginArray().beginObject().member("index", m_tool).member("id", call.callId);
            json.member("type", m_custom ? "custom" : "function").key(m_custom ? "custom" : "function").beginObject();
            json.member("name", call.name).member(m_custom ? "input" : "arguments", "").endObject();
            if (!m_signature.isEmpty())
                writeThoughtSignature(json, m_signature);
            json.endObject().endArray();
        });
    }

    void end(const StreamEvent& event, QByteArray& out)
    {
        if (event.partKind == Part::Kind::ToolCall) {
            beginTool(out); // a call without arguments
        } else if (event.partKind == Part::Kind::Thinking && !m_signature.isEmpty()) {
            delta(out, [&](JsonWriter& json) {
                json.key("reasoning_details").beginArray();
                writeDetail(json, event.part, m_redacted, m_thinking, m_signature, m_signer);
                json.endArray();
            });
        }
    }

    const AnswerContext m_context;
    const bool m_wantsUsage;
    QByteArray m_model;
    const std::function<QByteArray(const CallError&)> m_errorBody;
    int m_tool = -1;
    bool m_custom = false;
    bool m_redacted = false;
    bool m_refused = false;
    std::optional<StreamEvent> m_toolBegin;
    QByteArray m_signature;
    Signer m_signer = Signer::Unknown;
    QByteArray m_thinking;
};

void writeToolCalls(JsonWriter& json, const std::vector<Part>& parts)
{
    json.key("tool_calls").beginArray();
    for (const Part& part : parts) {
        if (part.kind != Part::Kind::ToolCall)
            continue;
        json.beginObject().member("id", part.callId).member("type", part.custom ? "custom" : "function");
        json.key(part.custom ? "custom" : "function").beginObject().member("name", part.name);
        json.member(part.custom ? "input" : "arguments", part.arguments).endObject();
        if (!part.signature.isEmpty())
            writeThoughtSignature(json, part.signature);
        json.endObject();
    }
    json.endArray();
}

void writeReasoning(JsonWriter& json, const std::vector<Part>& parts)
{
    QByteArray text;
    QByteArray details;
    JsonWriter list(details);
    list.beginArray();
    int index = 0;
    for (const Part& part : parts) {
        if (part.kind == Part::Kind::Thinking) {
            text += part.text;
            if (!part.signature.isEmpty())
                writeDetail(list, index, part.redacted, part.text, part.signature, part.signer);
        }
        ++index;
    }
    list.endArray();
    json.memberIf("reasoning_content", text);
    if (details.size() > 2)
        json.memberRaw("reasoning_details", details);
}

QByteArray joined(const std::vector<Part>& parts, Part::Kind kind)
{
    QByteArray text;
    for (const Part& part : parts) {
        if (part.kind == kind)
            text += part.text;
    }
    return text;
}

} // namespace

std::unique_ptr<StreamWriter> openAiChatWriter(
    const CallRequest& request, const AnswerContext& context, std::function<QByteArray(const CallError&)> errorBody)
{
    return std::make_unique<ChatWriter>(request, context, std::move(errorBody));
}

QByteArray openAiChatBody(const Answer& answer, const AnswerContext& context)
{
    const QByteArray text = joined(answer.parts, Part::Kind::Text);
    QByteArray refusal = joined(answer.parts, Part::Kind::Refusal);
    if (refusal.isEmpty() && answer.facts.stop == StopReason::Safety)
        refusal = answer.facts.stopExplanation;
    const bool calls = std::any_of(
        answer.parts.begin(), answer.parts.end(), [](const Part& part) { return part.kind == Part::Kind::ToolCall; });

    QByteArray out;
    JsonWriter json(out);
    json.beginObject()
        .member("id", idOf(context))
        .member("object", "chat.completion")
        .member("created", context.createdSeconds)
        .member("model", answer.facts.model.isEmpty() ? context.alias.toUtf8() : answer.facts.model.toUtf8());
    json.key("choices").beginArray().beginObject().member("index", 0).key("message").beginObject();
    json.member("role", "assistant");
    if (text.isEmpty() && (calls || !refusal.isEmpty()))
        json.memberNull("content");
    else
        json.member("content", text);
    if (refusal.isEmpty())
        json.memberNull("refusal");
    else
        json.member("refusal", refusal);
    writeReasoning(json, answer.parts);
    if (calls)
        writeToolCalls(json, answer.parts);
    json.memberRaw("annotations", "[]").endObject();
    json.memberNull("logprobs").member("finish_reason", finishWord(answer.facts));
    if (saysMore(answer.facts))
        json.member("native_finish_reason", answer.facts.finishReason.toUtf8());
    json.endObject().endArray();
    if (answer.facts.tokens.source != api::TokenSource::None) {
        json.key("usage");
        writeOpenAiUsage(json, answer.facts.tokens);
    }
    json.memberIf("service_tier", answer.facts.serviceTier).endObject();
    return out;
}

} // namespace gateway::transform
