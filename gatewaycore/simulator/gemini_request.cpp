#include "simulator/gemini_request.h"

#include "simulator/gemini_contents.h"
#include "simulator/gemini_schema.h"

namespace gateway::simulator {
namespace {

using MaybeFault = std::optional<Fault>;

QStringList namesOf(const char* list)
{
    return QString::fromLatin1(list).split(QLatin1Char(' '));
}

const QStringList& topNames()
{
    static const QStringList names =
        namesOf("model contents systemInstruction tools toolConfig generationConfig safetySettings cachedContent "
                "serviceTier labels store");
    return names;
}

const QStringList& configNames()
{
    static const QStringList names = namesOf(
        "temperature topP topK candidateCount maxOutputTokens stopSequences responseLogprobs logprobs presencePenalty "
        "frequencyPenalty seed responseMimeType responseSchema responseJsonSchema thinkingConfig responseModalities "
        "mediaResolution speechConfig imageConfig enableEnhancedCivicAnswers audioTimestamp");
    return names;
}

MaybeFault faultOf(const QStringList& sentences)
{
    return sentences.isEmpty() ? std::nullopt : std::optional(geminiFault(sentences.join(QLatin1Char('\n'))));
}

MaybeFault readTools(const QJsonArray& tools, ChatRequest& request)
{
    static const QStringList declarationNames =
        namesOf("name description parameters parametersJsonSchema response responseJsonSchema behavior");
    QStringList wrong;
    for (qsizetype t = 0; t < tools.size(); ++t) {
        const QJsonArray declarations = tools[t][u"functionDeclarations"].toArray();
        for (qsizetype d = 0; d < declarations.size(); ++d) {
            const QJsonObject one = declarations[d].toObject();
            const QString place = QStringLiteral("tools[%1].function_declarations[%2]").arg(t).arg(d);
            wrong += unknownNames(one, declarationNames, place);
            const QString name = one[u"name"].toString();
            if (name.isEmpty())
                return geminiFault(
                    QStringLiteral("* GenerateContentRequest.%1.name: Invalid function name. Must start with a letter "
                                   "or an underscore.\n")
                        .arg(place));
            if (one.contains(u"parameters") && one.contains(u"parametersJsonSchema"))
                return geminiFault(QStringLiteral("* GenerateContentRequest.%1: only one of parameters and "
                                                  "parameters_json_schema may be set.\n")
                                       .arg(place));
            if (one.contains(u"parameters"))
                wrong += geminiSchemaFaults(one[u"parameters"], place + QStringLiteral(".parameters"));
            const QJsonObject schema =
                one.contains(u"parameters") ? one[u"parameters"].toObject() : one[u"parametersJsonSchema"].toObject();
            request.tools.append({name, schema});
        }
    }
    return faultOf(wrong);
}

MaybeFault readToolConfig(const QJsonObject& body, ChatRequest& request)
{
    const QJsonValue config = body[u"toolConfig"][u"functionCallingConfig"];
    const QString mode = config[u"mode"].toString(QStringLiteral("AUTO")).toUpper();
    if (!namesOf("AUTO ANY NONE VALIDATED MODE_UNSPECIFIED").contains(mode))
        return geminiFault(
            QStringLiteral("Invalid value at 'tool_config.function_calling_config.mode', \"%1\"").arg(mode));
    const QJsonArray allowed = config[u"allowedFunctionNames"].toArray();
    if (!allowed.isEmpty() && mode != QLatin1String("ANY") && mode != QLatin1String("VALIDATED"))
        return geminiFault(QStringLiteral("Invalid function_calling_config. allowed_function_names should only be set "
                                          "when the mode is ANY or VALIDATED."));
    request.mayCallTool = mode != QLatin1String("NONE") && !request.tools.isEmpty();
    request.mustCallTool = request.mayCallTool && mode == QLatin1String("ANY");
    if (!allowed.isEmpty())
        request.namedTool = allowed[0].toString();
    return std::nullopt;
}

MaybeFault readConfig(const QJsonObject& config, ChatRequest& request)
{
    QStringList wrong = unknownNames(config, configNames(), QStringLiteral("generation_config"));
    if (config.contains(u"responseSchema"))
        wrong += geminiSchemaFaults(config[u"responseSchema"], QStringLiteral("generation_config.response_schema"));
    if (!wrong.isEmpty())
        return faultOf(wrong);
    if (config[u"candidateCount"].toInt(1) != 1)
        return geminiFault(QStringLiteral("Multiple candidates is not enabled for this model"));
    const bool schema = config.contains(u"responseSchema") || config.contains(u"responseJsonSchema");
    request.wantsJson = config[u"responseMimeType"].toString() == QLatin1String("application/json");
    if (schema && !request.wantsJson)
        return geminiFault(QStringLiteral("Response schema is only supported with a response mime type of "
                                          "'application/json'."));
    request.jsonSchema = config.contains(u"responseSchema") ? config[u"responseSchema"].toObject()
                                                            : config[u"responseJsonSchema"].toObject();
    if (const qint64 limit = config[u"maxOutputTokens"].toInteger(0); limit > 0)
        request.maxTokens = int(std::min<qint64>(limit, 1'000'000));
    else if (config.contains(u"maxOutputTokens"))
        return geminiFault(QStringLiteral("Unable to submit request because it has a maxOutputTokens value of %1 but "
                                          "the supported range is from 1 (inclusive) to 65537 (exclusive).")
                               .arg(limit));
    const QJsonArray stops = config[u"stopSequences"].toArray();
    if (stops.size() > 5)
        return geminiFault(QStringLiteral("Up to 5 stop sequences are supported."));
    for (const QJsonValue& one : stops)
        request.stopSequences.append(one.toString());
    const QJsonObject thinking = config[u"thinkingConfig"].toObject();
    wrong = unknownNames(thinking, namesOf("includeThoughts thinkingBudget thinkingLevel"),
        QStringLiteral("generation_config.thinking_config"));
    if (!wrong.isEmpty())
        return faultOf(wrong);
    if (thinking.contains(u"thinkingBudget") && thinking.contains(u"thinkingLevel"))
        return geminiFault(QStringLiteral("You can only set only one of thinking budget and thinking level."));
    request.thinks = thinking[u"includeThoughts"].toBool() || thinking[u"thinkingBudget"].toInt(0) != 0 ||
                     thinking.contains(u"thinkingLevel");
    request.showsThinking = thinking[u"includeThoughts"].toBool();
    return std::nullopt;
}

// {"instances":[{"content":"..."}],"parameters":{"outputDimensionality":n}}
MaybeFault readInstances(const QJsonObject& body, QStringList& texts, int& dimensions)
{
    for (const QJsonValue& instance : body[u"instances"].toArray())
        texts.append(instance[u"content"].toString());
    if (texts.isEmpty() || texts.contains(QString()))
        return geminiFault(QStringLiteral("Request contains an invalid argument: instances[].content is empty."));
    dimensions = body[u"parameters"][u"outputDimensionality"].toInt(dimensions);
    return std::nullopt;
}

} // namespace

std::optional<Fault> readGeminiRequest(SimCall& call)
{
    ChatRequest& request = call.chat;
    request.model = QString::fromUtf8(call.route.model);
    request.stream = call.route.endpoint == Endpoint::GeminiStream;
    const auto object = jsonObject(call.http.body);
    if (!object)
        return geminiFault(QStringLiteral("Invalid JSON payload received. Expected a value.\n\n^"));
    QJsonObject body = *object;
    if (call.route.endpoint == Endpoint::GeminiCountTokens && body.contains(u"generateContentRequest"))
        body = body[u"generateContentRequest"].toObject();
    if (auto fault = faultOf(unknownNames(body, topNames(), {})))
        return fault;
    if (auto fault = readTools(body[u"tools"].toArray(), request))
        return fault;
    if (auto fault = readToolConfig(body, request))
        return fault;
    if (auto fault = readConfig(body[u"generationConfig"].toObject(), request))
        return fault;
    qsizetype bytes = 0;
    for (const QJsonValue& part : body[u"systemInstruction"][u"parts"].toArray())
        bytes += part[u"text"].toString().toUtf8().size();
    const QJsonArray contents = body[u"contents"].toArray();
    if (auto fault = readGeminiContents(contents, request, bytes))
        return fault;
    request.promptTokens = roughTokens(bytes, contents.size());
    return std::nullopt;
}

std::optional<Fault> readGeminiEmbedding(const SimCall& call, QStringList& texts, int& dimensions)
{
    const auto body = jsonObject(call.http.body);
    if (!body)
        return geminiFault(QStringLiteral("Invalid JSON payload received. Expected a value.\n\n^"));
    if (call.route.endpoint == Endpoint::GeminiPredict)
        return readInstances(*body, texts, dimensions);
    const bool batch = call.route.endpoint == Endpoint::GeminiBatchEmbed;
    const QJsonArray requests = batch ? (*body)[u"requests"].toArray() : QJsonArray{*body};
    if (requests.isEmpty())
        return geminiFault(QStringLiteral("* BatchEmbedContentsRequest.requests: requests is not specified\n"));
    for (const QJsonValue& one : requests) {
        if (batch && !one[u"model"].toString().startsWith(QLatin1String("models/")))
            return geminiFault(QStringLiteral("* BatchEmbedContentsRequest.requests[%1].model: unexpected model name "
                                              "format\n")
                                   .arg(texts.size()));
        QString text;
        for (const QJsonValue& part : one[u"content"][u"parts"].toArray())
            text += part[u"text"].toString();
        if (text.isEmpty())
            return geminiFault(QStringLiteral("* EmbedContentRequest.content: contents is not specified\n"));
        texts.append(text);
        dimensions = one[u"outputDimensionality"].toInt(dimensions);
    }
    return std::nullopt;
}

} // namespace gateway::simulator
