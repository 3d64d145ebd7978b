#include "transform/surfaces/openai_responses_parts.h"

namespace gateway::transform {
namespace {

QByteArray textOf(JsonView value)
{
    return value.text().value_or(QByteArray());
}

// "data:image/png;base64,..." apart; false if it is another kind of URL
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

std::optional<CallError> readImage(JsonView json, const QByteArray& place, Part& part)
{
    part.kind = Part::Kind::Image;
    part.detail = textOf(json.member("detail"));
    part.fileId = textOf(json.member("file_id"));
    const QByteArray url = textOf(json.member("image_url"));
    if (url.isEmpty() == part.fileId.isEmpty())
        return invalidAt(place, QStringLiteral("An image needs either \"image_url\" or \"file_id\"."));
    if (!url.isEmpty() && !takeDataUrl(url, part)) {
        if (url.startsWith("data:"))
            return invalidAt(place + ".image_url", QStringLiteral("A data URL must hold base64."));
        part.url = url;
    }
    return std::nullopt;
}

std::optional<CallError> readFile(JsonView json, const QByteArray& place, Part& part)
{
    part.kind = Part::Kind::Document;
    part.fileName = textOf(json.member("filename"));
    part.fileId = textOf(json.member("file_id"));
    part.url = textOf(json.member("file_url"));
    const QByteArray data = textOf(json.member("file_data"));
    if (int(!part.fileId.isEmpty()) + int(!part.url.isEmpty()) + int(!data.isEmpty()) != 1)
        return invalidAt(place, QStringLiteral("A file needs one of \"file_data\", \"file_url\" and \"file_id\"."));
    if (!data.isEmpty() && !takeDataUrl(data, part)) {
        part.data = data; // bare base64: so far that was always a PDF
        part.mediaType = "application/pdf";
    }
    return std::nullopt;
}

std::optional<CallError> readPart(
    JsonView json, const QByteArray& place, std::vector<Part>& parts, std::vector<OtherField>& others)
{
    const QByteArray type = textOf(json.member("type"));
    Part part;
    std::optional<CallError> wrong;
    if (type == "input_text" || type == "output_text" || type == "text") {
        if (json.member("text").type() != JsonType::String)
            return invalidAt(place + ".text", QStringLiteral("\"text\" must be a text."));
        part.text = textOf(json.member("text"));
        if (const JsonView notes = json.member("annotations"); !notes.at(0).isMissing())
            others.push_back({place + ".annotations", notes.raw().toByteArray()});
    } else if (type == "refusal") {
        part.kind = Part::Kind::Refusal;
        part.text = textOf(json.member("refusal"));
    } else if (type == "input_image") {
        wrong = readImage(json, place, part);
    } else if (type == "input_file") {
        wrong = readFile(json, place, part);
    } else if (type == "input_audio") {
        const JsonView audio = json.member("input_audio");
        part.kind = Part::Kind::Audio;
        part.data = textOf(audio.member("data"));
        part.mediaType = "audio/" + textOf(audio.member("format"));
    } else {
        return invalidAt(place + ".type",
            QStringLiteral("This kind of content cannot be carried to a provider that does not speak Responses."));
    }
    if (wrong)
        return wrong;
    if (const JsonView mark = json.member("prompt_cache_breakpoint"); mark.type() == JsonType::Object)
        part.cacheMark = cacheLifeOf(textOf(mark.member("ttl")));
    parts.push_back(std::move(part));
    return std::nullopt;
}

} // namespace

CallError invalidAt(const QByteArray& place, QString message)
{
    CallError error;
    error.code = api::ErrorCode::InvalidRequest;
    error.message = std::move(message);
    error.parameter = QString::fromUtf8(place);
    return error;
}

CacheLife cacheLifeOf(QByteArrayView ttl)
{
    return ttl == QByteArrayView("30m")   ? CacheLife::Minutes30
           : ttl == QByteArrayView("12h") ? CacheLife::Hours12
                                          : CacheLife::Default;
}

std::optional<CallError> readResponsesContent(
    JsonView content, const QByteArray& place, std::vector<Part>& parts, std::vector<OtherField>& others)
{
    if (content.type() == JsonType::String) {
        Part part;
        part.text = textOf(content);
        parts.push_back(std::move(part));
        return std::nullopt;
    }
    if (content.type() != JsonType::Array)
        return invalidAt(place, QStringLiteral("This must be a text or a list of parts."));
    std::optional<CallError> wrong;
    int number = 0;
    content.eachElement([&](JsonView part) {
        wrong = readPart(part, place + '[' + QByteArray::number(number++) + ']', parts, others);
        return !wrong;
    });
    return wrong;
}

} // namespace gateway::transform
