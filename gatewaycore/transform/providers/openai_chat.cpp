#include "transform/providers/openai_chat.h"

#include "transform/body_edit.h"
#include "transform/parts.h"
#include "transform/providers/error_meaning.h"
#include "transform/providers/openai_embeddings.h"
#include "transform/providers/openai_terms.h"

#include <array>

namespace gateway::transform {
namespace {

class OpenAiChatProvider final : public ProviderDialect
{
public:
    Dialect dialect() const override { return Dialect::OpenAiChat; }
    Framing framing() const override { return Framing::Sse; }

    OutgoingOrError translate(const UnifiedRequest& request, const Target& target, Losses& losses) const override
    {
        return request.operation == Operation::Embed ? openAiEmbedRequest(request, target, losses)
                                                     : openAiChatRequest(request, target, losses);
    }
    OutgoingOrError passOn(const CallRequest& request, const Target& target, Losses& losses) const override
    {
        return request.operation == Operation::Embed ? openAiEmbedPassOn(request, target, losses)
                                                     : openAiChatPassOn(request, target, losses);
    }
    std::variant<Answer, CallError> readAnswer(
        Operation operation, QByteArrayView body, const Target& target) const override
    {
        return operation == Operation::Embed ? openAiEmbedAnswer(body, target) : openAiChatAnswer(body, target);
    }
    std::variant<AnswerFacts, CallError> readFacts(
        Operation operation, QByteArrayView body, const Target& target) const override
    {
        return operation == Operation::Embed ? openAiEmbedFacts(body, target) : openAiChatFacts(body, target);
    }
    std::unique_ptr<StreamReader> streamReader(const Target& target) const override { return openAiChatStream(target); }
    CallError readError(int status, const http::ResponseHead&, QByteArrayView body, const Target& target) const override
    {
        return openAiShapedError(status, body, target.provider().key.reveal());
    }
};

// Fields that a speaker who refuses unknown ones does not know.
struct Unwanted
{
    const char* name;
    ChatField field;
};
constexpr std::array kUnwanted{
    Unwanted{"logit_bias", ChatField::LogitBias},
    Unwanted{"top_k", ChatField::TopK},
    Unwanted{"reasoning_effort", ChatField::ReasoningEffort},
    Unwanted{"verbosity", ChatField::Verbosity},
    Unwanted{"service_tier", ChatField::ServiceTier},
    Unwanted{"user", ChatField::EndUser},
    Unwanted{"safety_identifier", ChatField::EndUser},
    Unwanted{"prompt_cache_key", ChatField::PromptCacheKey},
    Unwanted{"prompt_cache_options", ChatField::PromptCache},
    Unwanted{"prompt_cache_retention", ChatField::PromptCache},
    Unwanted{"metadata", ChatField::Metadata},
};

void renameMember(BodyEdit& edit, JsonView object, const char* from, const char* to)
{
    const JsonView value = object.member(from);
    if (value.isMissing())
        return;
    const bool both = !object.member(to).isMissing();
    edit.removeMember(object, from);
    if (!both && !value.isNull())
        edit.addMember(object, to, value.raw());
}

// The limit under the name its provider knows. A request may state both names, or one of them as null: what is sent is
// the limit that the call's cost was bounded by, and never less strict.
void writeLimit(BodyEdit& edit, const CallRequest& request, const ChatQuirks& quirks, std::optional<qint64> added)
{
    const std::optional<qint64> limit = request.maxOutputTokens ? request.maxOutputTokens : added;
    if (!limit)
        return;
    const QByteArray number = QByteArray::number(*limit);
    const bool isOwn = qstrcmp(quirks.limitField, "max_tokens") == 0;
    const char* const otherField = isOwn ? "max_completion_tokens" : "max_tokens";
    const JsonView own = request.root.member(quirks.limitField);
    const JsonView other = request.root.member(otherField);
    const bool otherServes = !quirks.otherLimit && other.type() == JsonType::Number;
    if (quirks.otherLimit)
        edit.removeMember(request.root, otherField);
    else if (otherServes && other.integer() != limit)
        edit.replace(other, number);
    if (own.isMissing() && !otherServes)
        edit.addMember(request.root, quirks.limitField, number);
    else if (!own.isMissing() && own.integer() != limit && !(own.isNull() && otherServes))
        edit.replace(own, number);
}

void askForUsage(BodyEdit& edit, const CallRequest& request)
{
    const JsonView options = request.root.member("stream_options");
    const JsonView include = options.member("include_usage");
    if (!include.isMissing())
        edit.replace(include, "true");
    else if (options.type() == JsonType::Object)
        edit.addMember(options, "include_usage", "true");
    else if (!options.isMissing())
        edit.replace(options, "{\"include_usage\":true}");
    else
        edit.addMember(request.root, "stream_options", "{\"include_usage\":true}");
}

} // namespace

const ProviderDialect& openAiChatProvider()
{
    static const OpenAiChatProvider dialect;
    return dialect;
}

OutgoingOrError openAiChatPassOn(const CallRequest& request, const Target& target, Losses& losses)
{
    const ChatQuirks& quirks = chatQuirks(target.kind());
    BodyEdit edit(request.body);
    nameModel(edit, request, target);
    writeLimit(edit, request, quirks, target.outputLimit);
    if (quirks.seedField != QByteArrayView("seed"))
        renameMember(edit, request.root, "seed", quirks.seedField);
    if (!quirks.has(ChatField::StreamUsage))
        edit.removeMember(request.root, "stream_options");
    else if (request.stream && !request.wantsUsageChunk)
        askForUsage(edit, request);
    if (quirks.refusesUnknown) {
        for (const Unwanted& row : kUnwanted) {
            if (quirks.has(row.field) || request.root.member(row.name).isMissing())
                continue;
            edit.removeMember(request.root, row.name);
            losses.drop(row.name, "the provider refuses this field");
        }
    }
    Outgoing out;
    out.path = target.provider().basePath + quirks.chatPath;
    out.body = edit.apply();
    return out;
}

CallError openAiShapedError(int status, QByteArrayView body, QByteArrayView providerKey)
{
    ProviderWords words;
    const JsonText text = JsonText::parse(body);
    if (!text.error) {
        const JsonView inner = text.root.member("error");
        const JsonView object = inner.type() == JsonType::Object ? inner : text.root;
        words.code = textOf(object.member("code"));
        if (words.code.isEmpty())
            words.code = textOf(object.member("type"));
        words.message = textOf(object.member("message"));
        if (words.message.isEmpty())
            words.message = textOf(inner); // Ollama: {"error": "text"}
        if (words.message.isEmpty())
            words.message = textOf(text.root.member("detail").at(0).member("msg")); // Mistral's validation
        words.parameter = textOf(object.member("param"));
        // Azure says what kind of filter it was one level deeper
        if (textOf(object.member("innererror").member("code")) == "ResponsibleAIPolicyViolation")
            words.code = "content_filter";
    }
    return errorOf(status, words, providerKey);
}

} // namespace gateway::transform
