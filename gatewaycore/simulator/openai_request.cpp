#include "simulator/openai_request.h"

namespace gateway::simulator {
namespace {

Fault chatFault(const QString& message, const QString& param, const QString& code)
{
    return {400, message, param, code.toUtf8()};
}

// The text of a message's content: a string, or the text parts of a list.
QString textOf(const QJsonValue& content)
{
    if (content.isString())
        return content.toString();
    QString text;
    for (const QJsonValue& part : content.toArray()) {
        if (part[u"type"].toString() == QLatin1String("text"))
            text += part[u"text"].toString();
    }
    return text;
}

std::optional<Fault> readMessages(const QJsonArray& messages, ChatRequest& request)
{
    qsizetype bytes = 0;
    int index = 0;
    for (const QJsonValue& message : messages) {
        const QString role = message[u"role"].toString();
        static const QStringList roles{QStringLiteral("developer"), QStringLiteral("system"), QStringLiteral("user"),
            QStringLiteral("assistant"), QStringLiteral("tool"), QStringLiteral("function")};
        if (!roles.contains(role))
            return chatFault(QStringLiteral("Invalid value: '%1'. Supported values are: 'system', 'assistant', 'user', "
                                            "'function', 'tool', and 'developer'.")
                                 .arg(role),
                QStringLiteral("messages[%1].role").arg(index), QStringLiteral("invalid_value"));
        const QString text = textOf(message[u"content"]);
        bytes += text.toUtf8().size();
        if (role == QLatin1String("user"))
            request.prompt = text;
        request.toolResult = role == QLatin1String("tool") ? text : QString();
        ++index;
    }
    request.promptTokens = roughTokens(bytes, index);
    return std::nullopt;
}

std::optional<Fault> readTools(const QJsonObject& body, ChatRequest& request)
{
    int index = 0;
    for (const QJsonValue& tool : body[u"tools"].toArray()) {
        const QString kind = tool[u"type"].toString();
        const QJsonObject function = tool[u"function"].toObject();
        if (kind != QLatin1String("function") || function[u"name"].toString().isEmpty())
            return chatFault(QStringLiteral("Invalid tool: a function with a name is expected."),
                QStringLiteral("tools[%1]").arg(index), QStringLiteral("invalid_value"));
        request.tools.append({function[u"name"].toString(), function[u"parameters"].toObject()});
        ++index;
    }
    const QJsonValue choice = body[u"tool_choice"];
    request.mayCallTool = choice.toString() != QLatin1String("none") && !request.tools.isEmpty();
    request.namedTool = choice[u"function"][u"name"].toString();
    request.mustCallTool =
        request.mayCallTool && (choice.toString() == QLatin1String("required") || !request.namedTool.isEmpty());
    request.parallelTools = body[u"parallel_tool_calls"].toBool(true);
    if (request.mustCallTool && request.tools.isEmpty())
        return chatFault(QStringLiteral("'tool_choice' is only allowed when 'tools' are specified."),
            QStringLiteral("tool_choice"), {});
    return std::nullopt;
}

} // namespace

std::optional<Fault> readChatRequest(const QByteArray& bytes, const QByteArray& model, ChatRequest& request)
{
    request.model = QString::fromUtf8(model);
    const auto document = jsonObject(bytes);
    if (!document)
        return chatFault(QStringLiteral("We could not parse the JSON body of your request."), {}, {});
    const QJsonObject& body = *document;
    if (model.isEmpty())
        request.model = body[u"model"].toString();
    if (request.model.isEmpty())
        return chatFault(QStringLiteral("you must provide a model parameter"), {}, {});
    if (!body[u"messages"].isArray() || body[u"messages"].toArray().isEmpty())
        return chatFault(QStringLiteral("Missing required parameter: 'messages'."), QStringLiteral("messages"),
            QStringLiteral("missing_required_parameter"));
    if (body[u"n"].toInt(1) != 1)
        return chatFault(QStringLiteral("The simulator answers with one choice; n must be 1."), QStringLiteral("n"),
            QStringLiteral("unsupported_value"));
    if (auto fault = readMessages(body[u"messages"].toArray(), request))
        return fault;
    if (auto fault = readTools(body, request))
        return fault;
    for (const auto name : {QLatin1String("max_completion_tokens"), QLatin1String("max_tokens")}) {
        const QJsonValue limit = body[name];
        if (limit.isUndefined() || limit.isNull())
            continue;
        if (!limit.isDouble() || limit.toInteger(-1) < 1)
            return chatFault(QStringLiteral("Invalid value: max tokens is an integer above zero."), QString(name),
                QStringLiteral("invalid_value"));
        request.maxTokens = int(std::min<qint64>(limit.toInteger(), 1'000'000));
        break;
    }
    if (body[u"stop"].isString())
        request.stopSequences.append(body[u"stop"].toString());
    for (const QJsonValue& one : body[u"stop"].toArray())
        request.stopSequences.append(one.toString());
    const QString effort = body[u"reasoning_effort"].toString(QStringLiteral("none"));
    request.thinks = effort != QLatin1String("none");
    request.stream = body[u"stream"].toBool();
    request.includeUsage = body[u"stream_options"][u"include_usage"].toBool();
    const QJsonObject format = body[u"response_format"].toObject();
    request.wantsJson = format[u"type"].toString().startsWith(QLatin1String("json"));
    request.jsonSchema = format[u"json_schema"][u"schema"].toObject();
    return std::nullopt;
}

} // namespace gateway::simulator
