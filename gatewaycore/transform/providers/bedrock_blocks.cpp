#include "transform/providers/bedrock_blocks.h"

#include "transform/field_name.h"
#include "transform/parts.h"

#include <QCryptographicHash>

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

constexpr int kMostCachePoints = 4;
constexpr qsizetype kLongestName = 64;
constexpr qsizetype kLongestDocumentName = 200;

struct Format
{
    const char* mediaType;
    const char* format;
};
constexpr std::array kImages{
    Format{"image/png", "png"},
    Format{"image/jpeg", "jpeg"},
    Format{"image/gif", "gif"},
    Format{"image/webp", "webp"},
};
constexpr std::array kDocuments{
    Format{"application/pdf", "pdf"},
    Format{"text/csv", "csv"},
    Format{"application/msword", "doc"},
    Format{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    Format{"application/vnd.ms-excel", "xls"},
    Format{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
    Format{"text/html", "html"},
    Format{"text/plain", "txt"},
    Format{"text/markdown", "md"},
};
constexpr std::array kAudio{
    Format{"audio/wav", "wav"},
    Format{"audio/x-wav", "wav"},
    Format{"audio/mp3", "mp3"},
    Format{"audio/mpeg", "mp3"},
    Format{"audio/flac", "flac"},
    Format{"audio/ogg", "ogg"},
    Format{"audio/opus", "opus"},
    Format{"audio/aac", "aac"},
    Format{"audio/mp4", "mp4"},
    Format{"audio/m4a", "m4a"},
    Format{"audio/webm", "webm"},
    Format{"audio/pcm", "pcm"},
};

template <std::size_t N>
QByteArray formatOf(const std::array<Format, N>& table, QByteArrayView mediaType)
{
    QByteArrayView type = mediaType;
    if (const qsizetype semicolon = type.indexOf(';'); semicolon >= 0)
        type = type.first(semicolon).trimmed();
    for (const Format& row : table) {
        if (type == QByteArrayView(row.mediaType))
            return row.format;
    }
    return {};
}

bool isAsciiLetterOrDigit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// "image": {"format": ..., "source": {"bytes": ...}}, or from S3
QByteArray mediaBlock(const char* kind, const QByteArray& format, const QByteArray& name, const Part& part)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key(kind).beginObject().member("format", format).memberIf("name", name);
    json.key("source").beginObject();
    if (part.data.isEmpty())
        json.key("s3Location").beginObject().member("uri", part.url).endObject();
    else
        json.member("bytes", part.data);
    json.endObject().endObject().endObject();
    return out;
}

std::optional<CallError> refusedSource(const Part& part, const char* what, const QByteArray& field)
{
    if (!part.data.isEmpty() || part.url.startsWith("s3://"))
        return std::nullopt;
    return invalidRequest(QStringLiteral("Bedrock takes %1 only as bytes in the request or from Amazon S3 (s3://).")
                              .arg(QLatin1String(what)),
        field);
}

} // namespace

QByteArray bedrockToolUseId(const QByteArray& id)
{
    const bool good = !id.isEmpty() && id.size() <= kLongestName && std::all_of(id.begin(), id.end(), [](char c) {
        return isAsciiLetterOrDigit(c) || c == '_' || c == '.' || c == ':' || c == '-';
    });
    return good ? id : "call_" + QCryptographicHash::hash(id, QCryptographicHash::Sha256).toHex().left(32);
}

bool isBedrockToolName(QByteArrayView name)
{
    return !name.isEmpty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), [](char c) {
        return isAsciiLetterOrDigit(c) || c == '_' || c == '-';
    });
}

std::variant<QByteArray, CallError> BedrockBlocks::block(
    const Part& part, const CallRefs::Ref& ref, const QByteArray& field)
{
    QByteArray out;
    switch (part.kind) {
    case Part::Kind::Text:
    case Part::Kind::Refusal:
        if (part.text.trimmed().isEmpty()) {
            if (!part.text.isEmpty())
                m_losses.change(field, "a text of nothing but spaces is left out, because the provider refuses it");
            return QByteArray();
        }
        JsonWriter(out).beginObject().member("text", part.text).endObject();
        return out;
    case Part::Kind::Image:
        return image(part, field);
    case Part::Kind::Document:
        return document(part, field);
    case Part::Kind::Audio:
        return audio(part, field);
    case Part::Kind::ToolCall: {
        if (!isBedrockToolName(ref.name))
            return invalidRequest(
                QStringLiteral("Bedrock takes names of tools of up to 64 letters, digits, - and _ only."), field);
        JsonWriter json(out);
        json.beginObject().key("toolUse").beginObject();
        json.member("toolUseId", bedrockToolUseId(ref.id)).member("name", ref.name);
        json.memberRaw("input", argumentsObject(part, field + ".arguments", m_losses)).endObject().endObject();
        return out;
    }
    case Part::Kind::ToolResult:
        return toolResult(part, ref, field);
    case Part::Kind::Thinking:
        return thinking(part, field);
    }
    Q_UNREACHABLE();
}

BedrockBlocks::Block BedrockBlocks::image(const Part& part, const QByteArray& field)
{
    if (auto refused = refusedSource(part, "images", field))
        return *refused;
    QByteArray format = formatOf(kImages, imageType(part));
    if (format.isEmpty() && part.data.isEmpty()) { // in S3: the name says it
        for (const Format& row : kImages) {
            if (part.url.toLower().endsWith(row.format))
                format = row.format;
        }
    }
    if (format.isEmpty())
        return invalidRequest(QStringLiteral("Bedrock takes images as PNG, JPEG, GIF or WebP only."), field);
    return mediaBlock("image", format, {}, part);
}

