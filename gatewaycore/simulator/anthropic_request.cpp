#include "simulator/anthropic_request.h"

#include "simulator/anthropic_messages.h"

namespace gateway::simulator {
namespace {

using MaybeFault = std::optional<Fault>;

constexpr const char* kFields[] = {"max_tokens", "messages", "model", "system", "tools", "tool_choice", "thinking",
    "output_config", "stop_sequences", "stream", "metadata", "cache_control", "service_tier", "speed", "inference_geo",
    "container", "diagnostics", "user_profile_id", "workspace_id", "temperature", "top_p", "top_k"};
constexpr const char* kOldFields[] = {"temperature", "top_p", "top_k"}; // gone with 2026-10-21
constexpr int kMaxBreakpoints = 4;

bool isTrue(const QJsonValue& value)
{
    return value.isBool() && value.toBool();
}

QString typeOf(const QJsonValue& value)
{
    return value[u"type"].toString();
}

MaybeFault checkFields(const QJsonObject& body, const SimCall& call, bool newVersion)
{
    const bool beta = !call.http.header("anthropic-beta").isEmpty(); // may bring fields we do not know
    for (auto it = body.begin(); it != body.end(); ++it) {
        const bool known = std::any_of(std::begin(kFields), std::end(kFields),
            [&](const char* field) { return it.key() == QLatin1String(field); });
        const bool ofVertex = call.route.vertex && it.key() == QLatin1String("anthropic_version");
        if ((!known && !ofVertex && !beta) || (call.route.vertex && it.key() == QLatin1String("model")))
            return anthropicFault(QStringLiteral("%1: Extra inputs are not permitted").arg(it.key()));
    }
    for (const char* field : kOldFields) {
        if (newVersion && body.contains(QLatin1String(field)))
            return anthropicFault(
                QStringLiteral("%1: this parameter is not supported by version 2026-10-21").arg(QLatin1String(field)));
    }
    const QJsonValue temperature = body[u"temperature"];
    if (!temperature.isUndefined() && !(temperature.toDouble(-1) >= 0 && temperature.toDouble(-1) <= 1))
        return anthropicFault(QStringLiteral("temperature: range: 0..1"));
    return std::nullopt;
}

MaybeFault readVersion(const SimCall& call, const QJsonObject& body, bool& newVersion)
{
    if (call.route.vertex) {
        if (body[u"anthropic_version"].toString() != QLatin1String("vertex-2023-10-16"))
            return anthropicFault(QStringLiteral("anthropic_version: Field required"));
        return std::nullopt;
    }
    const QByteArray version = call.http.header("anthropic-version");
    if (version.isEmpty())
        return anthropicFault(QStringLiteral("anthropic-version: header is required"));
    if (version != "2023-06-01" && version != "2026-10-21")
        return anthropicFault(
            QStringLiteral("anthropic-version: \"%1\" is not a valid version").arg(QString::fromUtf8(version)));
    newVersion = version == "2026-10-21";
    return std::nullopt;
}

MaybeFault readSystem(const QJsonValue& system, AnthropicTurns& turns)
{
    if (system.isString()) {
        turns.bytes += system.toString().toUtf8().size();
        return std::nullopt;
    }
    if (!system.isUndefined() && !system.isNull() && !system.isArray())
        return anthropicFault(QStringLiteral("system: Input should be a valid list"));
    for (const QJsonValue& block : system.toArray()) {
        if (typeOf(block) != QLatin1String("text"))
            return anthropicFault(QStringLiteral("system: only `text` blocks are permitted"));
        if (block[u"text"].toString().isEmpty())
            return anthropicFault(QStringLiteral("system: text content blocks must be non-empty"));
        if (block.toObject().contains(u"cache_control"))
            ++turns.breakpoints;
        turns.bytes += block[u"text"].toString().toUtf8().size();
    }
    return std::nullopt;
}

MaybeFault readTools(const QJsonArray& tools, AnthropicTurns& turns, ChatRequest& request)
{
    int index = 0;
    for (const QJsonValue& tool : tools) {
        const QString name = tool[u"name"].toString();
        const QString type = typeOf(tool);
        if (tool.toObject().contains(u"cache_control"))
            ++turns.breakpoints;
        if (type.isEmpty() || type == QLatin1String("custom")) {
            if (name.isEmpty())
                return anthropicFault(QStringLiteral("tools.%1.custom.name: Field required").arg(index));
            if (typeOf(tool[u"input_schema"]) != QLatin1String("object"))
                return anthropicFault(QStringLiteral("tools.%1.custom.input_schema.type: Field required").arg(index));
            for (const ChatTool& before : request.tools) {
                if (before.name == name)
                    return anthropicFault(QStringLiteral("tools: Tool names must be unique."));
            }
            request.tools.append({name, tool[u"input_schema"].toObject()});
        }
        ++index;
    }
    return std::nullopt;
}

MaybeFault readToolChoice(const QJsonObject& body, ChatRequest& request)
{
    const QJsonValue choice = body[u"tool_choice"];
    const QString type = typeOf(choice);
    request.mayCallTool = type != QLatin1String("none") && !request.tools.isEmpty();
    if (choice.isUndefined() || choice.isNull())
        return std::nullopt;
    if (body[u"tools"].toArray().isEmpty())
        return anthropicFault(QStringLiteral("tool_choice: tool_choice may only be specified while providing tools"));
    static const QStringList types{
        QStringLiteral("auto"), QStringLiteral("any"), QStringLiteral("tool"), QStringLiteral("none")};
    if (!types.contains(type))
        return anthropicFault(
            QStringLiteral("tool_choice: Input tag '%1' found using 'type' does not match any of the expected tags: "
                           "'auto', 'any', 'tool', 'none'")
                .arg(type));
    request.namedTool = choice[u"name"].toString();
    if (type == QLatin1String("tool") && request.namedTool.isEmpty())
        return anthropicFault(QStringLiteral("tool_choice.tool.name: Field required"));
    request.mustCallTool = type == QLatin1String("any") || type == QLatin1String("tool");
    request.parallelTools = !isTrue(choice[u"disable_parallel_tool_use"]);
    return std::nullopt;
}

MaybeFault readThinking(const QJsonObject& body, AnthropicTurns& turns, ChatRequest& request)
{
    const QJsonValue thinking = body[u"thinking"];
    const QString type = typeOf(thinking);
    if (thinking.isUndefined() || thinking.isNull() || type == QLatin1String("disabled"))
        return std::nullopt;
    if (type == QLatin1String("enabled")) {
        const qint64 budget = thinking[u"budget_tokens"].toInteger(-1);
        if (budget < 1024)
            return anthropicFault(
                QStringLiteral("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"));
        if (request.maxTokens && budget >= *request.maxTokens)
            return anthropicFault(QStringLiteral("`max_tokens` must be greater than `thinking.budget_tokens`."));
        if (request.mustCallTool)
            return anthropicFault(QStringLiteral("Thinking may not be enabled when tool_choice forces tool use."));
        if (body[u"temperature"].toDouble(1) != 1)
            return anthropicFault(QStringLiteral("`temperature` may only be set to 1 when thinking is enabled."));
        turns.mustThink = true;
    } else if (type != QLatin1String("adaptive") && type != QLatin1String("between_tools")) {
        return anthropicFault(QStringLiteral("thinking: Input tag '%1' found using 'type' does not match any of the "
                                             "expected tags: 'adaptive', 'between_tools', 'disabled', 'enabled'")
                                  .arg(type));
    }
    request.thinks = true;
    return std::nullopt;
}

MaybeFault readLimits(const SimCall& call, const QJsonObject& body, ChatRequest& request)
{
    const QJsonValue limit = body[u"max_tokens"];
    const bool counts = call.route.endpoint == Endpoint::CountTokens;
    if (limit.isUndefined() && !counts)
        return anthropicFault(QStringLiteral("max_tokens: Field required"));
    if (!limit.isUndefined() && (!limit.isDouble() || limit.toInteger(-1) < 0))
        return anthropicFault(QStringLiteral("max_tokens: Input should be a valid integer"));
    if (!counts)
        request.maxTokens = int(std::min<qint64>(limit.toInteger(), 1'000'000));
    for (const QJsonValue& one : body[u"stop_sequences"].toArray()) {
        if (one.toString().trimmed().isEmpty())
            return anthropicFault(QStringLiteral("stop_sequences: each stop sequence must contain non-whitespace"));
        request.stopSequences.append(one.toString());
    }
    return std::nullopt;
}

} // namespace

std::optional<Fault> readAnthropicRequest(SimCall& call)
{
    ChatRequest& request = call.chat;
    request.model = QString::fromUtf8(call.route.model);
    const auto object = jsonObject(call.http.body);
    if (!object)
        return anthropicFault(QStringLiteral("The request body is not valid JSON"));
    const QJsonObject& body = *object;
    if (call.route.model.isEmpty())
        request.model = body[u"model"].toString();
    request.stream = isTrue(body[u"stream"]);

    AnthropicTurns turns;
    if (auto fault = readVersion(call, body, turns.newVersion))
        return fault;
    if (request.model.isEmpty())
        return anthropicFault(QStringLiteral("model: Field required"));
    if (auto fault = checkFields(body, call, turns.newVersion))
        return fault;
    if (auto fault = readLimits(call, body, request))
        return fault;
    if (!body[u"messages"].isArray())
        return anthropicFault(QStringLiteral("messages: Field required"));
    if (auto fault = readSystem(body[u"system"], turns))
        return fault;
    if (auto fault = readTools(body[u"tools"].toArray(), turns, request))
        return fault;
    if (auto fault = readToolChoice(body, request))
        return fault;
    if (auto fault = readThinking(body, turns, request))
        return fault;
    if (body.contains(u"cache_control") && !body[u"cache_control"].isNull())
        ++turns.breakpoints;
    if (auto fault = readAnthropicMessages(body[u"messages"].toArray(), turns, request))
        return fault;
    if (turns.breakpoints > kMaxBreakpoints)
        return anthropicFault(QStringLiteral("A maximum of 4 blocks with cache_control may be provided. Found %1.")
                                  .arg(turns.breakpoints));
    const QJsonValue format = body[u"output_config"][u"format"];
    if (typeOf(format) == QLatin1String("json_schema")) {
        request.wantsJson = true;
        request.jsonSchema = format[u"schema"].toObject();
    } else if (format.isObject()) {
        return anthropicFault(QStringLiteral("output_config.format.type: Input should be 'json_schema'"));
    }
    request.promptTokens = roughTokens(turns.bytes, body[u"messages"].toArray().size());
    return std::nullopt;
}

} // namespace gateway::simulator
