// A stream of the Responses dialect, read. Items are known by output_index. What a backend sends only in a "done" event
// or only in the last response (LM Studio and others send no deltas of arguments) is given from there, once.
#include "transform/part_sequencer.h"
#include "transform/parts.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/openai_responses.h"
#include "transform/providers/openai_responses_answer.h"

#include <map>

namespace gateway::transform {
namespace {

constexpr std::size_t kMostItems = 4096;

class ResponsesStream final : public StreamReader
{
public:
    explicit ResponsesStream(const Target& target)
        : m_target(target), m_key(target.provider().key.reveal()), m_keepsSignature(signsAsOpenAi(target.kind()))
    {
    }

    Read read(const Frame& frame, std::vector<StreamEvent>* events) override
    {
        Read read;
        // [DONE] after the last event, of servers that add it to every stream
        if (m_ended || frame.data == QByteArrayView("[DONE]")) {
            read.ended = m_ended;
            return read;
        }
        if (m_learned.item && m_shape.matches(frame.data)) {
            m_events = events;
            m_read = &read;
            piece(m_learned.kind, *m_learned.item, events ? m_shape.text() : QByteArrayLiteral("x"));
            m_read = nullptr;
            m_events = nullptr;
            read.shape = &m_shape;
            ++m_contentEvents;
            return read;
        }
        m_json = JsonText::parse(frame.data);
        if (m_json.error || m_json.root.type() != JsonType::Object) {
            read.error = unreadable(QStringLiteral("The provider sent a stream event that is not a JSON object."));
            return read;
        }
        m_events = events;
        m_read = &read;
        read.json = m_json.root;
        m_learned = {};
        QByteArray unescaped;
        readEvent(read.json, read.json.member("type").textIn(unescaped));
        if (m_learned.item && read.content) {
            read.learned = true;
            m_shape.learn(frame.data, read.json.member("delta"), read.json.member("sequence_number"),
                read.json.member("obfuscation"));
        }
        m_read = nullptr;
        m_events = nullptr;
        if (read.content)
            ++m_contentEvents;
        read.ended = m_ended;
        return read;
    }

    bool mayEndHere(std::vector<StreamEvent>*) override { return m_ended; }

private:
    // What of an item was given already.
    struct Item
    {
        bool opened = false;   // a call
        bool said = false;     // any of its text or arguments
        bool partSaid = false; // ... of its open part
        bool over = false;
        qint64 summaries = 0;
    };
    using Reader = void (ResponsesStream::*)(JsonView event);
    struct Row
    {
        const char* type;
        Reader read;
    };

    void readEvent(JsonView event, QByteArrayView type)
    {
        static constexpr Row kRows[] = {
            {"response.created", &ResponsesStream::begin},
            {"response.in_progress", &ResponsesStream::begin},
            {"response.queued", &ResponsesStream::begin},
            {"response.output_item.added", &ResponsesStream::itemAdded},
            {"response.output_item.done", &ResponsesStream::itemDone},
            {"response.content_part.added", &ResponsesStream::partAdded},
            {"response.output_text.delta", &ResponsesStream::textDelta},
            {"response.output_text.done", &ResponsesStream::textDone},
            {"response.refusal.delta", &ResponsesStream::refusalDelta},
            {"response.refusal.done", &ResponsesStream::refusalDone},
            {"response.reasoning_summary_part.added", &ResponsesStream::summaryAdded},
            {"response.reasoning_summary_text.delta", &ResponsesStream::thoughtDelta},
            {"response.reasoning_text.delta", &ResponsesStream::thoughtDelta},
            {"response.function_call_arguments.delta", &ResponsesStream::argumentsDelta},
            {"response.function_call_arguments.done", &ResponsesStream::argumentsDone},
            {"response.custom_tool_call_input.delta", &ResponsesStream::argumentsDelta},
            {"response.custom_tool_call_input.done", &ResponsesStream::argumentsDone},
            {"response.completed", &ResponsesStream::end},
            {"response.incomplete", &ResponsesStream::end},
            {"response.failed", &ResponsesStream::failed},
            {"response.cancelled", &ResponsesStream::failed},
            {"error", &ResponsesStream::errorEvent},
        };
        for (const Row& row : kRows) {
            if (type == QByteArrayView(row.type))
                return (this->*row.read)(event);
        }
        // A server that speaks of errors without a type; and pieces of kinds that only pass through here (audio, code,
        // images): a caller has seen them, so nothing may be repeated.
        if (type.isEmpty() && event.member("error").type() == JsonType::Object)
            return errorEvent(event);
        if (type.endsWith(".delta") || type.endsWith(".partial_image"))
            m_read->content = true;
    }

