#include "transform/providers/anthropic_answer.h"

#include "transform/parts.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/anthropic_usage.h"
#include "transform/providers/error_meaning.h"

#include <array>

namespace gateway::transform {
namespace {

// What status an error has when it comes without one.
struct ErrorType
{
    const char* type;
    int status;
};
constexpr std::array kTypes{
    ErrorType{"invalid_request_error", 400},
    ErrorType{"authentication_error", 401},
    ErrorType{"billing_error", 402},
    ErrorType{"permission_error", 403},
    ErrorType{"not_found_error", 404},
    ErrorType{"conflict_error", 409},
    ErrorType{"request_too_large", 413},
    ErrorType{"rate_limit_error", 429},
    ErrorType{"api_error", 500},
    ErrorType{"timeout_error", 504},
    ErrorType{"overloaded_error", 529},
};

// Some 400s are told apart by their message only: how it begins, and the code that means the same elsewhere.
struct Sentence
{
    const char* beginning;
    const char* code;
};
constexpr std::array kSentences{
    Sentence{"You have reached your specified", "billing_error"}, // a spend limit of the organisation or workspace
    Sentence{"Your credit balance is too low", "billing_error"},
    Sentence{"prompt is too long", "context_length_exceeded"},
    Sentence{"input length and `max_tokens` exceed context limit", "context_length_exceeded"},
    Sentence{"Input is too long", "context_length_exceeded"},
};

CallError errorFrom(int status, JsonView error, QByteArrayView providerKey)
{
    ProviderWords words;
    words.message = textOf(error.member("message"));
    words.code = textOf(error.member("details").member("error_code"));
    if (words.code.isEmpty())
        words.code = textOf(error.member("type"));
    if (words.code.isEmpty())
        words.code = textOf(error.member("status")); // Google's
    if (status == 400) {
        for (const Sentence& row : kSentences) {
            if (words.message.startsWith(row.beginning))
                words.code = row.code;
        }
    }
    return errorOf(status, words, providerKey);
}

std::optional<Part> readBlock(JsonView block)
{
    const QByteArray type = textOf(block.member("type"));
    Part part;
    if (type == "text") {
        part.text = textOf(block.member("text"));
    } else if (type == "thinking") {
        part.kind = Part::Kind::Thinking;
        part.text = textOf(block.member("thinking"));
        part.signature = textOf(block.member("signature"));
        part.signer = Signer::Anthropic;
    } else if (type == "redacted_thinking") {
        part.kind = Part::Kind::Thinking;
        part.redacted = true;
        part.signature = textOf(block.member("data"));
        part.signer = Signer::Anthropic;
    } else if (type == "tool_use") {
        part.kind = Part::Kind::ToolCall;
        part.callId = textOf(block.member("id"));
        part.name = textOf(block.member("name"));
        const JsonView input = block.member("input");
        part.arguments = input.type() == JsonType::Object ? input.raw().toByteArray() : QByteArray("{}");
    } else {
        return std::nullopt; // tools the provider runs, and what is newer than this program
    }
    return part;
}

} // namespace

void takeStop(JsonView message, bool toolCalled, AnswerFacts& facts)
{
    const QByteArray reason = textOf(message.member("stop_reason")).left(100);
    if (reason.isEmpty())
        return;
    facts.finishReason = QString::fromUtf8(reason);
    facts.stop = promoted(stopReasonOf(Dialect::Anthropic, reason).reason, toolCalled);
    facts.stopSequence = textOf(message.member("stop_sequence"));
    const JsonView details = message.member("stop_details");
    facts.stopCategory = textOf(details.member("category")).left(100);
    facts.stopExplanation = textOf(details.member("explanation")).left(2000);
}

std::variant<Answer, CallError> readAnthropicAnswer(
    Operation operation, QByteArrayView body, QByteArrayView providerKey)
{
    const JsonText text = JsonText::parse(body);
    if (text.error || text.root.type() != JsonType::Object)
        return unreadable(QStringLiteral("The provider's answer is not a JSON object."));
    const JsonView root = text.root;
    if (root.member("error").type() == JsonType::Object)
        return anthropicStreamError(root, providerKey);
    Answer answer;
    if (operation == Operation::CountTokens) {
        answer.countedTokens = root.member("input_tokens").integer();
        if (!answer.countedTokens || *answer.countedTokens < 0)
            return unreadable(QStringLiteral("The provider's answer has no count of tokens."));
        return answer;
    }
    const JsonView content = root.member("content");
    if (content.type() != JsonType::Array)
        return unreadable(QStringLiteral("The provider's answer has no content."));
    bool toolCalled = false;
    content.eachElement([&](JsonView block) {
        if (auto part = readBlock(block)) {
            toolCalled = toolCalled || part->kind == Part::Kind::ToolCall;
            answer.parts.push_back(std::move(*part));
        }
        return true;
    });
    AnswerFacts& facts = answer.facts;
    AnthropicUsage usage;
    usage.take(root.member("usage"));
    facts.tokens = usage.tokens();
    facts.serviceTier = textOf(root.member("usage").member("service_tier")).left(40);
    facts.model = QString::fromUtf8(textOf(root.member("model")).left(200));
    facts.id = textOf(root.member("id")).left(200);
    takeStop(root, toolCalled, facts);
    return answer;
}

CallError readAnthropicError(int status, QByteArrayView body, QByteArrayView providerKey)
{
    const JsonText text = JsonText::parse(body);
    if (text.error)
        return errorOf(status, {}, providerKey);
    // Google's cloud answers errors of a stream as a list with one of them
    const JsonView root = text.root.type() == JsonType::Array ? text.root.at(0) : text.root;
    return errorFrom(status, root.member("error"), providerKey);
}

CallError anthropicStreamError(JsonView event, QByteArrayView providerKey)
{
    const JsonView error = event.member("error");
    const QByteArray type = textOf(error.member("type"));
    int status = 500;
    for (const ErrorType& row : kTypes) {
        if (type == row.type)
            status = row.status;
    }
    const qint64 code = error.member("code").integer().value_or(0); // Google's
    if (type.isEmpty() && code >= 400 && code < 600)
        status = int(code);
    return errorFrom(status, error, providerKey);
}

} // namespace gateway::transform
