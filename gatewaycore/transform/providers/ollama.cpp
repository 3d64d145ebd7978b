#include "transform/providers/ollama.h"

#include "transform/field_name.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/ollama_answer.h"
#include "transform/providers/ollama_request.h"
#include "transform/providers/request_parts.h"

namespace gateway::transform {
namespace {

class OllamaProvider final : public ProviderDialect
{
public:
    Dialect dialect() const override { return Dialect::Ollama; }
    Framing framing() const override { return Framing::Ndjson; }

    OutgoingOrError translate(const UnifiedRequest& request, const Target& target, Losses& losses) const override
    {
        if (request.operation == Operation::CountTokens)
            return invalidRequest(QStringLiteral("Ollama does not count tokens."));
        const bool embed = request.operation == Operation::Embed;
        auto body = embed ? ollamaEmbedBody(request, target.model(), losses)
                          : ollamaChatBody(request, target.model(), target.outputLimit, losses);
        if (auto* error = std::get_if<CallError>(&body))
            return std::move(*error);
        Outgoing outgoing;
        outgoing.path = target.provider().basePath + (embed ? "/api/embed" : "/api/chat");
        outgoing.body = std::move(std::get<QByteArray>(body));
        return outgoing;
    }

    OutgoingOrError passOn(const CallRequest&, const Target&, Losses&) const override
    {
        return unreadable(QStringLiteral("No caller speaks Ollama's dialect to the gateway."));
    }

    std::variant<Answer, CallError> readAnswer(
        Operation operation, QByteArrayView body, const Target& target) const override
    {
        const JsonText text = JsonText::parse(body);
        if (text.error || text.root.type() != JsonType::Object)
            return unreadable(QStringLiteral("Ollama's answer is not a JSON object."));
        if (const auto said = text.root.member("error").text())
            return ollamaError(500, *said, target.provider().key.reveal());
        return operation == Operation::Embed ? ollamaEmbeddings(text.root) : ollamaAnswer(text.root);
    }

    std::unique_ptr<StreamReader> streamReader(const Target& target) const override
    {
        return std::make_unique<OllamaStream>(target.provider().key.reveal());
    }

    CallError readError(int status, const http::ResponseHead&, QByteArrayView body, const Target& target) const override
    {
        const JsonText text = JsonText::parse(body);
        const QByteArray said = text.error ? QByteArray() : text.root.member("error").text().value_or(QByteArray());
        return ollamaError(status, said, target.provider().key.reveal());
    }
};

} // namespace

const ProviderDialect& ollamaProvider()
{
    static const OllamaProvider provider;
    return provider;
}

} // namespace gateway::transform
