#include "transform/surfaces/anthropic_messages_answer.h"

#include "transform/body_edit.h"
#include "transform/signature.h"

#include <array>

namespace gateway::transform {
namespace {

struct TypeOfStatus
{
    int status;
    const char* type;
};
constexpr std::array kTypes{
    TypeOfStatus{400, "invalid_request_error"},
    TypeOfStatus{401, "authentication_error"},
    TypeOfStatus{402, "billing_error"},
    TypeOfStatus{403, "permission_error"},
    TypeOfStatus{404, "not_found_error"},
    TypeOfStatus{405, "invalid_request_error"},
    TypeOfStatus{408, "timeout_error"},
    TypeOfStatus{409, "conflict_error"},
    TypeOfStatus{413, "request_too_large"},
    TypeOfStatus{415, "invalid_request_error"},
    TypeOfStatus{422, "invalid_request_error"},
    TypeOfStatus{429, "rate_limit_error"},
    TypeOfStatus{500, "api_error"},
    TypeOfStatus{502, "api_error"},
    TypeOfStatus{503, "api_error"},
    TypeOfStatus{504, "timeout_error"},
    TypeOfStatus{529, "overloaded_error"},
};

const char* typeOf(int status)
{
    for (const TypeOfStatus& row : kTypes) {
        if (row.status == status)
            return row.type;
    }
    return status < 500 ? "invalid_request_error" : "api_error";
}

void writeText(JsonWriter& json, const QByteArray& text)
{
    json.beginObject().member("type", "text").member("text", text).endObject();
}

void writeThinking(JsonWriter& json, const Part& part)
{
    const QByteArray signature = carriedSignature(part.signature, part.signer, part.redacted);
    json.beginObject();
    if (part.redacted)
        json.member("type", "redacted_thinking").member("data", signature);
    else
        json.member("type", "thinking").member("thinking", part.text).member("signature", signature);
    json.endObject();
}

void writeToolCall(JsonWriter& json, const Part& part, const AnswerContext& context, int number)
{
    json.beginObject()
        .member("type", "tool_use")
        .member("id", anthropicToolId(part.callId, context, number))
        .member("name", part.name)
        .key("input");
    const JsonText input = JsonText::parse(part.arguments);
    if (!input.error && input.root.type() == JsonType::Object)
        json.raw(input.root.raw());
    else if (part.arguments.isEmpty())
        json.raw("{}");
    else // cut off by the limit, or plain text
        json.beginObject().member("input", part.arguments).endObject();
    json.endObject();
}

} // namespace

QByteArray anthropicMessageId(const AnswerContext& context)
{
    return "msg_" + context.callId.toUtf8();
}

QByteArray anthropicToolId(const QByteArray& callId, const AnswerContext& context, int part)
{
    return callId.isEmpty() ? "toolu_" + context.callId.toUtf8() + '_' + QByteArray::number(part) : callId;
}

QByteArray carriedSignature(const QByteArray& bytes, Signer signer, bool redacted)
{
    if (signer == Signer::Anthropic)
        return bytes;
    if (signer == Signer::Unknown || bytes.isEmpty())
        return {};
    return sealed({bytes, signer, redacted ? SignaturePlace::Redacted : SignaturePlace::Thinking});
}

QByteArray carrierBlock(const QByteArray& bytes, Signer signer)
{
    if (bytes.isEmpty() || signer == Signer::Unknown)
        return {};
    QByteArray out;
    JsonWriter json(out);
    json.beginObject()
        .member("type", "thinking")
        .member("thinking", "")
        .member("signature", sealed({bytes, signer, SignaturePlace::NextPart}))
        .endObject();
    return out;
}

void writeAnthropicStop(JsonWriter& json, const AnswerFacts& facts, bool refused)
{
    QByteArrayView word = refused ? QByteArrayView("refusal") : wordFor(Dialect::Anthropic, facts.stop);
    if (word.isEmpty())
        word = "end_turn";
    json.member("stop_reason", word);
    if (word == QByteArrayView("stop_sequence") && !facts.stopSequence.isEmpty())
        json.member("stop_sequence", facts.stopSequence);
    else
        json.memberNull("stop_sequence");
    if (word != QByteArrayView("refusal")) {
        json.memberNull("stop_details");
        return;
    }
    json.key("stop_details").beginObject().member("type", "refusal");
    if (facts.stopCategory.isEmpty())
        json.memberNull("category");
    else
        json.member("category", facts.stopCategory);
    if (facts.stopExplanation.isEmpty())
        json.memberNull("explanation");
    else
        json.member("explanation", facts.stopExplanation);
    json.endObject();
}

void writeAnthropicUsage(JsonWriter& json, const api::Tokens& tokens)
{
    const qint64 written1h = tokens.inCacheWrite30m + tokens.inCacheWrite1h + tokens.inCacheWrite12h;
    const qint64 written = tokens.inCacheWrite5m + written1h;
    json.key("usage")
        .beginObject()
        .member("input_tokens", tokens.input() - tokens.inCacheRead - written)
        .member("cache_creation_input_tokens", written)
        .member("cache_read_input_tokens", qint64(tokens.inCacheRead))
        .key("cache_creation")
        .beginObject()
        .member("ephemeral_5m_input_tokens", qint64(tokens.inCacheWrite5m))
        .member("ephemeral_1h_input_tokens", written1h)
        .endObject()
        .member("output_tokens", qint64(tokens.output()))
        .key("output_tokens_details")
        .beginObject()
        .member("thinking_tokens", qint64(tokens.outReasoning))
        .endObject()
        .memberNull("server_tool_use")
        .endObject();
}

QByteArray anthropicAnswerBody(const Answer& answer, const AnswerContext& context)
{
    const AnswerFacts& facts = answer.facts;
    QByteArray out;
    JsonWriter json(out);
    json.beginObject()
        .member("id", anthropicMessageId(context))
        .member("type", "message")
        .member("role", "assistant")
        .member("model", facts.model.isEmpty() ? context.alias.toUtf8() : facts.model.toUtf8())
        .key("content")
        .beginArray();
    bool refused = false;
    int number = 0;
    for (const Part& part : answer.parts) {
        if (part.kind != Part::Kind::Thinking) {
            if (const QByteArray carrier = carrierBlock(part.signature, part.signer); !carrier.isEmpty())
                json.raw(carrier);
        }
        switch (part.kind) {
        case Part::Kind::Refusal:
            refused = true;
            [[fallthrough]];
        case Part::Kind::Text:
            if (!part.text.isEmpty())
                writeText(json, part.text);
            break;
        case Part::Kind::Thinking:
            if (!part.redacted || part.signer != Signer::Unknown)
                writeThinking(json, part);
            break;
        case Part::Kind::ToolCall:
            writeToolCall(json, part, context, number);
            break;
        default:
            break; // the dialect's answers have neither images nor audio
        }
        ++number;
    }
    json.endArray();
    writeAnthropicStop(json, facts, refused);
    writeAnthropicUsage(json, facts.tokens);
    json.endObject();
    return out;
}

QByteArray anthropicCountBody(const Answer& answer)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("input_tokens", answer.countedTokens.value_or(0)).endObject();
    return out;
}

