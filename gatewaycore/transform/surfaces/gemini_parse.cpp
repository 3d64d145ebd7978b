#include "transform/surfaces/gemini_parse.h"

#include "transform/field_name.h"
#include "transform/surfaces/gemini_fields.h"

namespace gateway::transform::gemini {
namespace {

bool hasContent(JsonView list)
{
    return list.type() == JsonType::Array && list.at(0).type() == JsonType::Object;
}

void readMedia(JsonView media, bool isInline, CallRequest& request)
{
    const QByteArray type = field(media, "mimeType").text().value_or(QByteArray());
    if (type.startsWith("audio/"))
        request.features |= Feature::AudioIn;
    if (isInline) {
        if (type.startsWith("image/"))
            request.features |= Feature::ImagesInline;
        else if (!type.startsWith("audio/"))
            request.features |= Feature::Documents;
        return;
    }
    const QByteArray uri = field(media, "fileUri").text().value_or(QByteArray());
    const bool isKept = uri.startsWith("gs://") || uri.startsWith("files/") ||
                        uri.startsWith("https://generativelanguage.googleapis.com/");
    if (isKept)
        request.features |= Feature::FileIds;
    if (type.startsWith("image/") && !isKept) {
        request.features |= Feature::ImagesByUrl;
        ++request.namedImages;
    } else {
        request.namesOther = true;
    }
}

void readParts(JsonView content, CallRequest& request)
{
    field(content, "parts").eachElement([&](JsonView part) {
        if (const JsonView data = field(part, "inlineData"); data.type() == JsonType::Object)
            readMedia(data, true, request);
        if (const JsonView file = field(part, "fileData"); file.type() == JsonType::Object)
            readMedia(file, false, request);
        return true;
    });
}

std::optional<CallError> readConfig(JsonView config, CallRequest& request)
{
    if (config.isMissing() || config.isNull())
        return std::nullopt;
    if (config.type() != JsonType::Object)
        return invalidRequest(QStringLiteral("\"generationConfig\" must be an object."), "generationConfig");
    if (const JsonView limit = field(config, "maxOutputTokens"); !limit.isMissing() && !limit.isNull()) {
        request.maxOutputTokens = limit.integer();
        if (!request.maxOutputTokens || *request.maxOutputTokens < 1 || *request.maxOutputTokens > 100'000'000)
            return invalidRequest(
                QStringLiteral("\"generationConfig.maxOutputTokens\" must be a whole number from 1 to 100,000,000."),
                "generationConfig.maxOutputTokens");
    }
    if (const JsonView count = field(config, "candidateCount"); !count.isMissing() && !count.isNull()) {
        request.choices = count.integer().value_or(0);
        if (request.choices < 1 || request.choices > 128)
            return invalidRequest(
                QStringLiteral("\"generationConfig.candidateCount\" must be a whole number from 1 to 128."),
                "generationConfig.candidateCount");
        if (request.choices > 1)
            request.features |= Feature::Choices;
    }
    for (const char* name : {"responseSchema", "responseJsonSchema"}) {
        if (field(config, name).type() == JsonType::Object)
            request.features |= Feature::JsonSchema;
    }
    if (field(config, "responseLogprobs").boolean().value_or(false))
        request.features |= Feature::Logprobs;
    field(config, "responseModalities").eachElement([&](JsonView word) {
        if (word.text().value_or(QByteArray()).toUpper() == "AUDIO")
            request.features |= Feature::AudioOut;
        return true;
    });
    return std::nullopt;
}

} // namespace

std::optional<CallError> readGenerate(CallRequest& request)
{
    const JsonView inner = field(request.root, "generateContentRequest"); // of countTokens
    const JsonView root = inner.type() == JsonType::Object ? inner : request.root;
    if (hasFieldTwice(root) || hasFieldTwice(field(root, "generationConfig")))
        return invalidRequest(
            QStringLiteral("A field stands there twice, in camelCase and in snake_case."), "generationConfig");
    const JsonView contents = field(root, "contents");
    if (!hasContent(contents))
        return invalidRequest(QStringLiteral("\"contents\" must be a list with at least one content."), "contents");
    if (auto wrong = readConfig(field(root, "generationConfig"), request))
        return wrong;
    field(root, "tools").eachElement([&](JsonView tool) {
        tool.eachMember([&](QByteArrayView key, JsonView) {
            request.features |= camelCase(key) == "functionDeclarations" ? Feature::Tools : Feature::HostedTools;
            return true;
        });
        return true;
    });
    if (field(root, "cachedContent").type() == JsonType::String) {
        request.features |= Feature::Stateful;
        request.namesOther = true;
    }
    request.serviceTier = field(root, "serviceTier").text().value_or(QByteArray()).left(60);
    contents.eachElement([&](JsonView content) {
        readParts(content, request);
        return true;
    });
    return std::nullopt;
}

std::optional<CallError> readEmbed(CallRequest& request)
{
    request.features |= Feature::Embeddings;
    const JsonView batch = field(request.root, "requests");
    if (!batch.isMissing()) {
        if (!hasContent(batch))
            return invalidRequest(QStringLiteral("\"requests\" must be a list with at least one request."), "requests");
        batch.eachElement([&](JsonView one) {
            readParts(field(one, "content"), request);
            return true;
        });
        return std::nullopt;
    }
    const JsonView content = field(request.root, "content");
    if (content.type() != JsonType::Object)
        return invalidRequest(QStringLiteral("\"content\" must be an object with parts."), "content");
    readParts(content, request);
    return std::nullopt;
}

} // namespace gateway::transform::gemini
