#include "transform/providers/anthropic.h"

#include "transform/body_edit.h"
#include "transform/field_name.h"
#include "transform/providers/anthropic_answer.h"
#include "transform/providers/anthropic_history.h"
#include "transform/providers/anthropic_request.h"
#include "transform/providers/anthropic_stream.h"

#include <array>

namespace gateway::transform {
namespace {

constexpr const char* kFirstVersion = "2023-06-01";
constexpr const char* kVersion = "2026-10-21"; // without temperature, top_p, top_k
constexpr const char* kVertexVersion = "vertex-2023-10-16";
constexpr std::array kSampling{"temperature", "top_p", "top_k"};

bool isVertex(const Target& target)
{
    return target.kind() == config::ProviderKind::Vertex;
}

CallError noEmbeddings()
{
    return invalidRequest(QStringLiteral("The provider has no embeddings."));
}

QByteArray pathOf(const Target& target, Operation operation, bool stream)
{
    const QByteArray base = target.provider().basePath;
    const bool counts = operation == Operation::CountTokens;
    if (!isVertex(target))
        return base + (counts ? "/v1/messages/count_tokens" : "/v1/messages");
    const QByteArray place = base + "/v1/projects/" + target.project.toPercentEncoding() + "/locations/" +
                             target.provider().region.toUtf8().toPercentEncoding() + "/publishers/anthropic/models/";
    if (counts)
        return place + "count-tokens:rawPredict"; // the model stays in the body
    return place + target.model().toByteArray().toPercentEncoding("@") + (stream ? ":streamRawPredict" : ":rawPredict");
}

// On Google's cloud the model is in the path, except where tokens are counted.
bool hasModelMember(const Target& target, Operation operation)
{
    return !isVertex(target) || operation == Operation::CountTokens;
}

class AnthropicProvider final : public ProviderDialect
{
public:
    Dialect dialect() const override { return Dialect::Anthropic; }
    Framing framing() const override { return Framing::Sse; }
    Signer signer() const override { return Signer::Anthropic; }
    bool canCountTokens() const override { return true; }

    OutgoingOrError translate(const UnifiedRequest& request, const Target& target, Losses& losses) const override
    {
        QByteArray head;
        if (hasModelMember(target, request.operation))
            head = "\"model\":" + jsonString(target.model());
        if (isVertex(target))
            head += (head.isEmpty() ? "\"anthropic_version\":\"" : ",\"anthropic_version\":\"") +
                    QByteArray(kVertexVersion) + '"';
        AnthropicRequest writer(request, target, losses);
        auto body = writer.body(head);
        if (const CallError* error = std::get_if<CallError>(&body))
            return *error;
        Outgoing out{pathOf(target, request.operation, request.stream), std::get<QByteArray>(std::move(body)), {}};
        if (!isVertex(target))
            out.fields.append({"anthropic-version", writer.needsFirstVersion() ? kFirstVersion : kVersion});
        return out;
    }

    OutgoingOrError passOn(const CallRequest& request, const Target& target, Losses& losses) const override
    {
        if (request.operation == Operation::Embed)
            return noEmbeddings();
        const JsonView root = request.root;
        BodyEdit edit(request.body);
        if (isVertex(target)) {
            const QByteArray version = '"' + QByteArray(kVertexVersion) + '"';
            const JsonView stated = root.member("anthropic_version");
            if (stated.isMissing())
                edit.addMember(root, "anthropic_version", version);
            else
                edit.replace(stated, version);
        }
        if (target.outputLimit && request.operation == Operation::Generate) {
            const JsonView limit = root.member("max_tokens");
            const QByteArray tokens = QByteArray::number(*target.outputLimit);
            if (limit.isMissing())
                edit.addMember(root, "max_tokens", tokens);
            else if (limit.isNull())
                edit.replace(limit, tokens);
        }
        // after what is added at the object's front: a member taken out there must come later
        if (hasModelMember(target, request.operation))
            edit.replace(request.model, jsonString(target.model()));
        else
            edit.removeMember(root, "model");
        const QByteArray messages = withoutForeignThinking(root.member("messages"), losses);
        if (!messages.isEmpty())
            edit.replace(root.member("messages"), messages);
        Outgoing out{pathOf(target, request.operation, request.stream), edit.apply(), {}};
        if (!isVertex(target))
            out.fields.append({"anthropic-version", versionFor(request)});
        if (!request.betas.isEmpty())
            out.fields.append({"anthropic-beta", request.betas});
        return out;
    }

    std::variant<Answer, CallError> readAnswer(
        Operation operation, QByteArrayView body, const Target& target) const override
    {
        return readAnthropicAnswer(operation, body, target.provider().key.reveal());
    }

    std::unique_ptr<StreamReader> streamReader(const Target& target) const override
    {
        return std::make_unique<AnthropicStreamReader>(target.provider().key.reveal());
    }

    CallError readError(int status, const http::ResponseHead&, QByteArrayView body, const Target& target) const override
    {
        return readAnthropicError(status, body, target.provider().key.reveal());
    }

private:
    // The caller's own. Who states none is given the one that knows what it asks for.
    static QByteArray versionFor(const CallRequest& request)
    {
        if (!request.apiVersion.isEmpty())
            return request.apiVersion;
        for (const char* field : kSampling) {
            if (!request.root.member(field).isMissing())
                return kFirstVersion;
        }
        return kVersion;
    }
};

} // namespace

const ProviderDialect& anthropicProvider()
{
    static const AnthropicProvider provider;
    return provider;
}

} // namespace gateway::transform
