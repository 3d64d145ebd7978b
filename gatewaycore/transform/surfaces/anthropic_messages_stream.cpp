#include "transform/surfaces/anthropic_messages_stream.h"

#include "http/sse.h"
#include "transform/parts.h"
#include "transform/surfaces/anthropic_messages_answer.h"

namespace gateway::transform {
namespace {

using Kind = StreamEvent::Kind;

// {"type": "content_block_...", "index": n, ...
QByteArray blockEvent(const char* type, int index, const char* member = nullptr, QByteArrayView json = {})
{
    QByteArray out;
    JsonWriter writer(out);
    writer.beginObject().member("type", type).member("index", qint64(index));
    if (member)
        writer.memberRaw(member, json);
    writer.endObject();
    return out;
}

constexpr QByteArrayView kStop("{\"type\":\"message_stop\"}");

} // namespace

AnthropicStreamWriter::AnthropicStreamWriter(AnswerContext context, ErrorText errorText)
    : m_context(std::move(context)), m_errorText(std::move(errorText))
{
}

void AnthropicStreamWriter::begin(const QByteArray& model, QByteArray& out)
{
    if (std::exchange(m_begun, true))
        return;
    QByteArray data;
    JsonWriter json(data);
    json.beginObject()
        .member("type", "message_start")
        .key("message")
        .beginObject()
        .member("id", anthropicMessageId(m_context))
        .member("type", "message")
        .member("role", "assistant")
        .member("model", model.isEmpty() ? m_context.alias.toUtf8() : model)
        .key("content")
        .beginArray()
        .endArray()
        .memberNull("stop_reason")
        .memberNull("stop_sequence")
        .memberNull("stop_details");
    writeAnthropicUsage(json, {}); // not known yet; message_delta states all of it
    json.endObject().endObject();
    http::appendSseEvent(out, "message_start", data);
}

void AnthropicStreamWriter::write(const StreamEvent& event, QByteArray& out)
{
    begin(event.kind == Kind::Begin ? event.name : QByteArray(), out);
    switch (event.kind) {
    case Kind::Begin:
        break;
    case Kind::PartBegin:
        close(out);
        m_waiting = event;
        break;
    case Kind::Delta:
        open(out);
        if (!m_open || event.text.isEmpty())
            break;
        if (m_kind == Part::Kind::ToolCall) {
            m_hasArguments = true;
            delta("input_json_delta", "partial_json", event.text, out);
        } else if (m_kind == Part::Kind::Thinking) {
            delta("thinking_delta", "thinking", event.text, out);
        } else {
            delta("text_delta", "text", event.text, out);
        }
        break;
    case Kind::Signature:
        signature(event, out);
        break;
    case Kind::PartEnd:
        close(out);
        break;
    }
}

void AnthropicStreamWriter::signature(const StreamEvent& event, QByteArray& out)
{
    const Part::Kind kind = m_waiting ? m_waiting->partKind : m_kind;
    if (m_waiting && m_waiting->redacted) {
        m_waiting.reset();
        const QByteArray data = carriedSignature(event.text, event.signer, true);
        if (data.isEmpty())
            return;
        QByteArray block;
        JsonWriter(block).beginObject().member("type", "redacted_thinking").member("data", data).endObject();
        wholeBlock(block, out);
    } else if (kind == Part::Kind::Thinking) {
        open(out);
        const QByteArray carried = carriedSignature(event.text, event.signer, false);
        if (m_open && !carried.isEmpty())
            delta("signature_delta", "signature", carried, out);
    } else if (m_waiting) {
        if (const QByteArray block = carrierBlock(event.text, event.signer); !block.isEmpty())
            wholeBlock(block, out);
    }
}

void AnthropicStreamWriter::open(QByteArray& out)
{
    if (!m_waiting)
        return;
    const StreamEvent part = *std::exchange(m_waiting, std::nullopt);
    m_open = !part.redacted; // its data came as a signature, or not at all
    m_kind = part.partKind;
    m_hasArguments = false;
    if (!m_open)
        return;
    QByteArray block;
    JsonWriter json(block);
    json.beginObject();
    switch (part.partKind) {
    case Part::Kind::ToolCall:
        json.member("type", "tool_use")
            .member("id", anthropicToolId(part.callId, m_context, part.part))
            .member("name", part.name)
            .key("input")
            .beginObject()
            .endObject();
        break;
    case Part::Kind::Thinking:
        json.member("type", "thinking").member("thinking", "").member("signature", "");
        break;
    case Part::Kind::Text:
    case Part::Kind::Refusal:
        m_refused = m_refused || part.partKind == Part::Kind::Refusal;
        json.member("type", "text").member("text", "");
        break;
    default:
        m_open = false; // the dialect's answers have neither images nor audio
        return;
    }
    json.endObject();
    http::appendSseEvent(
        out, "content_block_start", blockEvent("content_block_start", m_blocks, "content_block", block));
}

void AnthropicStreamWriter::close(QByteArray& out)
{
    // an empty text is nothing; an empty tool call is a call, an empty thinking may have been signed
    if (m_waiting && (m_waiting->partKind == Part::Kind::Text || m_waiting->redacted))
        m_waiting.reset();
    open(out);
    if (!std::exchange(m_open, false))
        return;
    if (m_kind == Part::Kind::ToolCall && !m_hasArguments) {
        m_open = true;
        delta("input_json_delta", "partial_json", "{}", out);
        m_open = false;
    }
    http::appendSseEvent(out, "content_block_stop", blockEvent("content_block_stop", m_blocks));
    ++m_blocks;
}

void AnthropicStreamWriter::delta(const char* type, const char* member, const QByteArray& text, QByteArray& out)
{
    QByteArray json;
    JsonWriter(json).beginObject().member("type", type).member(member, text).endObject();
    http::appendSseEvent(out, "content_block_delta", blockEvent("content_block_delta", m_blocks, "delta", json));
}

void AnthropicStreamWriter::wholeBlock(QByteArrayView block, QByteArray& out)
{
    // a thinking block's signature comes as a delta, as the SDKs expect; the rest is complete from its start
    const JsonText text = JsonText::parse(block);
    const JsonView view = text.root;
    const QByteArray signature = view.member("signature").text().value_or(QByteArray());
    if (signature.isEmpty()) {
        http::appendSseEvent(
            out, "content_block_start", blockEvent("content_block_start", m_blocks, "content_block", block));
    } else {
        http::appendSseEvent(out, "content_block_start",
            blockEvent("content_block_start", m_blocks, "content_block",
                "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"));
        delta("signature_delta", "signature", signature, out);
    }
    http::appendSseEvent(out, "content_block_stop", blockEvent("content_block_stop", m_blocks));
    ++m_blocks;
}

void AnthropicStreamWriter::finish(const AnswerFacts& facts, QByteArray& tail)
{
    begin(facts.model.toUtf8(), tail);
    close(tail);
    QByteArray data;
    JsonWriter json(data);
    json.beginObject().member("type", "message_delta").key("delta").beginObject();
    writeAnthropicStop(json, facts, m_refused);
    json.endObject();
    writeAnthropicUsage(json, facts.tokens);
    json.endObject();
    http::appendSseEvent(tail, "message_delta", data);
    http::appendSseEvent(tail, "message_stop", kStop);
}

void AnthropicStreamWriter::fail(const CallError& error, QByteArray& tail)
{
    http::appendSseEvent(tail, "error", m_errorText(error));
}

void AnthropicStreamRelay::relay(
    const Frame& frame, const StreamReader::Read& read, const AnswerFacts& soFar, QByteArray& out, QByteArray& tail)
{
    if (m_ended || read.error)
        return; // what broke the stream is said by fail()
    if (read.shape && !frame.name.isEmpty())
        return passOn(frame, out);
    Frame named = frame;
    QByteArray type;
    if (frame.name.isEmpty()) {
        const JsonText again = read.json.isMissing() ? JsonText::parse(frame.data) : JsonText();
        type = textOf((read.json.isMissing() ? again.root : read.json).member("type"));
        named = {type, frame.data};
    }
    if (named.name == QByteArrayView("message_start") && std::exchange(m_begun, true))
        return; // SDKs throw on a second one
    if (read.ended || named.name == QByteArrayView("message_stop")) {
        m_ended = true;
        passOn(named, tail);
        return;
    }
    if (named.name == QByteArrayView("message_delta")) {
        if (const QByteArray repaired = repairedStop(frame.data, "delta", soFar); !repaired.isEmpty()) {
            http::appendSseEvent(out, named.name, repaired);
            return;
        }
    }
    passOn(named, out);
}

void AnthropicStreamRelay::fail(const CallError& error, QByteArray& tail)
{
    http::appendSseEvent(tail, "error", m_errorText(error));
}

void AnthropicStreamRelay::finish(QByteArray& tail)
{
    if (!std::exchange(m_ended, true))
        http::appendSseEvent(tail, "message_stop", kStop);
}

} // namespace gateway::transform
