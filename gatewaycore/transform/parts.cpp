#include "transform/parts.h"

#include <array>

namespace gateway::transform {
namespace {

struct Magic
{
    const char* base64; // how the data begins
    const char* type;
};
constexpr std::array kImageMagic{
    Magic{"iVBORw0KGgo", "image/png"},
    Magic{"/9j/", "image/jpeg"},
    Magic{"R0lGOD", "image/gif"},
    Magic{"UklGR", "image/webp"},
};

struct Life
{
    const char* ttl;
    CacheLife life;
};
constexpr std::array kLives{
    Life{"5m", CacheLife::Minutes5},
    Life{"30m", CacheLife::Minutes30},
    Life{"1h", CacheLife::Hour1},
    Life{"12h", CacheLife::Hours12},
};

bool isTextType(QByteArrayView type)
{
    return type.startsWith("text/") || type == QByteArrayView("application/json") ||
           type == QByteArrayView("application/xml");
}

} // namespace

QByteArray textOf(JsonView value)
{
    std::optional<QByteArray> text = value.text();
    return text ? std::move(*text) : QByteArray();
}

QByteArray argumentsOf(JsonView arguments)
{
    return arguments.type() == JsonType::Object ? arguments.raw().toByteArray() : textOf(arguments);
}

Part textPart(QByteArray text, Part::Kind kind)
{
    Part part;
    part.kind = kind;
    part.text = std::move(text);
    return part;
}

bool takeDataUrl(const QByteArray& url, Part& part)
{
    if (!url.startsWith("data:"))
        return false;
    const qsizetype comma = url.indexOf(',');
    if (comma < 0)
        return false;
    const QByteArray head = url.mid(5, comma - 5);
    if (!head.endsWith(";base64"))
        return false;
    part.mediaType = head.left(head.indexOf(';'));
    part.data = url.mid(comma + 1);
    return true;
}

QByteArray dataUrl(const Part& part, const char* otherwise)
{
    return "data:" + (part.mediaType.isEmpty() ? QByteArray(otherwise) : part.mediaType) + ";base64," + part.data;
}

QByteArray imageType(const Part& image)
{
    if (!image.mediaType.isEmpty())
        return image.mediaType == "image/jpg" ? QByteArray("image/jpeg") : image.mediaType;
    for (const Magic& magic : kImageMagic) {
        if (image.data.startsWith(magic.base64))
            return magic.type;
    }
    return {};
}

std::optional<QByteArray> documentText(const Part& document)
{
    if (document.data.isEmpty() || !isTextType(document.mediaType))
        return std::nullopt;
    const auto decoded = QByteArray::fromBase64Encoding(document.data, QByteArray::AbortOnBase64DecodingErrors);
    // it goes into JSON: bytes that are no UTF-8 would break the whole request
    if (!decoded || !QByteArrayView(decoded.decoded).isValidUtf8())
        return std::nullopt;
    return decoded.decoded;
}

CacheLife cacheLifeOf(QByteArrayView ttl)
{
    for (const Life& row : kLives) {
        if (ttl == QByteArrayView(row.ttl))
            return row.life;
    }
    return CacheLife::Default;
}

} // namespace gateway::transform
