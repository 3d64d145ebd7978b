#include "transform/surfaces/openai_responses_parts.h"

#include "transform/field_name.h"
#include "transform/parts.h"

namespace gateway::transform {
namespace {

std::optional<CallError> readImage(JsonView json, const QByteArray& place, Part& part)
{
    part.kind = Part::Kind::Image;
    part.detail = textOf(json.member("detail"));
    part.fileId = textOf(json.member("file_id"));
    const QByteArray url = textOf(json.member("image_url"));
    if (url.isEmpty() == part.fileId.isEmpty())
        return invalidRequest(QStringLiteral("An image needs either \"image_url\" or \"file_id\"."), place);
    if (!url.isEmpty() && !takeDataUrl(url, part)) {
        if (url.startsWith("data:"))
            return invalidRequest(QStringLiteral("A data URL must hold base64."), place + ".image_url");
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
        return invalidRequest(
            QStringLiteral("A file needs one of \"file_data\", \"file_url\" and \"file_id\"."), place);
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
            return invalidRequest(QStringLiteral("\"text\" must be a text."), place + ".text");
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
        return invalidRequest(
            QStringLiteral("This kind of content cannot be carried to a provider that does not speak Responses."),
            place + ".type");
    }
    if (wrong)
        return wrong;
    if (const JsonView mark = json.member("prompt_cache_breakpoint"); mark.type() == JsonType::Object)
        part.cacheMark = cacheLifeOf(textOf(mark.member("ttl")));
    parts.push_back(std::move(part));
    return std::nullopt;
}

} // namespace

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
        return invalidRequest(QStringLiteral("This must be a text or a list of parts."), place);
    std::optional<CallError> wrong;
    int number = 0;
    content.eachElement([&](JsonView part) {
        wrong = readPart(part, place + '[' + QByteArray::number(number++) + ']', parts, others);
        return !wrong;
    });
    return wrong;
}

} // namespace gateway::transform
