#include "transform/providers/anthropic_media.h"

#include "transform/parts.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

constexpr std::array kImages{"image/png", "image/jpeg", "image/gif", "image/webp"};

} // namespace

QString writeAnthropicSource(JsonWriter& json, const Part& part)
{
    const bool image = part.kind == Part::Kind::Image;
    if (!part.fileId.isEmpty()) {
        return QStringLiteral("The provider does not have the file that the request names by its id.");
    }
    if (!part.url.isEmpty()) {
        if (!part.url.startsWith("https://") && !part.url.startsWith("http://")) {
            return QStringLiteral("The provider fetches files from http and https addresses only.");
        }
        json.key("source").beginObject().member("type", "url").member("url", part.url).endObject();
        return {};
    }
    QByteArray type = part.mediaType.toLower();
    if (image) {
        type = imageType(part).toLower();
        if (std::find(kImages.begin(), kImages.end(), type) == kImages.end())
            return QStringLiteral("The provider's models take images as PNG, JPEG, GIF or WebP.");
    } else if (type.startsWith("text/")) {
        const QByteArray content = jsonString(QByteArray::fromBase64(part.data));
        if (JsonText::parse(content).error) {
            return QStringLiteral("The provider's models take text files as UTF-8.");
        }
        json.key("source")
            .beginObject()
            .member("type", "text")
            .member("media_type", "text/plain")
            .memberRaw("data", content)
            .endObject();
        return {};
    } else if (type.isEmpty() || type == "application/pdf") {
        type = "application/pdf";
    } else {
        return QStringLiteral("The provider's models take documents as PDF or plain text.");
    }
    json.key("source")
        .beginObject()
        .member("type", "base64")
        .member("media_type", type)
        .member("data", part.data)
        .endObject();
    return {};
}

} // namespace gateway::transform
