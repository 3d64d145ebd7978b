#include "simulator/gemini_contents.h"

#include "simulator/gemini_schema.h"
#include "simulator/signer.h"

namespace gateway::simulator {
namespace {

using MaybeFault = std::optional<Fault>;

const QStringList& partNames()
{
    static const QStringList names{QStringLiteral("text"), QStringLiteral("inlineData"), QStringLiteral("fileData"),
        QStringLiteral("functionCall"), QStringLiteral("functionResponse"), QStringLiteral("executableCode"),
        QStringLiteral("codeExecutionResult"), QStringLiteral("thought"), QStringLiteral("thoughtSignature"),
        QStringLiteral("videoMetadata"), QStringLiteral("mediaResolution"), QStringLiteral("partMetadata")};
    return names;
}

constexpr const char* kData[] = {
    "text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult"};

bool isSkip(const QByteArray& signature)
{
    return signature == "skip_thought_signature_validator" || signature == "context_engineering_is_the_way_to_go";
}

int dataOf(const QJsonObject& part)
{
    return int(std::count_if(
        std::begin(kData), std::end(kData), [&](const char* name) { return part.contains(QLatin1String(name)); }));
}

int countOf(const QJsonValue& content, QStringView name)
{
    int count = 0;
    for (const QJsonValue& part : content[u"parts"].toArray())
        count += part.toObject().contains(name) ? 1 : 0;
    return count;
}

MaybeFault checkPart(const QJsonObject& part, const QString& place)
{
    const QStringList unknown = unknownNames(part, partNames(), place);
    if (!unknown.isEmpty())
        return geminiFault(unknown.join(QLatin1Char('\n')));
    if (dataOf(part) > 1)
        return geminiFault(
            QStringLiteral("Invalid value at '%1' (oneof), oneof field 'data' is already set.").arg(place));
    if (dataOf(part) == 0 && !part.contains(u"thoughtSignature"))
        return geminiFault(
            QStringLiteral("* GenerateContentRequest.%1.data: required oneof field 'data' must have one initialized "
                           "field")
                .arg(place));
    if (part.contains(u"functionCall") && !part[u"functionCall"][u"args"].isUndefined() &&
        !part[u"functionCall"][u"args"].isObject())
        return geminiFault(QStringLiteral("Invalid value at '%1.function_call.args' (type.googleapis.com/google."
                                          "protobuf.Struct)")
                               .arg(place));
    if (part.contains(u"functionResponse") && !part[u"functionResponse"][u"response"].isObject())
        return geminiFault(QStringLiteral("Invalid value at '%1.function_response.response' (type.googleapis.com/"
                                          "google.protobuf.Struct)")
                               .arg(place));
    const QByteArray signature = part[u"thoughtSignature"].toString().toUtf8();
    if (!signature.isEmpty() && !isSkip(signature) && !isSeal("thought", signature))
        return geminiFault(QStringLiteral("Corrupted thought signature."));
    return std::nullopt;
}

// Every turn of calls stands behind a user's turn and is answered in the next one, call by call.
MaybeFault checkCalls(const QJsonArray& contents)
{
    for (qsizetype i = 0; i < contents.size(); ++i) {
        const int calls = countOf(contents[i], u"functionCall");
        const int answers = countOf(contents[i], u"functionResponse");
        const QString before = i > 0 ? contents[i - 1][u"role"].toString() : QString();
        if (calls > 0 && (i == 0 || before == QLatin1String("model")))
            return geminiFault(QStringLiteral("Please ensure that function call turn comes immediately after a user "
                                              "turn or after a function response turn."));
        if (calls > 0 && i + 1 < contents.size() && countOf(contents[i + 1], u"functionResponse") != calls)
            return geminiFault(
                QStringLiteral("Please ensure that the number of function response parts is equal to the number of "
                               "function call parts of the function call turn."));
        if (answers > 0 && (i == 0 || countOf(contents[i - 1], u"functionCall") == 0))
            return geminiFault(QStringLiteral("Please ensure that function response turn comes immediately after a "
                                              "function call turn."));
    }
    return std::nullopt;
}

// In the current turn, the one since the user last said something, each step's first call carries its signature.
MaybeFault checkSignatures(const QJsonArray& contents)
{
    for (qsizetype i = contents.size() - 1; i >= 0; --i) {
        const QJsonValue content = contents[i];
        if (content[u"role"].toString() != QLatin1String("model")) {
            if (countOf(content, u"functionResponse") == 0)
                return std::nullopt;
            continue;
        }
        int position = 0;
        for (const QJsonValue& part : content[u"parts"].toArray()) {
            ++position;
            if (!part.toObject().contains(u"functionCall"))
                continue;
            if (part[u"thoughtSignature"].toString().isEmpty())
                return geminiFault(
                    QStringLiteral("Function call is missing a thought_signature in functionCall parts. This is "
                                   "required for tools to work correctly, and missing thought_signature may lead to "
                                   "degraded model performance. Additional data, function call `default_api:%1` , "
                                   "position %2. Please refer to "
                                   "https://ai.google.dev/gemini-api/docs/thought-signatures for more details.")
                        .arg(part[u"functionCall"][u"name"].toString())
                        .arg(position));
            break;
        }
    }
    return std::nullopt;
}

void readText(const QJsonValue& content, ChatRequest& request, qsizetype& bytes)
{
    QString text;
    request.toolResult.clear();
    for (const QJsonValue& part : content[u"parts"].toArray()) {
        text += part[u"text"].toString();
        const QJsonObject response = part[u"functionResponse"][u"response"].toObject();
        for (const auto name : {QLatin1String("output"), QLatin1String("result"), QLatin1String("content")}) {
            if (response[name].isString())
                request.toolResult = response[name].toString();
        }
        if (!response.isEmpty() && request.toolResult.isEmpty())
            request.toolResult = QStringLiteral("something");
    }
    bytes += text.toUtf8().size() + request.toolResult.toUtf8().size();
    if (content[u"role"].toString() != QLatin1String("model") && !text.isEmpty())
        request.prompt = text;
}

} // namespace

Fault geminiFault(const QString& message)
{
    return {400, message, {}, {}};
}

QByteArray thoughtSignature(quint64 number)
{
    return sealOf("thought", number);
}

std::optional<Fault> readGeminiContents(const QJsonArray& contents, ChatRequest& request, qsizetype& bytes)
{
    if (contents.isEmpty())
        return geminiFault(QStringLiteral("* GenerateContentRequest.contents: contents is not specified\n"));
    for (qsizetype i = 0; i < contents.size(); ++i) {
        const QJsonValue content = contents[i];
        const QString role = content[u"role"].toString();
        if (!role.isEmpty() && role != QLatin1String("user") && role != QLatin1String("model") &&
            role != QLatin1String("function"))
            return geminiFault(QStringLiteral("Please use a valid role: user, model."));
        const QJsonArray parts = content[u"parts"].toArray();
        if (parts.isEmpty())
            return geminiFault(
                QStringLiteral("* GenerateContentRequest.contents[%1].parts: contents.parts must not be empty.\n")
                    .arg(i));
        for (qsizetype part = 0; part < parts.size(); ++part) {
            const QString place = QStringLiteral("contents[%1].parts[%2]").arg(i).arg(part);
            if (auto fault = checkPart(parts[part].toObject(), place))
                return fault;
        }
        readText(content, request, bytes);
    }
    if (auto fault = checkCalls(contents))
        return fault;
    return checkSignatures(contents);
}

} // namespace gateway::simulator
