#include "transform/surfaces/openai_responses_writer.h"

#include "http/sse.h"
#include "transform/surfaces/openai_responses_object.h"

#include <utility>

namespace gateway::transform {
namespace {

using Status = ResponsesObject::Status;

class ResponsesWriter final : public StreamWriter
{
public:
    ResponsesWriter(
        const CallRequest& request, const AnswerContext& context, std::function<QByteArray(const CallError&)> signalbox)
        : m_object(request, context), m_signalbox(std::move(signalbox))
    {
    }

    void write(const StreamEvent& event, QByteArray& out) override
    {
        if (m_over)
            return;
        if (event.kind == StreamEvent::Kind::Begin)
            m_model = event.name;
        start(out);
        switch (event.kind) {
        case StreamEvent::Kind::Begin:
            break;
        case StreamEvent::Kind::PartBegin:
            beginPart(event, out);
            break;
        case StreamEvent::Kind::Delta:
            delta(event.text, out);
            break;
        case StreamEvent::Kind::Signature:
            sign(event, out);
            break;
        case StreamEvent::Kind::PartEnd:
            endPart(out);
            break;
        }
    }

    void finish(const AnswerFacts& facts, QByteArray& tail) override
    {
        if (m_over)
            return;
        start(m_closing);
        ResponsesObject::State state;
        state.status = ResponsesObject::statusFor(facts.stop);
        explain(facts, m_closing);
        closeItem(state.status == Status::Completed ? "completed" : "incomplete", m_closing);
        tail += m_closing;
        if (!facts.model.isEmpty())
            m_model = facts.model.toUtf8();
        state.facts = &facts;
        if (state.status == Status::Failed)
            state.error = R"({"code":"server_error","message":"The model's output was malformed."})";
        end(state, tail);
    }

    void fail(const CallError& error, QByteArray& tail) override
    {
        if (m_failed)
            return;
        if (m_over) { // the end was written but withheld: another one takes its place and its number
            tail += m_closing;
            --m_next;
        }
        start(tail);
        m_failed = true;
        closeItem("incomplete", tail);
        ResponsesObject::State state;
        state.status = Status::Failed;
        state.error = responsesError(error, m_signalbox(error));
        end(state, tail);
    }

private:
    enum class Item
    {
        None,
        Message,
        Reasoning,
        Call,
        Image,
    };

    // One event; `fill` writes what it has besides its type and number.
    template <typename Fill>
    void event(QByteArray& out, const char* type, Fill fill)
    {
        QByteArray data;
        JsonWriter json(data);
        json.beginObject().member("type", type).member("sequence_number", m_next++);
        fill(json);
        json.endObject();
        http::appendSseEvent(out, type, data);
    }

    // An event of the open item.
    template <typename Fill>
    void itemEvent(QByteArray& out, const char* type, Fill fill)
    {
        event(out, type, [&](JsonWriter& json) {
            json.member("item_id", m_id).member("output_index", qint64(m_output.size()));
            fill(json);
        });
    }

    // ... and of the open part of it
    template <typename Fill>
    void partEvent(QByteArray& out, const char* type, Fill fill)
    {
        itemEvent(out, type, [&](JsonWriter& json) {
            if (m_item == Item::Reasoning)
                json.member("summary_index", 0);
            else
                json.member("content_index", qint64(m_content.size()));
            fill(json);
        });
    }

    void lifecycle(QByteArray& out, const char* type, ResponsesObject::State state)
    {
        state.model = m_model;
        event(out, type, [&](JsonWriter& json) { json.memberRaw("response", m_object.json(state)); });
    }

    void start(QByteArray& out)
    {
        if (std::exchange(m_started, true))
            return;
        lifecycle(out, "response.created", {});
        lifecycle(out, "response.in_progress", {});
    }

    void end(ResponsesObject::State state, QByteArray& out)
    {
        m_over = true;
        state.output = &m_output;
        lifecycle(out,
            state.status == Status::Completed    ? "response.completed"
            : state.status == Status::Incomplete ? "response.incomplete"
                                                 : "response.failed",
            state);
    }

    void addItem(QByteArray& out, const QByteArray& item)
    {
        event(out, "response.output_item.added",
            [&](JsonWriter& json) { json.member("output_index", qint64(m_output.size())).memberRaw("item", item); });
    }