    void fail(const char* sentence) { m_read->error = unreadable(QString::fromLatin1(sentence)); }

    // nullptr: refused
    Item* itemOf(JsonView event)
    {
        const qint64 index = event.member("output_index").integer().value_or(0);
        if (const auto found = m_items.find(index); found != m_items.end())
            return &found->second;
        if (index < 0 || m_items.size() >= kMostItems) {
            fail("The provider's stream has more items than an answer can have.");
            return nullptr;
        }
        return &m_items[index];
    }
    static qint64 keyOf(JsonView event) { return event.member("output_index").integer().value_or(0); }

    void begin(JsonView event)
    {
        const JsonView response = event.member("response");
        readResponseInto(m_facts, response, m_target, false);
        if (m_events)
            m_parts.begin(m_events, m_facts.id, m_facts.model.toUtf8());
    }

    void piece(Part::Kind kind, Item& item, const QByteArray& text)
    {
        if (text.isEmpty())
            return;
        item.said = true;
        item.partSaid = true;
        m_read->content = true;
        if (m_events)
            m_parts.text(m_events, kind, text);
    }

    void itemAdded(JsonView event)
    {
        const JsonView json = event.member("item");
        const QByteArray type = textOf(json.member("type"));
        Item* item = itemOf(event);
        if (!item)
            return;
        if (item->over) // servers that number no items
            *item = {};
        if (type == "function_call" || type == "custom_tool_call") {
            openCall(*item, keyOf(event), json, type == "custom_tool_call");
        } else if (type == "message" || type == "reasoning") {
            closePart();
        } else {
            m_read->content = true; // a tool that the provider runs has begun
        }
    }

    void openCall(Item& item, qint64 key, JsonView json, bool custom)
    {
        if (item.opened || item.over)
            return;
        item.opened = true;
        m_toolCalled = true;
        m_read->content = true;
        if (!m_events)
            return;
        QByteArray callId = textOf(json.member("call_id"));
        if (callId.isEmpty())
            callId = textOf(json.member("id"));
        m_parts.openTool(m_events, key, callId, textOf(json.member("name")), custom);
    }

    void closePart()
    {
        if (m_events)
            m_parts.close(m_events);
    }

    void partAdded(JsonView event)
    {
        const QByteArray type = textOf(event.member("part").member("type"));
        if (type == "output_text" || type == "refusal")
            closePart(); // each part is one of its own
        if (Item* item = itemOf(event))
            item->partSaid = false;
    }

    void textDelta(JsonView event) { delta(Part::Kind::Text, event); }

    // Most events of a stream: the next one may be known by the shape of this one.
    void delta(Part::Kind kind, JsonView event)
    {
        Item* item = itemOf(event);
        if (!item)
            return;
        piece(kind, *item, textOf(event.member("delta")));
        m_learned = {kind, item};
    }

    void textDone(JsonView event)
    {
        if (Item* item = itemOf(event); item && !item->partSaid)
            piece(Part::Kind::Text, *item, textOf(event.member("text")));
    }

    void refusalDelta(JsonView event)
    {
        if (Item* item = itemOf(event))
            piece(Part::Kind::Refusal, *item, textOf(event.member("delta")));
    }

    void refusalDone(JsonView event)
    {
        if (Item* item = itemOf(event); item && !item->partSaid)
            piece(Part::Kind::Refusal, *item, textOf(event.member("refusal")));
    }

    void summaryAdded(JsonView event)
    {
        // paragraphs of one thought
        if (Item* item = itemOf(event); item && item->summaries++ > 0 && item->said)
            piece(Part::Kind::Thinking, *item, "\n\n");
    }

