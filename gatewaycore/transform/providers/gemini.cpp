#include "transform/providers/gemini.h"

#include "transform/body_edit.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/gemini_answer.h"
#include "transform/providers/gemini_embed.h"
#include "transform/providers/gemini_error.h"
#include "transform/providers/gemini_path.h"
#include "transform/providers/gemini_request.h"
#include "transform/providers/gemini_stream.h"
#include "transform/surfaces/gemini_fields.h"

namespace gateway::transform {
namespace {

using namespace gemini;

OutgoingOrError withPath(const Target& target, QByteArrayView verb, QByteArray body)
{
    auto path = modelPath(target, verb);
    if (const auto* error = std::get_if<CallError>(&path))
        return *error;
    return Outgoing{std::get<QByteArray>(path), std::move(body), {}};
}

QByteArrayView generateVerb(bool stream)
{
    return stream ? QByteArrayView("streamGenerateContent?alt=sse") : QByteArrayView("generateContent");
}

void addOutputLimit(BodyEdit& edit, JsonView root, const Target& target)
{
    if (!target.outputLimit)
        return;
    const QByteArray limit = QByteArray::number(*target.outputLimit);
    const JsonView config = field(root, "generationConfig");
    if (const JsonView stated = field(config, "maxOutputTokens"); !stated.isMissing())
        edit.replace(stated, limit);
    else if (config.type() == JsonType::Object)
        edit.addMember(config, "maxOutputTokens", limit);
    else if (config.isMissing())
        edit.addMember(root, "generationConfig", "{\"maxOutputTokens\":" + limit + '}');
    else
        edit.replace(config, "{\"maxOutputTokens\":" + limit + '}');
}

// Vertex demands a role on every content; generativelanguage takes one without as the user's.
void addRoles(BodyEdit& edit, JsonView root)
{
    field(root, "contents").eachElement([&](JsonView content) {
        if (content.type() == JsonType::Object && field(content, "role").isMissing())
            edit.addMember(content, "role", "\"user\"");
        return true;
    });
}

class GeminiProvider final : public ProviderDialect
{
public:
    Dialect dialect() const override { return Dialect::Gemini; }
    Framing framing() const override { return Framing::Sse; }
    Signer signer() const override { return Signer::Google; }
    bool canCountTokens() const override { return true; }

    OutgoingOrError translate(const UnifiedRequest& request, const Target& target, Losses& losses) const override
    {
        if (request.operation == Operation::Embed)
            return embedRequest(request, target, losses);
        const bool counts = request.operation == Operation::CountTokens;
        auto body = counts ? countBody(request, target, losses) : generateBody(request, target, losses);
        if (const auto* error = std::get_if<CallError>(&body))
            return *error;
        return withPath(target, counts ? QByteArrayView("countTokens") : generateVerb(request.stream),
            std::move(std::get<QByteArray>(body)));
    }

    OutgoingOrError passOn(const CallRequest& request, const Target& target, Losses& losses) const override
    {
        if (request.operation == Operation::Embed)
            return passOnEmbed(request, target, losses);
        BodyEdit edit(request.body);
        const bool counts = request.operation == Operation::CountTokens;
        if (!counts)
            addOutputLimit(edit, request.root, target);
        if (isVertex(target))
            addRoles(edit, request.root);
        const JsonView inner = field(request.root, "generateContentRequest");
        if (const JsonView name = field(inner, "model"); name.type() == JsonType::String)
            edit.replace(name, jsonString("models/" + plainModel(target).toByteArray()));
        return withPath(target, counts ? QByteArrayView("countTokens") : generateVerb(request.stream),
            edit.isEmpty() ? request.body : edit.apply());
    }

    std::variant<Answer, CallError> readAnswer(
        Operation operation, QByteArrayView body, const Target& target) const override;
    std::unique_ptr<StreamReader> streamReader(const Target& target) const override
    {
        return gemini::streamReader(target);
    }
    CallError readError(int status, const http::ResponseHead&, QByteArrayView body, const Target& target) const override
    {
        return readErrorBody(status, body, target.provider().key.reveal());
    }
};

std::variant<Answer, CallError> GeminiProvider::readAnswer(
    Operation operation, QByteArrayView body, const Target& target) const
{
    const JsonText text = JsonText::parse(body);
    if (text.error || text.root.type() != JsonType::Object)
        return unreadable(QStringLiteral("The provider's answer is not a JSON object."));
    const QByteArray key = target.provider().key.reveal();
    if (const JsonView error = text.root.member("error"); error.type() == JsonType::Object)
        return readErrorObject(0, error, key);
    if (operation == Operation::Embed)
        return readEmbeddings(text.root);
    Answer answer;
    if (operation == Operation::CountTokens) {
        answer.countedTokens = wholeNumber(text.root.member("totalTokens"));
        if (!answer.countedTokens)
            return unreadable(QStringLiteral("The provider's answer does not say how many tokens it counted."));
        return answer;
    }
    FactsReader facts;
    if (auto error = facts.read(text.root, key, answer.facts))
        return *error;
    if (!facts.isComplete())
        return unreadable(QStringLiteral("The provider's answer has no candidate that says why it stopped."));
    PartReader parts;
    parts.setAnswerId(answer.facts.id);
    bool toolCalled = false;
    partsOf(text.root).eachElement([&](JsonView json) {
        std::optional<Part> part = parts.read(json);
        if (!part)
            return true;
        toolCalled = toolCalled || part->kind == Part::Kind::ToolCall;
        // pieces of one text stand as one, as a stream's reader gives them
        const bool isText = part->kind == Part::Kind::Text || part->kind == Part::Kind::Thinking;
        if (isText && !answer.parts.empty() && answer.parts.back().kind == part->kind &&
            answer.parts.back().signature.isEmpty()) {
            answer.parts.back().text += part->text;
            answer.parts.back().signature = part->signature;
            answer.parts.back().signer = part->signer;
        } else if (!isText || !part->text.isEmpty() || !part->signature.isEmpty()) {
            answer.parts.push_back(std::move(*part));
        }
        return true;
    });
    facts.settle(answer.facts, toolCalled);
    return answer;
}

} // namespace

const ProviderDialect& geminiProvider()
{
    static const GeminiProvider provider;
    return provider;
}

} // namespace gateway::transform
