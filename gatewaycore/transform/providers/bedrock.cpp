#include "transform/providers/bedrock.h"

#include "transform/providers/answer_parts.h"
#include "transform/providers/bedrock_answer.h"
#include "transform/providers/bedrock_request.h"

namespace gateway::transform {
namespace {

const char* verb(const UnifiedRequest& request)
{
    if (request.operation == Operation::CountTokens)
        return "/count-tokens";
    return request.stream ? "/converse-stream" : "/converse";
}

class BedrockProvider final : public ProviderDialect
{
public:
    Dialect dialect() const override { return Dialect::Bedrock; }
    Framing framing() const override { return Framing::EventStream; }
    Signer signer() const override { return Signer::Bedrock; }
    bool canCountTokens() const override { return true; }

    OutgoingOrError translate(const UnifiedRequest& request, const Target& target, Losses& losses) const override
    {
        auto body = bedrockBody(request, target.model(), target.outputLimit, losses);
        if (auto* error = std::get_if<CallError>(&body))
            return std::move(*error);
        Outgoing outgoing;
        // ids have colons, and those of ARNs slashes: all of it is one segment of the path
        outgoing.path =
            target.provider().basePath + "/model/" + target.model().toByteArray().toPercentEncoding() + verb(request);
        outgoing.body = std::move(std::get<QByteArray>(body));
        return outgoing;
    }

    OutgoingOrError passOn(const CallRequest&, const Target&, Losses&) const override
    {
        return unreadable(QStringLiteral("No caller speaks Bedrock's dialect to the gateway."));
    }

    std::variant<Answer, CallError> readAnswer(
        Operation operation, QByteArrayView body, const Target& target) const override
    {
        const JsonText text = JsonText::parse(body);
        if (text.error || text.root.type() != JsonType::Object)
            return unreadable(QStringLiteral("Bedrock's answer is not a JSON object."));
        if (operation == Operation::CountTokens) {
            const JsonView count = text.root.member("inputTokens");
            if (!hasCount(count))
                return unreadable(QStringLiteral("Bedrock's answer states no count of tokens."));
            Answer answer;
            answer.countedTokens = statedCount(count);
            return answer;
        }
        if (const auto name = text.root.member("__type").text())
            return bedrockError(500, *name, body, target.provider().key.reveal());
        return bedrockAnswer(text.root);
    }

    std::unique_ptr<StreamReader> streamReader(const Target& target) const override
    {
        return std::make_unique<BedrockStream>(target.provider().key.reveal());
    }

    CallError readError(
        int status, const http::ResponseHead& head, QByteArrayView body, const Target& target) const override
    {
        return bedrockError(status, head.value("x-amzn-errortype"), body, target.provider().key.reveal());
    }
};

} // namespace

const ProviderDialect& bedrockProvider()
{
    static const BedrockProvider provider;
    return provider;
}

} // namespace gateway::transform