    void thoughtDelta(JsonView event) { delta(Part::Kind::Thinking, event); }

    void argumentsDelta(JsonView event)
    {
        if (Item* item = itemOf(event))
            addArguments(*item, keyOf(event), textOf(event.member("delta")));
    }

    void argumentsDone(JsonView event)
    {
        Item* item = itemOf(event);
        if (!item || item->said)
            return;
        const JsonView input = event.member("input");
        addArguments(*item, keyOf(event), textOf(input.isMissing() ? event.member("arguments") : input));
    }

    void addArguments(Item& item, qint64 key, const QByteArray& fragment)
    {
        // a call that was never begun: its item says the rest when it is done
        if (fragment.isEmpty() || !item.opened || item.over)
            return;
        item.said = true;
        m_read->content = true;
        if (m_events && !m_parts.arguments(m_events, key, fragment))
            fail("The provider mixed the arguments of two tool calls.");
    }

    void itemDone(JsonView event)
    {
        if (Item* item = itemOf(event))
            finishItem(*item, keyOf(event), event.member("item"));
    }

    // Gives what the item says and no earlier event said, and ends it.
    void finishItem(Item& item, qint64 key, JsonView json)
    {
        if (item.over)
            return;
        const bool said = item.said;
        std::vector<Part> parts;
        readOutputItem(json, m_keepsSignature, parts);
        for (const Part& part : parts) {
            if (part.kind == Part::Kind::ToolCall) {
                openCall(item, key, json, part.custom);
                if (!said)
                    addArguments(item, key, part.arguments);
            } else if (part.kind == Part::Kind::Thinking) {
                finishThinking(item, part);
            } else if (part.kind == Part::Kind::Image) {
                m_read->content = true;
            } else if (!said) {
                closePart();
                piece(part.kind, item, part.text);
            }
        }
        item.over = true;
        closePart();
    }

    void finishThinking(Item& item, const Part& part)
    {
        if (!item.said)
            piece(Part::Kind::Thinking, item, part.text);
        if (part.signature.isEmpty() || !m_events)
            return;
        if (m_parts.isOpen() && m_parts.openKind() == Part::Kind::Thinking)
            m_parts.signature(m_events, part.signature, part.signer);
        else
            m_parts.redactedThinking(m_events, part.signature, part.signer);
    }

    void end(JsonView event)
    {
        const JsonView response = event.member("response");
        if (response.type() != JsonType::Object)
            return fail("The provider's stream ended without its response.");
        begin(event);
        // items of backends that send nothing but the last event, and those they never ended
        const bool all = m_items.empty();
        qint64 index = 0;
        response.member("output").eachElement([&](JsonView item) {
            if (all || m_items.contains(index))
                finishItem(m_items[index], index, item);
            return ++index < qint64(kMostItems) && !m_read->error;
        });
        if (m_read->error)
            return;
        readResponseInto(m_facts, response, m_target, m_toolCalled);
        closePart();
        m_ended = true;
    }

    void failed(JsonView event)
    {
        const JsonView response = event.member("response");
        readResponseInto(m_facts, response, m_target, m_toolCalled);
        m_read->error = readResponsesError(response.member("error"), m_key);
    }

    void errorEvent(JsonView event)
    {
        const JsonView nested = event.member("error");
        m_read->error = readResponsesError(nested.type() == JsonType::Object ? nested : event, m_key);
    }

    const Target m_target;
    const QByteArray m_key;
    const bool m_keepsSignature;
    PartSequencer m_parts;
    std::map<qint64, Item> m_items; // by output_index
    bool m_toolCalled = false;
    bool m_ended = false;
    struct Learned
    {
        Part::Kind kind = Part::Kind::Text;
        Item* item = nullptr; // the map keeps them at their places
    };
    Learned m_learned; // what an event of the learned shape adds to

    // while one frame is read
    std::vector<StreamEvent>* m_events = nullptr;
    Read* m_read = nullptr;
};

} // namespace

std::unique_ptr<StreamReader> openAiResponsesStream(const Target& target)
{
    return std::make_unique<ResponsesStream>(target);
}

} // namespace gateway::transform
