#include "transform/providers/openai_embeddings.h"

#include "base/json_writer.h"
#include "transform/body_edit.h"
#include "transform/json_view.h"
#include "transform/parts.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/chat_quirks.h"
#include "transform/providers/error_meaning.h"
#include "transform/providers/openai_terms.h"
#include "transform/vector_text.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using config::ProviderKind;

constexpr qint64 kMostVectors = 100'000;

// What the speakers of this dialect know of it. Who is not sure to know base64 is asked for numbers; the surface makes
// of them what the caller wants.
struct EmbedQuirks
{
    ProviderKind kind;
    bool base64;            // else encoding_format "float"
    const char* dimensions; // what the number of dimensions is called
    bool refusesUnknown;    // then neither encoding_format nor user is sent
};
constexpr std::array kQuirks{
    EmbedQuirks{ProviderKind::OpenAi, true, "dimensions", false},
    EmbedQuirks{ProviderKind::AzureOpenAi, true, "dimensions", false},
    EmbedQuirks{ProviderKind::Simulator, true, "dimensions", false},
    EmbedQuirks{ProviderKind::Mistral, false, "output_dimension", true},
    EmbedQuirks{ProviderKind::OpenRouter, false, "dimensions", false},
    EmbedQuirks{ProviderKind::Ollama, false, "dimensions", false},
    EmbedQuirks{ProviderKind::OpenAiCompatible, false, "dimensions", false}, // LM Studio ignores base64
};
constexpr EmbedQuirks kOthers{ProviderKind::OpenAiCompatible, false, "dimensions", false};

const EmbedQuirks& quirksOf(ProviderKind kind)
{
    const auto row =
        std::find_if(kQuirks.begin(), kQuirks.end(), [kind](const EmbedQuirks& one) { return one.kind == kind; });
    return row == kQuirks.end() ? kOthers : *row;
}

QByteArray pathOf(const Target& target)
{
    return target.provider().basePath + chatQuirks(target.kind()).embeddingsPath;
}

std::variant<JsonText, CallError> answerOf(QByteArrayView body, const Target& target)
{
    JsonText text = JsonText::parse(body);
    if (text.error || text.root.type() != JsonType::Object)
        return unreadable(QStringLiteral("The provider's answer is not a JSON object."));
    const JsonView error = text.root.member("error");
    if (error.type() == JsonType::Object || error.type() == JsonType::String) {
        ProviderWords words;
        words.code = textOf(error.member("code"));
        words.message = error.type() == JsonType::String ? textOf(error) : textOf(error.member("message"));
        const int status = int(std::clamp<qint64>(error.member("code").integer().value_or(502), 0, 999));
        return errorOf(status >= 400 && status < 600 ? status : 502, words, target.provider().key.reveal());
    }
    if (text.root.member("data").type() != JsonType::Array)
        return unreadable(QStringLiteral("The provider's answer has no embeddings."));
    return text;
}

AnswerFacts factsOf(JsonView root)
{
    AnswerFacts facts;
    const JsonView usage = root.member("usage");
    facts.model = QString::fromUtf8(textOf(root.member("model")).left(200));
    facts.id = textOf(root.member("id")).left(200);
    facts.stop = StopReason::Stop;
    if (usage.type() == JsonType::Object) {
        facts.tokens.source = api::TokenSource::Reported;
        const JsonView tokens = usage.member("prompt_tokens");
        const JsonView total = usage.member("total_tokens"); // some state only the sum, which is the same here
        facts.tokens.inUncached = std::max<qint64>(0, (tokens.isMissing() ? total : tokens).integer().value_or(0));
    }
    return facts;
}

