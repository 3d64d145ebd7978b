#include "transform/surfaces/gemini_answer.h"

#include "transform/surfaces/gemini_fields.h"
#include "transform/surfaces/gemini_signature.h"

#include <array>
#include <charconv>

namespace gateway::transform::gemini {
namespace {

using api::ErrorCode;

// google.rpc.Code by HTTP status; our codes that mean more than their status come first.
struct CodeWord
{
    ErrorCode code;
    const char* word;
};
constexpr std::array kCodeWords{
    CodeWord{ErrorCode::ContentRefused, "FAILED_PRECONDITION"},
    CodeWord{ErrorCode::CostCeiling, "FAILED_PRECONDITION"},
    CodeWord{ErrorCode::IdempotencyConflict, "ABORTED"},
};
struct StatusWord
{
    int status;
    const char* word;
};
constexpr std::array kStatusWords{
    StatusWord{400, "INVALID_ARGUMENT"},
    StatusWord{401, "UNAUTHENTICATED"},
    StatusWord{402, "RESOURCE_EXHAUSTED"},
    StatusWord{403, "PERMISSION_DENIED"},
    StatusWord{404, "NOT_FOUND"},
    StatusWord{409, "ABORTED"},
    StatusWord{413, "INVALID_ARGUMENT"},
    StatusWord{429, "RESOURCE_EXHAUSTED"},
    StatusWord{499, "CANCELLED"},
    StatusWord{500, "INTERNAL"},
    StatusWord{501, "UNIMPLEMENTED"},
    StatusWord{502, "UNAVAILABLE"},
    StatusWord{503, "UNAVAILABLE"},
    StatusWord{504, "DEADLINE_EXCEEDED"},
};

const char* wordOf(const CallError& error)
{
    for (const CodeWord& row : kCodeWords) {
        if (row.code == error.code)
            return row.word;
    }
    for (const StatusWord& row : kStatusWords) {
        if (row.status == error.httpStatus())
            return row.word;
    }
    return error.httpStatus() >= 500 ? "INTERNAL" : "FAILED_PRECONDITION";
}

void writeSignature(JsonWriter& json, const Part& part)
{
    if (part.signature.isEmpty() || part.signer == Signer::Unknown)
        return;
    Signature signature{part.signature, part.signer, SignaturePlace::Thinking};
    if (part.redacted)
        signature.place = SignaturePlace::Redacted;
    else if (part.kind != Part::Kind::Thinking)
        signature.place = SignaturePlace::NextPart;
    json.member("thoughtSignature", sealedForGoogle(signature));
}

void writeVector(JsonWriter& json, const std::vector<float>& vector)
{
    json.beginObject().key("values").beginArray();
    for (const float value : vector) {
        std::array<char, 32> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
        json.raw({text.data(), end.ptr - text.data()});
    }
    json.endArray().endObject();
}

} // namespace

bool wantsThoughts(const CallRequest& request)
{
    const JsonView config = field(field(request.root, "generationConfig"), "thinkingConfig");
    return field(config, "includeThoughts").boolean().value_or(false);
}

void writePart(JsonWriter& json, const Part& part)
{
    json.beginObject();
    switch (part.kind) {
    case Part::Kind::Text:
    case Part::Kind::Refusal:
        json.member("text", part.text);
        break;
    case Part::Kind::Thinking:
        json.member("text", part.text).memberBool("thought", true);
        break;
    case Part::Kind::ToolCall: {
        QByteArray arguments = part.arguments.trimmed();
        const JsonText text = JsonText::parse(arguments);
        if (arguments.isEmpty()) {
            arguments = "{}";
        } else if (part.custom || text.error || text.root.type() != JsonType::Object) {
            QByteArray wrapped;
            JsonWriter(wrapped).beginObject().member("input", part.arguments).endObject();
            arguments = wrapped;
        }
        json.key("functionCall").beginObject().memberIf("id", part.callId).member("name", part.name);
        json.memberRaw("args", arguments).endObject();
        break;
    }
    case Part::Kind::Image:
    case Part::Kind::Document:
    case Part::Kind::Audio:
        if (part.data.isEmpty())
            json.key("fileData").beginObject().memberIf("mimeType", part.mediaType).member("fileUri", part.url);
        else
            json.key("inlineData").beginObject().memberIf("mimeType", part.mediaType).member("data", part.data);
        json.endObject();
        break;
    case Part::Kind::ToolResult: // no answer has one
        json.member("text", QByteArrayView(""));
        break;
    }
    writeSignature(json, part);
    json.endObject();
}

void writeUsage(JsonWriter& json, const api::Tokens& tokens)
{
    const qint64 prompt = tokens.input() - tokens.toolPrompt;
    const qint64 candidates = tokens.output() - tokens.outReasoning;
    json.beginObject().member("promptTokenCount", prompt).member("candidatesTokenCount", candidates);
    if (tokens.inCacheRead > 0)
        json.member("cachedContentTokenCount", tokens.inCacheRead);
    if (tokens.toolPrompt > 0)
        json.member("toolUsePromptTokenCount", tokens.toolPrompt);
    if (tokens.outReasoning > 0)
        json.member("thoughtsTokenCount", tokens.outReasoning);
    json.member("totalTokenCount", tokens.input() + tokens.output()).endObject();
}

QByteArray chunk(QByteArrayView parts, const AnswerFacts& facts, const AnswerContext& context, bool last)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("candidates").beginArray().beginObject();
    json.key("content").beginObject().key("parts").beginArray();
    if (parts.isEmpty())
        json.beginObject().member("text", QByteArrayView("")).endObject();
    else
        json.raw(parts);
    json.endArray().member("role", "model").endObject();
    if (last) {
        const QByteArrayView word = wordFor(Dialect::Gemini, facts.stop);
        json.member("finishReason", word.isEmpty() ? QByteArrayView("STOP") : word);
        json.memberIf("finishMessage", facts.stopExplanation);
    }
    json.member("index", 0).endObject().endArray();
    if (last && facts.tokens.source != api::TokenSource::None) {
        json.key("usageMetadata");
        writeUsage(json, facts.tokens);
    }
    const QString& model = facts.model.isEmpty() ? context.alias : facts.model;
    json.memberIf("modelVersion", model.toUtf8()).member("responseId", context.callId.toUtf8()).endObject();
    return out;
}

