#include "simulator/bedrock_request.h"

#include "simulator/signer.h"

namespace gateway::simulator {
namespace {

using MaybeFault = std::optional<Fault>;

constexpr int kMaxCachePoints = 4;

Fault invalid(const QString& message)
{
    return {400, message, {}, {}};
}

constexpr const char* kFields[] = {"messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig",
    "additionalModelRequestFields", "additionalModelResponseFieldPaths", "promptVariables", "requestMetadata",
    "performanceConfig", "serviceTier", "outputConfig"};

constexpr const char* kBlocks[] = {"text", "image", "document", "video", "audio", "toolUse", "toolResult",
    "guardContent", "cachePoint", "reasoningContent", "citationsContent", "searchResult"};

bool fits(const QString& name, qsizetype most)
{
    return !name.isEmpty() && name.size() <= most && std::all_of(name.begin(), name.end(), [](QChar c) {
        return c.unicode() < 128 && (c.isLetterOrNumber() || c == u'_' || c == u'-');
    });
}

class Turns
{
public:
    explicit Turns(ChatRequest& request) : m_request(request) {}

    MaybeFault read(const QJsonArray& messages)
    {
        for (const QJsonValue& message : messages) {
            if (auto fault = readMessage(message))
                return fault;
            ++m_index;
        }
        if (!m_open.isEmpty())
            return unanswered();
        return std::nullopt;
    }

    bool toolBlocks() const { return m_toolBlocks; }
    int cachePoints() const { return m_cachePoints; }
    qsizetype bytes() const { return m_bytes; }

private:
    MaybeFault readMessage(const QJsonValue& message)
    {
        const QString role = message[u"role"].toString();
        if (role != QLatin1String("user") && role != QLatin1String("assistant"))
            return invalid(
                QStringLiteral("1 validation error detected: Value '%1' at 'messages.%2.member.role' failed "
                               "to satisfy constraint: Member must satisfy enum value set: [user, assistant]")
                    .arg(role)
                    .arg(m_index + 1));
        if (m_index == 0 && role != QLatin1String("user"))
            return invalid(QStringLiteral("A conversation must start with a user message. Try again with a "
                                          "conversation that starts with a user message."));
        if (role == m_role)
            return invalid(QStringLiteral("A conversation must alternate between user and assistant roles. Make sure "
                                          "the conversation alternates between user and assistant roles and try "
                                          "again."));
        m_role = role;
        const QJsonArray blocks = message[u"content"].toArray();
        if (blocks.isEmpty())
            return invalid(QStringLiteral("The content field in the Message object at messages.%1 is empty. Add a "
                                          "ContentBlock object to the content field and try again.")
                               .arg(m_index));
        m_calls.clear();
        m_text.clear();
        m_request.toolResult.clear();
        int at = 0;
        for (const QJsonValue& block : blocks) {
            if (auto fault = readBlock(block.toObject(), at++))
                return fault;
        }
        if (!m_open.isEmpty())
            return unanswered();
        m_open = m_calls;
        if (role == QLatin1String("user") && !m_text.isEmpty())
            m_request.prompt = m_text;
        m_bytes += m_text.toUtf8().size() + m_request.toolResult.toUtf8().size();
        return std::nullopt;
    }

    MaybeFault readBlock(const QJsonObject& block, int at)
    {
        const auto known = std::find_if(std::begin(kBlocks), std::end(kBlocks),
            [&](const char* name) { return block.contains(QLatin1String(name)); });
        if (block.size() != 1 || known == std::end(kBlocks))
            return invalid(QStringLiteral("ContentBlock object at messages.%1.content.%2 must set one of the following "
                                          "keys: text, image, toolUse, toolResult, document, video, cachePoint, "
                                          "reasoningContent, citationsContent, searchResult.")
                               .arg(m_index)
                               .arg(at));
        if (block.contains(u"cachePoint"))
            ++m_cachePoints;
        if (block.contains(u"text"))
            return readText(block[u"text"].toString(), at);
        if (block.contains(u"toolUse"))
            return readToolUse(block[u"toolUse"].toObject(), at);
        if (block.contains(u"toolResult"))
            return readToolResult(block[u"toolResult"].toObject(), at);
        if (block.contains(u"reasoningContent"))
            return readReasoning(block[u"reasoningContent"][u"reasoningText"], at);
        return std::nullopt;
    }

    MaybeFault readText(const QString& text, int at)
    {
        if (text.trimmed().isEmpty())
            return invalid(QStringLiteral("The text field in the ContentBlock object at messages.%1.content.%2 is "
                                          "blank. Add text to the text field, and try again.")
                               .arg(m_index)
                               .arg(at));
        m_text += text;
        return std::nullopt;
    }