void writeInput(JsonWriter& json, const EmbedRequest& embed)
{
    const bool tokens = !embed.tokenArrays.empty();
    json.key("input");
    if (embed.single && tokens)
        json.raw(embed.tokenArrays.front());
    else if (embed.single && !embed.texts.empty())
        json.string(embed.texts.front());
    else {
        json.beginArray();
        for (const QByteArray& text : embed.texts)
            json.string(text);
        for (const QByteArray& one : embed.tokenArrays)
            json.raw(one);
        json.endArray();
    }
}

} // namespace

OutgoingOrError openAiEmbedRequest(const UnifiedRequest& request, const Target& target, Losses& losses)
{
    const EmbedQuirks& quirks = quirksOf(target.kind());
    const EmbedRequest& embed = request.embed;
    QByteArray body;
    JsonWriter json(body);
    json.beginObject().member("model", target.model());
    writeInput(json, embed);
    if (!quirks.refusesUnknown)
        json.member("encoding_format", embed.base64 && quirks.base64 ? "base64" : "float");
    if (embed.dimensions)
        json.member(quirks.dimensions, *embed.dimensions);
    if (quirks.refusesUnknown && !embed.user.isEmpty())
        losses.drop("user", "the provider refuses this field");
    else
        json.memberIf("user", embed.user);
    json.endObject();
    if (!embed.purpose.isEmpty())
        losses.drop("taskType");
    if (!embed.title.isEmpty())
        losses.drop("title");
    for (const OtherField& field : request.others)
        losses.drop(field.name);
    return Outgoing{pathOf(target), body, {}};
}

OutgoingOrError openAiEmbedPassOn(const CallRequest& request, const Target& target, Losses& losses)
{
    const EmbedQuirks& quirks = quirksOf(target.kind());
    BodyEdit edit(request.body);
    nameModel(edit, request, target);
    const JsonView format = request.root.member("encoding_format");
    if (quirks.refusesUnknown)
        edit.removeMember(request.root, "encoding_format");
    else if (!quirks.base64 && textOf(format) == "base64")
        edit.replace(format, "\"float\"");
    if (const JsonView size = request.root.member("dimensions");
        !size.isMissing() && quirks.dimensions != QByteArrayView("dimensions")) {
        edit.removeMember(request.root, "dimensions");
        if (!size.isNull())
            edit.addMember(request.root, quirks.dimensions, size.raw());
    }
    if (quirks.refusesUnknown && !request.root.member("user").isMissing()) {
        edit.removeMember(request.root, "user");
        losses.drop("user", "the provider refuses this field");
    }
    return Outgoing{pathOf(target), edit.apply(), {}};
}

std::variant<AnswerFacts, CallError> openAiEmbedFacts(QByteArrayView body, const Target& target)
{
    auto read = answerOf(body, target);
    if (auto* error = std::get_if<CallError>(&read))
        return std::move(*error);
    return factsOf(std::get<JsonText>(read).root);
}

std::variant<Answer, CallError> openAiEmbedAnswer(QByteArrayView body, const Target& target)
{
    auto read = answerOf(body, target);
    if (auto* error = std::get_if<CallError>(&read))
        return std::move(*error);
    const JsonView root = std::get<JsonText>(read).root;
    Answer answer;
    answer.facts = factsOf(root);
    // "index" says which input a vector belongs to; without it their order does
    std::vector<std::pair<qint64, std::vector<float>>> rows;
    bool wrong = false;
    root.member("data").eachElement([&](JsonView one) {
        auto vector = readVector(one.member("embedding"));
        wrong = !vector || qint64(rows.size()) >= kMostVectors;
        if (!wrong)
            rows.emplace_back(one.member("index").integer().value_or(qint64(rows.size())), std::move(*vector));
        return !wrong;
    });
    if (wrong)
        return unreadable(QStringLiteral("The provider's answer has an embedding that is not a list of numbers."));
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].first != qint64(i))
            return unreadable(QStringLiteral("The provider's answer leaves out an embedding or gives one twice."));
        answer.embeddings.push_back(std::move(rows[i].second));
    }
    return answer;
}

} // namespace gateway::transform