    void openItem(Item item, const char* prefix)
    {
        m_item = item;
        m_id = m_object.itemId(prefix, int(m_output.size()));
        m_text.clear();
        m_signature.clear();
        m_signer = Signer::Unknown;
    }

    void beginPart(const StreamEvent& event, QByteArray& out)
    {
        switch (event.partKind) {
        case Part::Kind::Text:
        case Part::Kind::Refusal:
            endPart(out);
            beginContent(event.partKind == Part::Kind::Refusal, out);
            break;
        case Part::Kind::Thinking:
            closeItem("completed", out);
            openItem(Item::Reasoning, kOwnReasoning.data());
            m_redacted = event.redacted;
            addItem(out, reasoningItem(m_id, {}, {}));
            break;
        case Part::Kind::ToolCall:
            closeItem("completed", out);
            m_item = Item::Call;
            m_text.clear();
            m_call = {};
            m_call.name = event.name;
            m_call.callId = event.callId;
            m_call.custom = event.custom;
            m_callAdded = false; // waits for a signature, which has to stand before it
            m_open = true;
            break;
        case Part::Kind::Image:
            closeItem("completed", out);
            openItem(Item::Image, "ig_");
            addItem(out, imageItem(m_id, "in_progress", {}));
            break;
        case Part::Kind::Document:
        case Part::Kind::Audio:
        case Part::Kind::ToolResult:
            closeItem("completed", out); // this dialect has no item for it
            break;
        }
    }

    // Texts that follow each other are the parts of one message.
    void beginContent(bool refusal, QByteArray& out)
    {
        if (m_item != Item::Message) {
            closeItem("completed", out);
            openItem(Item::Message, "msg_");
            m_content.clear();
            addItem(out, messageItem(m_id, "in_progress", {}));
        }
        m_refusal = refusal;
        m_refused = m_refused || refusal;
        m_text.clear();
        m_open = true;
        partEvent(out, "response.content_part.added",
            [&](JsonWriter& json) { json.memberRaw("part", refusal ? refusalContent({}) : textContent({})); });
    }

    void delta(const QByteArray& text, QByteArray& out)
    {
        if (text.isEmpty())
            return;
        const auto piece = [&](JsonWriter& json) { json.member("delta", text); };
        switch (m_item) {
        case Item::None:
            return;
        case Item::Message:
            if (!m_open)
                return;
            if (m_refusal)
                partEvent(out, "response.refusal.delta", piece);
            else
                partEvent(out, "response.output_text.delta",
                    [&](JsonWriter& json) { json.member("delta", text).memberRaw("logprobs", "[]"); });
            break;
        case Item::Reasoning:
            if (!std::exchange(m_open, true))
                partEvent(out, "response.reasoning_summary_part.added", [](JsonWriter& json) { summary(json, {}); });
            partEvent(out, "response.reasoning_summary_text.delta", piece);
            break;
        case Item::Call:
            addCall(out);
            itemEvent(out,
                m_call.custom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta",
                piece);
            break;
        case Item::Image:
            break;
        }
        m_text += text;
    }

    static void summary(JsonWriter& json, QByteArrayView text)
    {
        json.key("part").beginObject().member("type", "summary_text").member("text", text).endObject();
    }

    void sign(const StreamEvent& event, QByteArray& out)
    {
        if (m_item == Item::Reasoning) {
            m_signature += event.text;
            m_signer = event.signer;
        } else if (m_item == Item::Call) {
            const QByteArray carried = encryptedContent(event.text, event.signer, SignaturePlace::NextPart);
            if (m_callAdded) {
                m_call.thoughtSignature = carried;
            } else if (!carried.isEmpty()) {
                const QByteArray id = m_object.itemId(kOwnReasoning.data(), int(m_output.size()));
                addItem(out, reasoningItem(id, {}, {}));
                itemDone(out, reasoningItem(id, {}, carried));
            }
        }
    }

    void addCall(QByteArray& out)
    {
        if (std::exchange(m_callAdded, true))
            return;
        m_id = m_object.itemId(m_call.custom ? "ctc_" : "fc_", int(m_output.size()));
        m_call.id = m_id;
        m_call.callId = m_ids.unique(m_call.callId, m_id);
        addItem(out, callItem(m_call, "in_progress"));
    }

