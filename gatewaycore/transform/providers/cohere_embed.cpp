// The body of an embed request to Cohere.
#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/providers/cohere_request.h"
#include "transform/providers/request_parts.h"

namespace gateway::transform {
namespace {

constexpr char kProvider[] = "Cohere";
constexpr std::size_t kMostTexts = 96; // of one request

} // namespace

std::variant<QByteArray, CallError> cohereEmbedBody(const UnifiedRequest& request, QByteArrayView model, Losses& losses)
{
    if (auto refused = refusedShape(request, kProvider))
        return *refused;
    const EmbedRequest& embed = request.embed;
    if (embed.texts.size() > kMostTexts)
        return invalidRequest(
            QStringLiteral("Cohere embeds up to %1 texts per request, and this one has %2. Send them in "
                           "several requests.")
                .arg(kMostTexts)
                .arg(embed.texts.size()),
            "input");
    QByteArray body;
    JsonWriter json(body);
    json.beginObject().member("model", model);
    if (embed.purpose.isEmpty())
        losses.change("input_type", "Cohere wants the texts' purpose: search_document was taken");
    json.member("input_type", embed.purpose.isEmpty() ? QByteArray("search_document") : embed.purpose);
    json.key("embedding_types").beginArray().string("float").endArray();
    json.key("texts").beginArray();
    for (const QByteArray& text : embed.texts)
        json.string(text);
    json.endArray();
    if (embed.dimensions)
        json.member("output_dimension", *embed.dimensions);
    json.member("truncate", "NONE"); // a text that is too long is an error, not half an embedding
    json.endObject();
    if (!embed.title.isEmpty())
        losses.drop("title");
    if (!embed.user.isEmpty())
        losses.drop("user");
    dropOthers(request, losses);
    return body;
}

} // namespace gateway::transform