QByteArray answerBody(const CallRequest& request, const Answer& answer, const AnswerContext& context)
{
    QByteArray out;
    JsonWriter json(out);
    if (request.operation == Operation::CountTokens) {
        json.beginObject().member("totalTokens", answer.countedTokens.value_or(0)).endObject();
        return out;
    }
    const bool thoughts = wantsThoughts(request);
    for (const Part& part : answer.parts) {
        const bool isHidden = part.kind == Part::Kind::Thinking && !thoughts &&
                              (part.signature.isEmpty() || part.signer == Signer::Unknown);
        if (!isHidden)
            writePart(json, part);
    }
    return chunk(out, answer.facts, context, true);
}

QByteArray embeddingBody(const CallRequest& request, const Answer& answer)
{
    const bool several = field(request.root, "requests").type() == JsonType::Array;
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key(several ? "embeddings" : "embedding");
    if (several) {
        json.beginArray();
        for (const std::vector<float>& vector : answer.embeddings)
            writeVector(json, vector);
        json.endArray();
    } else {
        writeVector(json, answer.embeddings.empty() ? std::vector<float>() : answer.embeddings.front());
    }
    if (answer.facts.tokens.source != api::TokenSource::None) {
        json.key("usageMetadata").beginObject().member("promptTokenCount", answer.facts.tokens.input());
        json.member("totalTokenCount", answer.facts.tokens.input()).endObject();
    }
    json.endObject();
    return out;
}

QByteArray errorBody(const CallError& error, QByteArrayView signalbox)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("error").beginObject();
    json.member("code", error.httpStatus()).member("message", error.text().toUtf8()).member("status", wordOf(error));
    json.key("details").beginArray();
    if (error.retryAfterMs) {
        const qint64 milliseconds = std::max<qint64>(0, *error.retryAfterMs);
        QByteArray seconds = QByteArray::number(milliseconds / 1000);
        if (milliseconds % 1000 != 0)
            seconds += '.' + QByteArray::number(milliseconds % 1000).rightJustified(3, '0');
        json.beginObject().member("@type", "type.googleapis.com/google.rpc.RetryInfo");
        json.member("retryDelay", seconds + 's').endObject();
    }
    if (!error.parameter.isEmpty()) {
        json.beginObject().member("@type", "type.googleapis.com/google.rpc.BadRequest").key("fieldViolations");
        json.beginArray().beginObject().member("field", error.parameter.toUtf8());
        json.member("description", error.text().toUtf8()).endObject().endArray().endObject();
    }
    json.endArray().memberRaw("signalbox", signalbox).endObject().endObject();
    return out;
}

} // namespace gateway::transform::gemini
