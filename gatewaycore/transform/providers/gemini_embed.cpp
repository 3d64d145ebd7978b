#include "transform/providers/gemini_embed.h"

#include "base/json_writer.h"
#include "transform/body_edit.h"
#include "transform/field_name.h"
#include "transform/json_view.h"
#include "transform/providers/answer_parts.h"
#include "transform/providers/gemini_answer.h"
#include "transform/providers/gemini_path.h"
#include "transform/providers/request_parts.h"
#include "transform/surface.h"
#include "transform/surfaces/gemini_fields.h"

#include <algorithm>
#include <array>

namespace gateway::transform::gemini {
namespace {

// Purposes in the unified form (Cohere's words) and in Google's.
struct Purpose
{
    const char* unified;
    const char* taskType;
};
constexpr std::array kPurposes{
    Purpose{"search_document", "RETRIEVAL_DOCUMENT"},
    Purpose{"search_query", "RETRIEVAL_QUERY"},
    Purpose{"classification", "CLASSIFICATION"},
    Purpose{"clustering", "CLUSTERING"},
};

QByteArray taskTypeOf(const QByteArray& purpose, Losses& losses)
{
    for (const Purpose& row : kPurposes) {
        if (purpose == row.unified)
            return row.taskType;
    }
    // a caller of Google's own dialect may name one that nobody else has: it is Google's word already
    const bool isGoogles = !purpose.isEmpty() && purpose == purpose.toUpper();
    if (!purpose.isEmpty() && !isGoogles)
        losses.drop("input_type", "the provider has no such purpose");
    return isGoogles ? purpose : QByteArray();
}

void writeText(JsonWriter& json, const QByteArray& text)
{
    json.key("content").beginObject().key("parts").beginArray();
    json.beginObject().member("text", text).endObject();
    json.endArray().endObject();
}

void writeOptions(JsonWriter& json, const EmbedRequest& embed, const QByteArray& taskType)
{
    json.memberIf("taskType", taskType).memberIf("title", embed.title);
    if (embed.dimensions)
        json.member("outputDimensionality", *embed.dimensions);
}

QByteArray predictBody(const EmbedRequest& embed, const QByteArray& taskType)
{
    QByteArray body;
    JsonWriter json(body);
    json.beginObject().key("instances").beginArray();
    for (const QByteArray& text : embed.texts) {
        json.beginObject().member("content", text).memberIf("task_type", taskType).memberIf("title", embed.title);
        json.endObject();
    }
    json.endArray();
    if (embed.dimensions)
        json.key("parameters").beginObject().member("outputDimensionality", *embed.dimensions).endObject();
    json.endObject();
    return body;
}

QByteArray contentBody(const EmbedRequest& embed, const QByteArray& taskType, const Target& target)
{
    const QByteArray model = "models/" + plainModel(target).toByteArray();
    QByteArray body;
    JsonWriter json(body);
    json.beginObject();
    if (isVertex(target)) {
        writeText(json, embed.texts.front());
        if (!taskType.isEmpty() || !embed.title.isEmpty() || embed.dimensions) {
            json.key("embedContentConfig").beginObject();
            writeOptions(json, embed, taskType);
            json.endObject();
        }
        json.endObject();
        return body;
    }
    json.key("requests").beginArray();
    for (const QByteArray& text : embed.texts) {
        json.beginObject().member("model", model);
        writeText(json, text);
        writeOptions(json, embed, taskType);
        json.endObject();
    }
    json.endArray().endObject();
    return body;
}

} // namespace

OutgoingOrError embedRequest(const UnifiedRequest& request, const Target& target, Losses& losses)
{
    const EmbedRequest& embed = request.embed;
    if (auto error = refusedShape(request, "Gemini"))
        return *error;
    if (embed.texts.empty())
        return invalidRequest(QStringLiteral("There is no text to embed."), "input");
    if (isVertex(target) && !isPredictModel(target) && embed.texts.size() > 1)
        return invalidRequest(QStringLiteral("The model embeds one text at a time, and the request has %1.")
                                  .arg(qint64(embed.texts.size())),
            "input");
    if (!embed.user.isEmpty())
        losses.drop("user");
    dropOthers(request, losses);
    const QByteArray taskType = taskTypeOf(embed.purpose, losses);
    const bool predict = isPredictModel(target);
    Outgoing out;
    auto path = modelPath(target, predict ? "predict" : isVertex(target) ? "embedContent" : "batchEmbedContents");
    if (const auto* error = std::get_if<CallError>(&path))
        return *error;
    out.path = std::get<QByteArray>(path);
    out.body = predict ? predictBody(embed, taskType) : contentBody(embed, taskType, target);
    return out;
}

OutgoingOrError passOnEmbed(const CallRequest& request, const Target& target, Losses& losses)
{
    const JsonView batch = field(request.root, "requests");
    const bool several = batch.type() == JsonType::Array;
    if (isPredictModel(target) || (isVertex(target) && several)) {
        auto unified = request.surface->unify(request);
        if (const auto* error = std::get_if<CallError>(&unified))
            return *error;
        return embedRequest(std::get<UnifiedRequest>(unified), target, losses);
    }
    auto path = modelPath(target, several ? "batchEmbedContents" : "embedContent");
    if (const auto* error = std::get_if<CallError>(&path))
        return *error;
    BodyEdit edit(request.body);
    const QByteArray model = jsonString("models/" + plainModel(target).toByteArray());
    const auto rename = [&](JsonView object) {
        if (const JsonView name = field(object, "model"); name.type() == JsonType::String)
            edit.replace(name, model);
    };
    rename(request.root);
    batch.eachElement([&](JsonView one) {
        rename(one);
        return true;
    });
    return Outgoing{std::get<QByteArray>(path), edit.isEmpty() ? request.body : edit.apply(), {}};
}

std::variant<Answer, CallError> readEmbeddings(JsonView root)
{
    Answer answer;
    bool ok = true;
    qint64 counted = 0;
    const auto take = [&](JsonView embedding) {
        auto vector = vectorOf(embedding.member("values"));
        ok = ok && vector && !vector->empty();
        if (ok)
            answer.embeddings.push_back(std::move(*vector));
        counted += std::clamp<qint64>(
            wholeNumber(embedding.member("statistics").member("token_count")).value_or(0), 0, 100'000'000);
        return ok;
    };
    if (const JsonView one = root.member("embedding"); one.type() == JsonType::Object)
        take(one);
    root.member("embeddings").eachElement(take);
    root.member("predictions").eachElement([&](JsonView row) { return take(row.member("embeddings")); });
    if (!ok || answer.embeddings.empty()) {
        return unreadable(QStringLiteral("The provider's answer has no embeddings."));
    }
    answer.facts.tokens = readUsage(root.member("usageMetadata"));
    if (answer.facts.tokens.source == api::TokenSource::None && counted > 0) {
        answer.facts.tokens.inUncached = counted;
        answer.facts.tokens.source = api::TokenSource::Reported;
    }
    answer.facts.stop = StopReason::Stop;
    return answer;
}

} // namespace gateway::transform::gemini