BedrockBlocks::Block BedrockBlocks::audio(const Part& part, const QByteArray& field)
{
    if (auto refused = refusedSource(part, "audio", field))
        return *refused;
    const QByteArray format = formatOf(kAudio, part.mediaType);
    if (format.isEmpty())
        return invalidRequest(QStringLiteral("Bedrock does not take audio of this type."), field);
    return mediaBlock("audio", format, {}, part);
}

BedrockBlocks::Block BedrockBlocks::document(const Part& part, const QByteArray& field)
{
    if (auto refused = refusedSource(part, "documents", field))
        return *refused;
    QByteArray format = formatOf(kDocuments, part.mediaType);
    if (format.isEmpty() && part.mediaType.isEmpty()) {
        const QByteArray& named = part.fileName.isEmpty() ? part.url : part.fileName;
        for (const Format& row : kDocuments) {
            if (named.toLower().endsWith('.' + QByteArray(row.format)))
                format = row.format;
        }
    }
    if (format.isEmpty())
        return invalidRequest(
            QStringLiteral("Bedrock takes documents as PDF, CSV, DOC, DOCX, XLS, XLSX, HTML, TXT or MD only."), field);
    return mediaBlock("document", format, documentName(part, field), part);
}

// Letters, digits, single spaces, hyphens, parentheses and brackets; each name once in a request.
QByteArray BedrockBlocks::documentName(const Part& part, const QByteArray& field)
{
    QByteArray wanted = part.fileName;
    if (const qsizetype dot = wanted.lastIndexOf('.'); dot > 0 && wanted.size() - dot <= 5)
        wanted.truncate(dot); // the format says it
    QByteArray name;
    for (const char c : wanted.simplified()) {
        const bool good = isAsciiLetterOrDigit(c) || QByteArrayView(" -()[]").contains(c);
        if (good || !name.endsWith('-'))
            name += good ? c : '-';
    }
    name = name.left(kLongestDocumentName - 8).trimmed();
    if (name != wanted)
        m_losses.change(field + ".filename", "the provider takes few characters in the names of documents");
    if (name.isEmpty())
        name = "document";
    const QByteArray stem = name;
    int& number = m_documentNumbers[stem];
    for (number = std::max(number, 1); m_documentNames.contains(name);)
        name = stem + ' ' + QByteArray::number(++number);
    m_documentNames.insert(name);
    return name;
}

BedrockBlocks::Block BedrockBlocks::toolResult(const Part& part, const CallRefs::Ref& ref, const QByteArray& field)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("toolResult").beginObject().member("toolUseId", bedrockToolUseId(ref.id));
    json.key("content").beginArray();
    bool any = false;
    for (const Part& inner : part.content) {
        if (inner.kind == Part::Kind::Text) {
            json.beginObject().member("text", inner.text).endObject(); // may be blank here
            any = true;
            continue;
        }
        if (inner.kind != Part::Kind::Image && inner.kind != Part::Kind::Document)
            return invalidRequest(
                QStringLiteral("Bedrock takes texts, images and documents as results of tools."), field);
        Block block = inner.kind == Part::Kind::Image ? image(inner, field) : document(inner, field);
        if (std::holds_alternative<CallError>(block))
            return block;
        json.raw(std::get<QByteArray>(block));
        any = true;
    }
    if (!any)
        json.beginObject().member("text", "").endObject();
    json.endArray();
    if (part.isError && m_model.takesToolStatus())
        json.member("status", "error");
    else if (part.isError)
        m_losses.drop(field + ".is_error", "the model has no such field");
    json.endObject().endObject();
    return out;
}

QByteArray BedrockBlocks::thinking(const Part& part, const QByteArray& field)
{
    // Anthropic's signatures hold on every platform its models run on; its redacted data is written otherwise here
    const bool ours = part.signer == Signer::Bedrock || (part.signer == Signer::Anthropic && !part.redacted &&
                                                            m_model.family == BedrockModel::Family::Claude);
    if (!ours || part.signature.isEmpty()) {
        m_losses.drop(field, "thinking goes back to the provider that signed it only");
        return {};
    }
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("reasoningContent").beginObject();
    if (part.redacted) {
        json.member("redactedContent", part.signature);
    } else {
        json.key("reasoningText").beginObject().member("text", part.text);
        json.member("signature", part.signature).endObject();
    }
    json.endObject().endObject();
    return out;
}

QByteArray BedrockBlocks::cachePoint(CacheLife life, const QByteArray& field)
{
    if (!m_model.caches()) {
        m_losses.drop(field, "the model has no prompt cache");
        return {};
    }
    if (m_cachePoints == kMostCachePoints) {
        m_losses.drop(field, "the provider takes four cache points per request");
        return {};
    }
    ++m_cachePoints;
    if (life == CacheLife::Default || life == CacheLife::Minutes5)
        return R"({"cachePoint":{"type":"default"}})";
    if (life != CacheLife::Hour1)
        m_losses.change(field, "the provider keeps a prompt for five minutes or an hour");
    return R"({"cachePoint":{"type":"default","ttl":"1h"}})";
}

} // namespace gateway::transform
