#include "transform/providers/openai_responses_answer.h"

#include "transform/parts.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/error_meaning.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

// An error inside a 200 has a code but no status: the status that the same code has when it comes as one.
struct CodeStatus
{
    const char* code;
    int status;
};
constexpr std::array kStatuses{
    CodeStatus{"rate_limit_exceeded", 429},
    CodeStatus{"slow_down", 429},
    CodeStatus{"insufficient_quota", 429},
    CodeStatus{"credit_balance_exhausted", 429},
    CodeStatus{"usage_limit_reached", 429},
    CodeStatus{"server_is_overloaded", 503},
    CodeStatus{"service_unavailable_error", 503},
    CodeStatus{"context_length_exceeded", 400},
    CodeStatus{"content_filter", 400},
    CodeStatus{"invalid_prompt", 400},
    CodeStatus{"bio_policy", 400},
    CodeStatus{"misalignment_policy_violation", 400},
    CodeStatus{"data_residency_mismatch", 400},
    CodeStatus{"invalid_request_error", 400},
    CodeStatus{"invalid_image", 400},
    CodeStatus{"invalid_image_format", 400},
    CodeStatus{"invalid_base64_image", 400},
    CodeStatus{"invalid_image_url", 400},
    CodeStatus{"image_too_large", 400},
    CodeStatus{"image_too_small", 400},
    CodeStatus{"image_parse_error", 400},
    CodeStatus{"image_content_policy_violation", 400},
    CodeStatus{"invalid_image_mode", 400},
    CodeStatus{"image_file_too_large", 400},
    CodeStatus{"unsupported_image_media_type", 400},
    CodeStatus{"empty_image_file", 400},
    CodeStatus{"failed_to_download_image", 400},
    CodeStatus{"image_file_not_found", 400},
};

int statusOf(const QByteArray& code)
{
    for (const CodeStatus& row : kStatuses) {
        if (code == row.code)
            return row.status;
    }
    return 502; // server_error, vector_store_timeout, and what is newer than this table
}

std::variant<JsonText, CallError> responseOf(QByteArrayView body, QByteArrayView key)
{
    JsonText text = JsonText::parse(body);
    if (text.error || text.root.type() != JsonType::Object)
        return unreadable(QStringLiteral("The provider's answer is not a JSON object."));
    const JsonView error = text.root.member("error");
    if (error.type() == JsonType::Object || error.type() == JsonType::String)
        return readResponsesError(error, key);
    const QByteArray status = textOf(text.root.member("status"));
    if (status == "failed" || status == "cancelled")
        return readResponsesError({}, key);
    if (text.root.member("output").type() != JsonType::Array)
        return unreadable(QStringLiteral("The provider's answer has no output."));
    return text;
}

bool isCall(JsonView item)
{
    const QByteArray type = textOf(item.member("type"));
    return type == "function_call" || type == "custom_tool_call";
}

bool hasCalls(JsonView output)
{
    bool any = false;
    output.eachElement([&](JsonView item) {
        any = isCall(item);
        return !any;
    });
    return any;
}

void readContent(JsonView content, std::vector<Part>& parts)
{
    content.eachElement([&](JsonView piece) {
        Part part;
        if (textOf(piece.member("type")) == "refusal") {
            part.kind = Part::Kind::Refusal;
            part.text = textOf(piece.member("refusal"));
        } else {
            part.text = textOf(piece.member("text"));
        }
        if (!part.text.isEmpty())
            parts.push_back(std::move(part));
        return true;
    });
}

QByteArray paragraphs(JsonView list)
{
    QByteArray text;
    list.eachElement([&](JsonView piece) {
        const QByteArray one = textOf(piece.member("text"));
        text += text.isEmpty() || one.isEmpty() ? one : "\n\n" + one;
        return true;
    });
    return text;
}

Part readReasoning(JsonView item, bool keepsSignature)
{
    Part part;
    part.kind = Part::Kind::Thinking;
    part.text = paragraphs(item.member("summary"));
    if (part.text.isEmpty())
        part.text = paragraphs(item.member("content"));
    const QByteArray encrypted = keepsSignature ? textOf(item.member("encrypted_content")) : QByteArray();
    if (!encrypted.isEmpty()) {
        part.signature = encrypted;
        part.signer = Signer::OpenAi;
        part.redacted = part.text.isEmpty();
    }
    return part;
}

} // namespace

bool signsAsOpenAi(config::ProviderKind kind)
{
    return kind != config::ProviderKind::Xai;
}