QByteArray anthropicErrorBody(const CallError& error, int status, QByteArrayView signalbox, QStringView requestId)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject()
        .member("type", "error")
        .key("error")
        .beginObject()
        .member("type", typeOf(status))
        .member("message", error.text().toUtf8())
        .key("details")
        .beginObject()
        .member("error_code", api::facts(error.code).name)
        .memberIf("parameter", error.parameter.toUtf8())
        .endObject()
        .memberRaw("signalbox", signalbox)
        .endObject()
        .member("request_id", requestId.toUtf8())
        .endObject();
    return out;
}

QByteArray repairedStop(QByteArrayView document, QByteArrayView holder, const AnswerFacts& facts)
{
    const QByteArrayView right = wordFor(Dialect::Anthropic, facts.stop);
    const QByteArray stated = facts.finishReason.toUtf8();
    // a word that is newer than this program is the provider's business
    if (right.isEmpty() || stated.isEmpty() || right == stated || !stopReasonOf(Dialect::Anthropic, stated).known)
        return {};
    const JsonText text = JsonText::parse(document);
    const JsonView object = holder.isEmpty() ? text.root : text.root.member(holder);
    const JsonView reason = object.member("stop_reason");
    if (reason.type() != JsonType::String)
        return {};
    BodyEdit edit(document);
    edit.replace(reason, jsonString(right));
    return edit.apply();
}

} // namespace gateway::transform
