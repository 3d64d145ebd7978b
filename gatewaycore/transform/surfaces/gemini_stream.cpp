#include "transform/surfaces/gemini_stream.h"

#include "http/sse.h"
#include "transform/surfaces/gemini_answer.h"

namespace gateway::transform::gemini {
namespace {

using Kind = StreamEvent::Kind;

// Texts and thoughts go on at once; a function call is one part, so it waits until it is whole.
class Writer final : public StreamWriter
{
public:
    Writer(const CallRequest& request, const AnswerContext& context, ErrorBody error)
        : m_context(context),
          m_framing(request.streamAsArray),
          m_thoughts(wantsThoughts(request)),
          m_error(std::move(error))
    {
    }

    void write(const StreamEvent& event, QByteArray& out) override
    {
        switch (event.kind) {
        case Kind::Begin:
            m_begun.model = QString::fromUtf8(event.name);
            break;
        case Kind::PartBegin:
            m_part = Part();
            m_part.kind = event.partKind;
            m_part.callId = event.callId;
            m_part.name = event.name;
            m_part.custom = event.custom;
            m_part.redacted = event.redacted;
            m_unsent.clear();
            break;
        case Kind::Delta:
            delta(event.text, out);
            break;
        case Kind::Signature:
            m_part.signature = event.text;
            m_part.signer = event.signer;
            break;
        case Kind::PartEnd:
            endPart(out);
            break;
        }
    }

    void finish(const AnswerFacts& facts, QByteArray& tail) override
    {
        AnswerFacts last = facts;
        if (last.model.isEmpty())
            last.model = m_begun.model;
        m_framing.append(tail, chunk({}, last, m_context, true));
        m_framing.end(tail);
    }

    void fail(const CallError& error, QByteArray& tail) override
    {
        m_framing.append(tail, m_error(error));
        m_framing.end(tail);
    }

private:
    void delta(const QByteArray& text, QByteArray& out)
    {
        if (m_part.kind == Part::Kind::ToolCall) {
            m_part.arguments += text;
        } else if (m_part.kind == Part::Kind::Thinking && !m_thoughts) {
            m_unsent += text; // goes out if it turns out to be signed: its signer wants it back
        } else {
            send(text, out);
        }
    }

    void endPart(QByteArray& out)
    {
        const bool isSigned = !m_part.signature.isEmpty() && m_part.signer != Signer::Unknown;
        if (m_part.kind == Part::Kind::ToolCall || isSigned) {
            m_part.text = m_part.kind == Part::Kind::ToolCall ? QByteArray() : std::exchange(m_unsent, {});
            QByteArray parts;
            JsonWriter json(parts);
            writePart(json, m_part);
            m_framing.append(out, chunk(parts, m_begun, m_context, false));
        }
        m_part = Part();
        m_unsent.clear();
    }

    void send(const QByteArray& text, QByteArray& out)
    {
        Part piece;
        piece.kind = m_part.kind;
        piece.text = text;
        QByteArray parts;
        JsonWriter json(parts);
        writePart(json, piece);
        m_framing.append(out, chunk(parts, m_begun, m_context, false));
    }

    const AnswerContext m_context;
    ChunkFraming m_framing;
    const bool m_thoughts;
    const ErrorBody m_error;
    AnswerFacts m_begun; // the model, until the end says more
    Part m_part;         // the open one; its text is not kept
    QByteArray m_unsent;
};

class Relay final : public StreamRelay
{
public:
    Relay(const CallRequest& request, ErrorBody error)
        : m_framing(request.streamAsArray), m_sent(request.streamAsArray), m_error(std::move(error))
    {
    }

    void relay(const Frame& frame, const StreamReader::Read& read, const AnswerFacts& soFar, QByteArray& out,
        QByteArray& tail) override
    {
        if (read.error)
            return; // fail() tells it in our words
        // What has the reason to stop is the end, and so is whatever follows it.
        m_ending = m_ending || soFar.stop != StopReason::None;
        m_framing.append(m_ending ? tail : out, frame.data);
        if (!m_ending)
            m_sent = m_framing;
    }

    // What was held back for the end is not sent any more: the array goes on where the caller's copy of it ends.
    void fail(const CallError& error, QByteArray& tail) override
    {
        m_sent.append(tail, m_error(error));
        m_sent.end(tail);
    }

    void finish(QByteArray& tail) override { m_framing.end(tail); }

private:
    ChunkFraming m_framing;
    ChunkFraming m_sent; // as far as the caller has it
    const ErrorBody m_error;
    bool m_ending = false;
};

} // namespace

void ChunkFraming::append(QByteArray& out, QByteArrayView json)
{
    // A JSON text's own line ends are space between its tokens; clients want one line per chunk.
    QByteArray line;
    if (json.contains('\n') || json.contains('\r')) {
        line = json.toByteArray().replace('\n', ' ').replace('\r', ' ');
        json = line;
    }
    if (!m_array) {
        http::appendSseEvent(out, {}, json);
        return;
    }
    out += m_begun ? "\n,\n" : "[";
    out.append(json.data(), json.size());
    m_begun = true;
}

void ChunkFraming::end(QByteArray& out)
{
    if (m_array)
        out += m_begun ? "\n]" : "[]";
}

std::unique_ptr<StreamWriter> streamWriter(const CallRequest& request, const AnswerContext& context, ErrorBody error)
{
    return std::make_unique<Writer>(request, context, std::move(error));
}

std::unique_ptr<StreamRelay> streamRelay(const CallRequest& request, ErrorBody error)
{
    return std::make_unique<Relay>(request, std::move(error));
}

} // namespace gateway::transform::gemini