api::Tokens readResponsesUsage(JsonView usage, bool reasoningOutside)
{
    api::Tokens tokens;
    if (usage.type() != JsonType::Object)
        return tokens;
    tokens.source = api::TokenSource::Reported;
    const JsonView in = usage.member("input_tokens_details");
    const JsonView byLife = in.member("cache_write_tokens_details");
    const qint64 input = statedCount(usage.member("input_tokens"));
    const qint64 output = statedCount(usage.member("output_tokens"));
    tokens.inCacheRead = std::min<qint64>(input, statedCount(in.member("cached_tokens")));
    const qint64 stated = statedCount(byLife.member("ttl_30m_tokens")) + statedCount(byLife.member("ttl_12h_tokens"));
    const qint64 written =
        std::min<qint64>(input - tokens.inCacheRead, std::max(stated, statedCount(in.member("cache_write_tokens"))));
    tokens.inCacheWrite12h = std::min<qint64>(written, statedCount(byLife.member("ttl_12h_tokens")));
    tokens.inCacheWrite30m = written - tokens.inCacheWrite12h; // the shorter life where it is not said
    tokens.inUncached = input - tokens.inCacheRead - written;
    tokens.outReasoning = statedCount(usage.member("output_tokens_details").member("reasoning_tokens"));
    if (const qint64 total = statedCount(usage.member("total_tokens")); total > 0 && tokens.outReasoning > 0) {
        if (total == input + output)
            reasoningOutside = false;
        else if (total == input + output + tokens.outReasoning)
            reasoningOutside = true;
    }
    if (!reasoningOutside)
        tokens.outReasoning = std::min<qint64>(tokens.outReasoning, output);
    tokens.outText = reasoningOutside ? output : output - tokens.outReasoning;
    return tokens;
}

CallError readResponsesError(JsonView error, QByteArrayView providerKey)
{
    ProviderWords words;
    words.code = textOf(error.member("code"));
    if (words.code.isEmpty())
        words.code = textOf(error.member("type"));
    words.message = error.type() == JsonType::String ? textOf(error) : textOf(error.member("message"));
    words.parameter = textOf(error.member("param"));
    return errorOf(statusOf(words.code), words, providerKey);
}

void readResponseInto(AnswerFacts& facts, JsonView response, const Target& target, bool toolCalled)
{
    const auto shortText = [](JsonView value) { return textOf(value).left(200); };
    if (const QByteArray model = shortText(response.member("model")); !model.isEmpty())
        facts.model = QString::fromUtf8(model);
    if (const QByteArray id = shortText(response.member("id")); !id.isEmpty())
        facts.id = id;
    if (const QByteArray tier = textOf(response.member("service_tier")).left(32); !tier.isEmpty())
        facts.serviceTier = tier;
    if (const JsonView usage = response.member("usage"); usage.type() == JsonType::Object)
        facts.tokens = readResponsesUsage(usage, target.kind() == config::ProviderKind::Xai);
    // "incomplete" says why beside it; a response that is not over has no reason yet
    QByteArray word = shortText(response.member("status"));
    if (word == "incomplete")
        word = shortText(response.member("incomplete_details").member("reason"));
    if (word == "in_progress" || word == "queued")
        return;
    if (word.isEmpty())
        word = "completed"; // some servers leave the status out
    facts.finishReason = QString::fromUtf8(word);
    facts.stop = promoted(stopReasonOf(Dialect::OpenAiResponses, word).reason, toolCalled);
}

void readOutputItem(JsonView item, bool keepsSignature, std::vector<Part>& parts)
{
    const QByteArray type = textOf(item.member("type"));
    if (type == "message") {
        readContent(item.member("content"), parts);
    } else if (type == "reasoning") {
        Part part = readReasoning(item, keepsSignature);
        if (!part.text.isEmpty() || !part.signature.isEmpty())
            parts.push_back(std::move(part));
    } else if (isCall(item)) {
        Part part;
        part.kind = Part::Kind::ToolCall;
        part.custom = type == "custom_tool_call";
        part.callId = textOf(item.member("call_id"));
        if (part.callId.isEmpty())
            part.callId = textOf(item.member("id"));
        part.name = textOf(item.member("name"));
        part.arguments = textOf(item.member(part.custom ? "input" : "arguments"));
        parts.push_back(std::move(part));
    } else if (type == "image_generation_call") {
        Part part;
        part.kind = Part::Kind::Image;
        part.data = textOf(item.member("result"));
        part.mediaType = "image/png";
        if (!part.data.isEmpty())
            parts.push_back(std::move(part));
    }
}

std::variant<AnswerFacts, CallError> readResponsesFacts(QByteArrayView body, const Target& target)
{
    auto read = responseOf(body, target.provider().key.reveal());
    if (auto* error = std::get_if<CallError>(&read))
        return std::move(*error);
    const JsonView response = std::get<JsonText>(read).root;
    AnswerFacts facts;
    readResponseInto(facts, response, target, hasCalls(response.member("output")));
    return facts;
}

std::variant<Answer, CallError> readResponsesAnswer(QByteArrayView body, const Target& target)
{
    auto read = responseOf(body, target.provider().key.reveal());
    if (auto* error = std::get_if<CallError>(&read))
        return std::move(*error);
    const JsonView response = std::get<JsonText>(read).root;
    Answer answer;
    readResponseInto(answer.facts, response, target, hasCalls(response.member("output")));
    response.member("output").eachElement([&](JsonView item) {
        readOutputItem(item, signsAsOpenAi(target.kind()), answer.parts);
        return true;
    });
    return answer;
}

} // namespace gateway::transform