    void endPart(QByteArray& out)
    {
        if (m_item == Item::Call && m_open) {
            if (m_failed && !m_callAdded) { // nobody saw it begin
                m_item = Item::None;
                return;
            }
            addCall(out);
            if (m_text.isEmpty() && !m_call.custom && !m_failed)
                delta("{}", out);
            m_call.arguments = m_text;
            itemEvent(out,
                m_call.custom ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done",
                [&](JsonWriter& json) {
                    if (!m_call.custom)
                        json.member("name", m_call.name);
                    json.member(m_call.custom ? "input" : "arguments", m_text);
                });
        } else if (m_item == Item::Reasoning && m_open) {
            partEvent(
                out, "response.reasoning_summary_text.done", [&](JsonWriter& json) { json.member("text", m_text); });
            partEvent(out, "response.reasoning_summary_part.done", [&](JsonWriter& json) { summary(json, m_text); });
        } else if (m_item == Item::Message && m_open) {
            endContent(out);
        }
        m_open = false;
    }

    void endContent(QByteArray& out)
    {
        if (m_refusal)
            partEvent(out, "response.refusal.done", [&](JsonWriter& json) { json.member("refusal", m_text); });
        else
            partEvent(out, "response.output_text.done",
                [&](JsonWriter& json) { json.member("text", m_text).memberRaw("logprobs", "[]"); });
        const QByteArray part = m_refusal ? refusalContent(m_text) : textContent(m_text);
        partEvent(out, "response.content_part.done", [&](JsonWriter& json) { json.memberRaw("part", part); });
        m_content.push_back(part);
    }

    void itemDone(QByteArray& out, const QByteArray& item)
    {
        event(out, "response.output_item.done",
            [&](JsonWriter& json) { json.member("output_index", qint64(m_output.size())).memberRaw("item", item); });
        m_output.push_back(item);
    }

    // An item is closed when the next one begins or the stream ends: only then is its status known.
    void closeItem(const char* status, QByteArray& out)
    {
        endPart(out);
        const Item item = std::exchange(m_item, Item::None);
        switch (item) {
        case Item::None:
            break;
        case Item::Message:
            itemDone(out, messageItem(m_id, status, m_content));
            break;
        case Item::Reasoning:
            itemDone(out, reasoningItem(m_id, m_text,
                              encryptedContent(m_signature, m_signer,
                                  m_redacted ? SignaturePlace::Redacted : SignaturePlace::Thinking)));
            break;
        case Item::Call:
            itemDone(out, callItem(m_call, status));
            break;
        case Item::Image:
            itemDone(out, imageItem(m_id, status, m_text));
            break;
        }
    }

    // A refusal that only the stop reason tells of.
    void explain(const AnswerFacts& facts, QByteArray& out)
    {
        if (facts.stop != StopReason::Safety || facts.stopExplanation.isEmpty() || m_refused)
            return;
        endPart(out);
        beginContent(true, out);
        delta(facts.stopExplanation, out);
    }

    const ResponsesObject m_object;
    const std::function<QByteArray(const CallError&)> m_signalbox;
    qint64 m_next = 0; // sequence_number
    bool m_started = false;
    bool m_over = false;
    bool m_failed = false;
    QByteArray m_closing; // what finish() wrote before the last event
    QByteArray m_model;
    std::vector<QByteArray> m_output; // done items

    // the open item
    Item m_item = Item::None;
    QByteArray m_id;
    bool m_open = false; // a part of it: content, summary, arguments
    QByteArray m_text;   // of that part
    std::vector<QByteArray> m_content;
    bool m_refusal = false;
    bool m_refused = false; // anywhere in this stream
    bool m_redacted = false;
    QByteArray m_signature;
    Signer m_signer = Signer::Unknown;
    CallItem m_call;
    bool m_callAdded = false;
    CallIds m_ids;
};

} // namespace

std::unique_ptr<StreamWriter> responsesWriter(
    const CallRequest& request, const AnswerContext& context, std::function<QByteArray(const CallError&)> signalbox)
{
    return std::make_unique<ResponsesWriter>(request, context, std::move(signalbox));
}

} // namespace gateway::transform