    MaybeFault readToolUse(const QJsonObject& use, int at)
    {
        m_toolBlocks = true;
        const QString id = use[u"toolUseId"].toString();
        if (m_role != QLatin1String("assistant"))
            return invalid(QStringLiteral("User messages cannot contain tool uses. Remove the tool use at "
                                          "messages.%1.content.%2 and try again.")
                               .arg(m_index)
                               .arg(at));
        if (!fits(id, 64) || !fits(use[u"name"].toString(), 64))
            return invalid(QStringLiteral("1 validation error detected: Value at 'messages.%1.member.content.%2.member."
                                          "toolUse' failed to satisfy constraint: Member must satisfy regular "
                                          "expression pattern: [a-zA-Z0-9_-]+")
                               .arg(m_index + 1)
                               .arg(at + 1));
        if (!use[u"input"].isObject())
            return invalid(QStringLiteral("The format of the value at messages.%1.content.%2.toolUse.input is invalid. "
                                          "Provide a json object for the field and try again.")
                               .arg(m_index)
                               .arg(at));
        m_calls.append(id);
        return std::nullopt;
    }

    MaybeFault readToolResult(const QJsonObject& result, int at)
    {
        m_toolBlocks = true;
        if (!m_open.removeOne(result[u"toolUseId"].toString()))
            return invalid(QStringLiteral("The number of toolResult blocks at messages.%1.content exceeds the number "
                                          "of toolUse blocks of previous turn.")
                               .arg(m_index));
        const QJsonArray content = result[u"content"].toArray();
        if (content.isEmpty() && result[u"status"].toString() == QLatin1String("error"))
            return invalid(QStringLiteral("The content field at messages.%1.content.%2.toolResult cannot be empty "
                                          "when status value is error.")
                               .arg(m_index)
                               .arg(at));
        for (const QJsonValue& part : content) {
            if (part.toObject().contains(u"json") && !part[u"json"].isObject())
                return invalid(QStringLiteral("The format of the value at messages.%1.content.%2.toolResult.content.0."
                                              "json is invalid. Provide a json object for the field and try again.")
                                   .arg(m_index)
                                   .arg(at));
            m_request.toolResult += part[u"text"].toString();
        }
        if (m_request.toolResult.isEmpty())
            m_request.toolResult = QStringLiteral("something");
        return std::nullopt;
    }

    MaybeFault readReasoning(const QJsonValue& reasoning, int at)
    {
        const QByteArray signature = reasoning[u"signature"].toString().toUtf8();
        if (reasoning.isObject() && !isSignatureOf(signature, reasoning[u"text"].toString().toUtf8()))
            return invalid(QStringLiteral("The model returned the following errors: messages.%1.content.%2: Invalid "
                                          "`signature` in `thinking` block")
                               .arg(m_index)
                               .arg(at));
        return std::nullopt;
    }

    Fault unanswered() const
    {
        return invalid(QStringLiteral("Expected toolResult blocks at messages.%1.content for the following Ids: %2")
                           .arg(m_index)
                           .arg(m_open.join(QLatin1String(", "))));
    }

