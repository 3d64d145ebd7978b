#include "transform/providers/openai_responses.h"

#include "base/json_writer.h"
#include "transform/body_edit.h"
#include "transform/field_name.h"
#include "transform/json_view.h"
#include "transform/providers/openai_chat.h"
#include "transform/providers/openai_responses_answer.h"
#include "transform/providers/openai_terms.h"

namespace gateway::transform {
namespace {

using config::ProviderKind;

class OpenAiResponsesProvider final : public ProviderDialect
{
public:
    Dialect dialect() const override { return Dialect::OpenAiResponses; }
    Framing framing() const override { return Framing::Sse; }
    Signer signer() const override { return Signer::OpenAi; }

    OutgoingOrError translate(const UnifiedRequest& request, const Target& target, Losses& losses) const override
    {
        return openAiResponsesRequest(request, target, losses);
    }
    OutgoingOrError passOn(const CallRequest& request, const Target& target, Losses& losses) const override
    {
        return openAiResponsesPassOn(request, target, losses);
    }
    std::variant<Answer, CallError> readAnswer(Operation, QByteArrayView body, const Target& target) const override
    {
        return readResponsesAnswer(body, target);
    }
    std::variant<AnswerFacts, CallError> readFacts(Operation, QByteArrayView body, const Target& target) const override
    {
        return readResponsesFacts(body, target);
    }
    std::unique_ptr<StreamReader> streamReader(const Target& target) const override
    {
        return openAiResponsesStream(target);
    }
    CallError readError(int status, const http::ResponseHead&, QByteArrayView body, const Target& target) const override
    {
        return openAiShapedError(status, body, target.provider().key.reveal());
    }
};

// Conversations are kept by OpenAI and Azure (wire.md 1.2); the simulator stands for any of them.
bool keepsState(ProviderKind kind)
{
    return kind == ProviderKind::OpenAi || kind == ProviderKind::AzureOpenAi || kind == ProviderKind::Simulator;
}

// Reasoning that another provider did and this gateway wrote down: an id that OpenAI never gave, a signature in our
// envelope. Sent there it is an error ("item not found", "could not be verified").
bool isForeign(JsonView item)
{
    const bool ownId = item.member("id").raw().startsWith("\"rs_sbx_");
    const QByteArray type = item.member("type").text().value_or(QByteArray());
    if (type == "reasoning")
        return ownId || item.member("encrypted_content").raw().startsWith("\"sbx1.");
    return ownId && (type.isEmpty() || type == "item_reference");
}

void dropForeignReasoning(const CallRequest& request, BodyEdit& edit, Losses& losses)
{
    if (!request.body.contains("\"rs_sbx_") && !request.body.contains("\"sbx1."))
        return;
    const JsonView input = request.root.member("input");
    QByteArray kept;
    JsonWriter list(kept);
    list.beginArray();
    int number = 0;
    bool any = false;
    input.eachElement([&](JsonView item) {
        if (isForeign(item)) {
            losses.drop("input[" + QByteArray::number(number) + ']', "only its own provider takes thinking back");
            any = true;
        } else {
            list.raw(item.raw());
        }
        ++number;
        return true;
    });
    list.endArray();
    if (any)
        edit.replace(input, kept);
}

} // namespace

const ProviderDialect& openAiResponsesProvider()
{
    static const OpenAiResponsesProvider dialect;
    return dialect;
}

QByteArray openAiResponsesPath(const Target& target)
{
    const char* const path = target.kind() == ProviderKind::AzureOpenAi ? "/openai/v1/responses" : "/responses";
    return target.provider().basePath + path;
}

OutgoingOrError openAiResponsesPassOn(const CallRequest& request, const Target& target, Losses& losses)
{
    if (request.operation != Operation::Generate)
        return invalidRequest(QStringLiteral("%1 is asked for answers only here.").arg(target.provider().name));
    if (request.features.testFlag(Feature::Stateful) && !keepsState(target.kind())) {
        CallError error = invalidRequest(
            QStringLiteral("%1 keeps no conversations for the gateway.").arg(target.provider().name), "input");
        error.hint = QStringLiteral("Send the whole conversation in \"input\".");
        return error;
    }
    BodyEdit edit(request.body);
    nameModel(edit, request, target);
    if (target.outputLimit) {
        const QByteArray limit = QByteArray::number(*target.outputLimit);
        if (const JsonView stated = request.root.member("max_output_tokens"); !stated.isMissing()) // null
            edit.replace(stated, limit);
        else
            edit.addMember(request.root, "max_output_tokens", limit);
    }
    dropForeignReasoning(request, edit, losses);
    return Outgoing{openAiResponsesPath(target), edit.apply(), {}};
}

} // namespace gateway::transform
