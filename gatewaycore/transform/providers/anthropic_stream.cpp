#include "transform/providers/anthropic_stream.h"

#include "transform/parts.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/anthropic_answer.h"

namespace gateway::transform {
namespace {

StreamReader::Read broken(const char* what)
{
    return readError(unreadable(QString::fromLatin1(what)));
}

} // namespace

StreamReader::Read AnthropicStreamReader::read(const Frame& frame, std::vector<StreamEvent>* events)
{
    Read read;
    if (frame.name == QByteArrayView("ping"))
        return read;
    if (isExpected(m_learned) && m_shape.matches(frame.data)) {
        blockDelta(m_learned, events ? m_shape.text() : QByteArrayLiteral("x"), read, events);
        read.shape = &m_shape;
        return read;
    }
    m_json = JsonText::parse(frame.data);
    if (m_json.error || m_json.root.type() != JsonType::Object)
        return broken("The provider's stream has an event that is not a JSON object.");
    const JsonView event = m_json.root;
    read.json = event;
    const JsonView stated = event.member("type");
    const QByteArray type = stated.type() == JsonType::String ? textOf(stated) : frame.name.toByteArray();
    if (type == "message_start") {
        start(event.member("message"), events);
    } else if (type == "content_block_start") {
        blockStart(event, read, events);
    } else if (type == "content_block_delta") {
        const Delta delta = deltaOf(event);
        blockDelta(delta.piece, textOf(delta.text), read, events);
        read.learned = read.content && stated.type() == JsonType::String;
        if (read.learned) {
            m_shape.learn(frame.data, delta.text);
            m_learned = delta.piece;
        }
    } else if (type == "content_block_stop") {
        blockStop(read, events);
    } else if (type == "message_delta") {
        delta(event);
    } else if (type == "message_stop") {
        blockStop(read, events); // a lax server may leave the last block open
        read.ended = true;
    } else if (type == "error") {
        read.error = anthropicStreamError(event, m_providerKey);
    }
    return read;
}

void AnthropicStreamReader::start(JsonView message, std::vector<StreamEvent>* events)
{
    m_facts.id = message.member("id").text().value_or(QByteArray()).left(200);
    const QByteArray model = message.member("model").text().value_or(QByteArray()).left(200);
    if (!model.isEmpty())
        m_facts.model = QString::fromUtf8(model);
    m_usage.take(message.member("usage"));
    m_facts.tokens = m_usage.tokens();
    // the output of a call that has just begun is a first estimate; it is not what was used if the stream is cut
    if (m_facts.tokens.source == api::TokenSource::Reported)
        m_facts.tokens.source = api::TokenSource::Estimated;
    m_facts.serviceTier = message.member("usage").member("service_tier").text().value_or(QByteArray()).left(40);
    m_sequencer.begin(events, m_facts.id, model);
}

void AnthropicStreamReader::content(Read& read)
{
    read.content = true;
    ++m_contentEvents;
    if (m_facts.tokens.source == api::TokenSource::Estimated)
        m_facts.tokens.outText = std::max<qint64>(m_facts.tokens.outText, m_contentEvents);
}

void AnthropicStreamReader::blockStart(JsonView event, Read& read, std::vector<StreamEvent>* events)
{
    blockStop(read, events);
    const JsonView block = event.member("content_block");
    const QByteArray type = block.member("type").text().value_or(QByteArray());
    m_index = event.member("index").integer().value_or(m_index + 1);
    if (type == "text") {
        m_block = Block::Text;
        const QByteArray text = block.member("text").text().value_or(QByteArray());
        m_sequencer.text(events, Part::Kind::Text, text);
        if (!text.isEmpty())
            content(read);
    } else if (type == "thinking") {
        m_block = Block::Thinking;
        const QByteArray text = block.member("thinking").text().value_or(QByteArray());
        m_sequencer.text(events, Part::Kind::Thinking, text);
        const QByteArray signature = block.member("signature").text().value_or(QByteArray());
        if (!signature.isEmpty())
            m_sequencer.signature(events, signature, Signer::Anthropic);
        if (!text.isEmpty())
            content(read);
    } else if (type == "redacted_thinking") {
        m_block = Block::Other; // complete as it is
        m_sequencer.redactedThinking(events, block.member("data").text().value_or(QByteArray()), Signer::Anthropic);
        content(read);
    } else if (type == "tool_use") {
        m_block = Block::Tool;
        m_hasFragments = false;
        const JsonView input = block.member("input");
        bool empty = true;
        input.eachMember([&](QByteArrayView, JsonView) { return empty = false; });
        m_wholeInput = empty ? QByteArray() : input.raw().toByteArray();
        m_sequencer.openTool(events, m_index, block.member("id").text().value_or(QByteArray()),
            block.member("name").text().value_or(QByteArray()));
        content(read);
    } else {
        m_block = Block::Other;
        content(read); // the provider has begun to work: its search must not be paid for twice
    }
}

AnthropicStreamReader::Delta AnthropicStreamReader::deltaOf(JsonView event)
{
    struct Row
    {
        const char* type;
        Piece piece;
        const char* member;
    };
    static constexpr Row kRows[] = {
        {"text_delta", Piece::Text, "text"},
        {"thinking_delta", Piece::Thinking, "thinking"},
        {"signature_delta", Piece::Signature, "signature"},
        {"input_json_delta", Piece::Arguments, "partial_json"},
    };
    const JsonView delta = event.member("delta");
    const JsonView type = delta.member("type");
    for (const Row& row : kRows) {
        if (type.isText(row.type))
            return {row.piece, delta.member(row.member)};
    }
    return {};
}

bool AnthropicStreamReader::isExpected(Piece piece) const
{
    switch (piece) {
    case Piece::Text: // a lax server may leave the start out
        return m_block == Block::Text || m_block == Block::None;
    case Piece::Thinking:
        return m_block == Block::Thinking || m_block == Block::None;
    case Piece::Signature:
        return m_block == Block::Thinking;
    case Piece::Arguments:
        return m_block == Block::Tool;
    case Piece::Other:
        break;
    }
    return false;
}

void AnthropicStreamReader::blockDelta(
    Piece piece, const QByteArray& text, Read& read, std::vector<StreamEvent>* events)
{
    if (!isExpected(piece) || (text.isEmpty() && piece != Piece::Signature))
        return;
    switch (piece) {
    case Piece::Text:
        m_block = Block::Text;
        m_sequencer.text(events, Part::Kind::Text, text);
        break;
    case Piece::Thinking:
        m_block = Block::Thinking;
        m_sequencer.text(events, Part::Kind::Thinking, text);
        break;
    case Piece::Signature:
        m_sequencer.signature(events, text, Signer::Anthropic);
        break;
    case Piece::Arguments:
        m_hasFragments = true;
        if (!m_sequencer.arguments(events, m_index, text)) {
            read = broken("The provider's stream goes on with a tool call that it had ended.");
            return;
        }
        break;
    case Piece::Other:
        return;
    }
    content(read);
}

void AnthropicStreamReader::blockStop(Read& read, std::vector<StreamEvent>* events)
{
    if (m_block == Block::Tool && !m_hasFragments && !m_wholeInput.isEmpty()) {
        m_sequencer.arguments(events, m_index, m_wholeInput);
        content(read);
    }
    m_wholeInput.clear();
    m_block = Block::None;
    m_sequencer.close(events);
}

void AnthropicStreamReader::delta(JsonView event)
{
    const JsonView delta = event.member("delta");
    takeStop(delta, m_sequencer.hasTools(), m_facts);
    const JsonView usage = event.member("usage");
    if (usage.type() == JsonType::Object) {
        m_usage.take(usage);
        m_facts.tokens = m_usage.tokens();
    }
}

} // namespace gateway::transform