    ChatRequest& m_request;
    QStringList m_open;
    QStringList m_calls;
    QString m_role;
    QString m_text;
    qsizetype m_bytes = 0;
    int m_index = 0;
    int m_cachePoints = 0;
    bool m_toolBlocks = false;
};

MaybeFault readTools(const QJsonValue& config, ChatRequest& request, int& cachePoints)
{
    if (config.isUndefined())
        return std::nullopt;
    const QJsonArray tools = config[u"tools"].toArray();
    if (tools.isEmpty())
        return invalid(QStringLiteral("1 validation error detected: Value '[]' at 'toolConfig.tools' failed to satisfy "
                                      "constraint: Member must have length greater than or equal to 1"));
    int at = 0;
    for (const QJsonValue& tool : tools) {
        if (tool.toObject().contains(u"cachePoint")) {
            ++cachePoints;
            continue;
        }
        const QJsonValue spec = tool[u"toolSpec"];
        const QJsonObject schema = spec[u"inputSchema"][u"json"].toObject();
        if (!fits(spec[u"name"].toString(), 64) || schema.isEmpty())
            return invalid(QStringLiteral("The value at toolConfig.tools.%1.toolSpec.inputSchema.json.type must be one "
                                          "of the following: object.")
                               .arg(at));
        if (schema[u"type"].toString() != QLatin1String("object"))
            return invalid(QStringLiteral("The value at toolConfig.tools.%1.toolSpec.inputSchema.json.type must be one "
                                          "of the following: object.")
                               .arg(at));
        if (spec.toObject().contains(u"description") && spec[u"description"].toString().isEmpty())
            return invalid(QStringLiteral("1 validation error detected: Value '' at 'toolConfig.tools.%1.member."
                                          "toolSpec.description' failed to satisfy constraint: Member must have length "
                                          "greater than or equal to 1")
                               .arg(at + 1));
        request.tools.append({spec[u"name"].toString(), schema});
        ++at;
    }
    const QJsonObject choice = config[u"toolChoice"].toObject();
    if (choice.size() > 1 ||
        (choice.size() == 1 && !choice.contains(u"auto") && !choice.contains(u"any") && !choice.contains(u"tool")))
        return invalid(QStringLiteral("The toolChoice object at toolConfig.toolChoice must set one of the following "
                                      "keys: auto, any, tool."));
    request.namedTool = choice[u"tool"][u"name"].toString();
    request.mustCallTool = choice.contains(u"any") || choice.contains(u"tool");
    return std::nullopt;
}

MaybeFault readInference(const QJsonObject& config, ChatRequest& request)
{
    static const QStringList known{QStringLiteral("maxTokens"), QStringLiteral("temperature"), QStringLiteral("topP"),
        QStringLiteral("stopSequences")};
    for (auto it = config.begin(); it != config.end(); ++it) {
        if (!known.contains(it.key()))
            return invalid(QStringLiteral("Malformed input request: #/inferenceConfig: extraneous key [%1] is not "
                                          "permitted, please reformat your input and try again.")
                               .arg(it.key()));
    }
    if (config.contains(u"maxTokens") && config[u"maxTokens"].toInteger(0) < 1)
        return invalid(QStringLiteral("1 validation error detected: Value '%1' at 'inferenceConfig.maxTokens' failed "
                                      "to satisfy constraint: Member must have value greater than or equal to 1")
                           .arg(config[u"maxTokens"].toInteger(0)));
    if (config.contains(u"maxTokens"))
        request.maxTokens = int(std::min<qint64>(config[u"maxTokens"].toInteger(), 1'000'000));
    for (const QJsonValue& one : config[u"stopSequences"].toArray())
        request.stopSequences.append(one.toString());
    return std::nullopt;
}

} // namespace

std::optional<Fault> readBedrockRequest(SimCall& call)
{
    ChatRequest& request = call.chat;
    request.model = QString::fromUtf8(call.route.model);
    request.stream = call.route.endpoint == Endpoint::ConverseStream;
    const auto object = jsonObject(call.http.body);
    if (!object)
        return Fault{400, QStringLiteral("Unexpected end of input"), {}, "SerializationException"};
    const QJsonObject& body = *object;
    for (auto it = body.begin(); it != body.end(); ++it) {
        if (std::none_of(std::begin(kFields), std::end(kFields),
                [&](const char* field) { return it.key() == QLatin1String(field); }))
            return invalid(QStringLiteral("Malformed input request: #: extraneous key [%1] is not permitted, please "
                                          "reformat your input and try again.")
                               .arg(it.key()));
    }
    const QJsonArray messages = body[u"messages"].toArray();
    if (messages.isEmpty())
        return invalid(QStringLiteral("The messages field is empty. Add a message and try again."));
    Turns turns(request);
    if (auto fault = turns.read(messages))
        return fault;
    int cachePoints = turns.cachePoints();
    qsizetype bytes = turns.bytes();
    for (const QJsonValue& block : body[u"system"].toArray()) {
        cachePoints += block.toObject().contains(u"cachePoint") ? 1 : 0;
        bytes += block[u"text"].toString().toUtf8().size();
    }
    if (auto fault = readTools(body[u"toolConfig"], request, cachePoints))
        return fault;
    if (turns.toolBlocks() && request.tools.isEmpty())
        return invalid(
            QStringLiteral("The toolConfig field must be defined when using toolUse and toolResult content blocks."));
    if (cachePoints > kMaxCachePoints)
        return invalid(QStringLiteral("You have exceeded the maximum of 4 cache points: %1.").arg(cachePoints));
    if (auto fault = readInference(body[u"inferenceConfig"].toObject(), request))
        return fault;
    const QString thinking = body[u"additionalModelRequestFields"][u"thinking"][u"type"].toString();
    request.thinks = !thinking.isEmpty() && thinking != QLatin1String("disabled");
    request.mayCallTool = !request.tools.isEmpty();
    request.promptTokens = roughTokens(bytes, messages.size());
    return std::nullopt;
}

} // namespace gateway::simulator
