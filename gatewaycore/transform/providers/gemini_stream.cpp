#include "transform/providers/gemini_stream.h"

#include "transform/part_sequencer.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/gemini_answer.h"
#include "transform/providers/gemini_arguments.h"

namespace gateway::transform::gemini {
namespace {

class Reader final : public StreamReader
{
public:
    explicit Reader(const Target& target) : m_providerKey(target.provider().key.reveal()) {}

    Read read(const Frame& frame, std::vector<StreamEvent>* events) override
    {
        Read result;
        const JsonText text = JsonText::parse(frame.data);
        if (text.error || text.root.type() != JsonType::Object) {
            result.error = unreadable(QStringLiteral("The provider sent a stream event that is not a JSON object."));
            return result;
        }
        result.error = m_factsReader.read(text.root, m_providerKey, m_facts);
        if (result.error)
            return result;
        m_parts.setAnswerId(m_facts.id);
        m_sequencer.begin(events, m_facts.id, m_facts.model.toUtf8());
        partsOf(text.root).eachElement([&](JsonView part) {
            result.content = readPart(part, events, result) || result.content;
            return !result.error;
        });
        m_factsReader.settle(m_facts, m_sequencer.hasTools());
        m_contentEvents += result.content;
        if (m_facts.stop == StopReason::ModelError && !result.error)
            result.error = failedGeneration(m_facts.finishReason.toUtf8());
        return result;
    }

    bool mayEndHere(std::vector<StreamEvent>* events) override
    {
        if (!m_factsReader.isComplete())
            return false;
        endCall(events);
        m_sequencer.close(events);
        return true;
    }

private:
    bool readPart(JsonView json, std::vector<StreamEvent>* events, Read& result)
    {
        const JsonView call = json.member("functionCall");
        if (call.type() == JsonType::Object && isPiece(call)) {
            readPiece(json, call, events, result);
            return true;
        }
        std::optional<Part> part = m_parts.read(json);
        if (!part) // of a kind that no other dialect has: it was content all the same
            return json.type() == JsonType::Object && json.raw().size() > 2;
        if (part->kind == Part::Kind::ToolCall) {
            endCall(events);
            m_sequencer.openTool(events, ++m_toolKey, part->callId, part->name);
            sign(*part, events);
            m_sequencer.arguments(events, m_toolKey, part->arguments);
            m_sequencer.close(events);
            return true;
        }
        if (part->kind != Part::Kind::Text && part->kind != Part::Kind::Thinking)
            return true; // a stream's events have no media
        if (part->text.isEmpty() && part->signature.isEmpty())
            return false;
        endCall(events);
        m_sequencer.text(events, part->kind, part->text);
        sign(*part, events);
        return true;
    }

    void sign(const Part& part, std::vector<StreamEvent>* events)
    {
        if (!part.signature.isEmpty())
            m_sequencer.signature(events, part.signature, Signer::Google);
    }

    // A call in pieces: a name with willContinue, then partialArgs without a name, then an empty one.
    bool isPiece(JsonView call) const
    {
        const bool named = !call.member("name").text().value_or(QByteArray()).isEmpty();
        return !call.member("partialArgs").isMissing() || (named && goesOn(call)) || (!named && m_inPieces);
    }
    static bool goesOn(JsonView object) { return object.member("willContinue").boolean().value_or(false); }

    void readPiece(JsonView part, JsonView call, std::vector<StreamEvent>* events, Read& result)
    {
        const QByteArray name = call.member("name").text().value_or(QByteArray());
        if (!name.isEmpty()) {
            endCall(events);
            m_sequencer.openTool(events, ++m_toolKey, m_parts.callId(call), name);
            m_arguments = PartialArguments();
            m_inPieces = true;
        }
        if (!m_inPieces) {
            result.error =
                unreadable(QStringLiteral("The provider sent a piece of a function call that has not begun."));
            return;
        }
        if (const auto signature = part.member("thoughtSignature").text(); signature && !signature->isEmpty())
            m_sequencer.signature(events, *signature, Signer::Google);
        const std::optional<QByteArray> text = m_arguments.take(call.member("partialArgs"));
        if (!text) {
            result.error =
                unreadable(QStringLiteral("The provider sent pieces of a function call that make no JSON object."));
            return;
        }
        m_sequencer.arguments(events, m_toolKey, *text);
        bool more = goesOn(call);
        call.member("partialArgs").eachElement([&](JsonView piece) {
            more = more || goesOn(piece);
            return !more;
        });
        if (!more)
            endCall(events);
    }

    void endCall(std::vector<StreamEvent>* events)
    {
        if (!m_inPieces)
            return;
        m_sequencer.arguments(events, m_toolKey, m_arguments.close());
        m_sequencer.close(events);
        m_inPieces = false;
    }

    const QByteArray m_providerKey;
    FactsReader m_factsReader;
    PartReader m_parts;
    PartSequencer m_sequencer;
    PartialArguments m_arguments;
    bool m_inPieces = false;
    qint64 m_toolKey = 0;
};

} // namespace

std::unique_ptr<StreamReader> streamReader(const Target& target)
{
    return std::make_unique<Reader>(target);
}

} // namespace gateway::transform::gemini
