#include "transform/providers/cohere.h"

#include "transform/field_name.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/cohere_answer.h"
#include "transform/providers/cohere_request.h"
#include "transform/providers/error_meaning.h"
#include "transform/providers/request_parts.h"

#include <array>

namespace gateway::transform {
namespace {

// Cohere's errors have an id and a sentence, no code: the sentence tells.
constexpr std::array kSentences{
    ErrorSentence{400, "too many tokens", 400, "context_length_exceeded"},
    ErrorSentence{400, "context length", 400, "context_length_exceeded"},
    ErrorSentence{0, "blocked output", 400, "content_filter"},
    ErrorSentence{498, "", 400, "content_filter"}, // a deny-listed token in request or answer
    ErrorSentence{404, "model", 404, "model_not_found"},
    ErrorSentence{429, "trial", 429, "insufficient_quota"}, // a month's trial calls: no retry helps
};

class CohereProvider final : public ProviderDialect
{
public:
    Dialect dialect() const override { return Dialect::Cohere; }
    Framing framing() const override { return Framing::Sse; }

    OutgoingOrError translate(const UnifiedRequest& request, const Target& target, Losses& losses) const override
    {
        if (request.operation == Operation::CountTokens)
            return invalidRequest(QStringLiteral("Cohere does not count the tokens of a conversation."));
        const bool embed = request.operation == Operation::Embed;
        auto body = embed ? cohereEmbedBody(request, target.model(), losses)
                          : cohereChatBody(request, target.model(), target.outputLimit, losses);
        if (auto* error = std::get_if<CallError>(&body))
            return std::move(*error);
        Outgoing outgoing;
        outgoing.path = target.provider().basePath + (embed ? "/v2/embed" : "/v2/chat");
        outgoing.body = std::move(std::get<QByteArray>(body));
        return outgoing;
    }

    OutgoingOrError passOn(const CallRequest&, const Target&, Losses&) const override
    {
        return unreadable(QStringLiteral("No caller speaks Cohere's dialect to the gateway."));
    }

    std::variant<Answer, CallError> readAnswer(
        Operation operation, QByteArrayView body, const Target& target) const override
    {
        const JsonText text = JsonText::parse(body);
        if (text.error || text.root.type() != JsonType::Object)
            return unreadable(QStringLiteral("Cohere's answer is not a JSON object."));
        if (const auto said = text.root.member("message").text())
            return error(500, *said, target);
        return operation == Operation::Embed ? cohereEmbeddings(text.root) : cohereAnswer(text.root);
    }

    std::unique_ptr<StreamReader> streamReader(const Target& target) const override
    {
        return std::make_unique<CohereStream>(target.provider().key.reveal());
    }

    CallError readError(int status, const http::ResponseHead&, QByteArrayView body, const Target& target) const override
    {
        const JsonText text = JsonText::parse(body);
        return error(
            status, text.error ? QByteArray() : text.root.member("message").text().value_or(QByteArray()), target);
    }

private:
    static CallError error(int status, const QByteArray& message, const Target& target)
    {
        return errorOfSentence(status, message, kSentences, target.provider().key.reveal());
    }
};

} // namespace

const ProviderDialect& cohereProvider()
{
    static const CohereProvider provider;
    return provider;
}

} // namespace gateway::transform
