#include "simulator/responses_request.h"

#include "simulator/signer.h"

namespace gateway::simulator {
namespace {

using MaybeFault = std::optional<Fault>;

constexpr const char* kFields[] = {"background", "context_management", "conversation", "include", "input",
    "instructions", "max_output_tokens", "max_tool_calls", "metadata", "model", "moderation", "parallel_tool_calls",
    "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning",
    "safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice",
    "tools", "top_logprobs", "top_p", "truncation", "user"};

Fault fault(const QString& message, const QString& param, const char* code)
{
    return {400, message, param, code};
}

struct PartRow
{
    const char* type;
    bool assistant; // stands in an assistant's message; otherwise in anybody else's
};

constexpr PartRow kParts[] = {
    {"input_text", false},
    {"input_image", false},
    {"input_file", false},
    {"input_audio", false},
    {"output_text", true},
    {"refusal", true},
};

// Reads the items of one input.
class Items
{
public:
    explicit Items(ChatRequest& request) : m_request(request) {}

    MaybeFault read(const QJsonArray& items)
    {
        for (const QJsonValue& item : items) {
            if (auto wrong = readItem(item.toObject()))
                return wrong;
            ++m_index;
        }
        if (!m_open.isEmpty())
            return fault(QStringLiteral("No tool output found for function call %1.").arg(m_open.first()),
                QStringLiteral("input"), "");
        return std::nullopt;
    }

    qsizetype bytes() const { return m_bytes; }

private:
    MaybeFault readItem(const QJsonObject& item)
    {
        const QString type = item[u"type"].toString(QStringLiteral("message"));
        if (type == QLatin1String("message"))
            return readMessage(item);
        if (type == QLatin1String("function_call") || type == QLatin1String("custom_tool_call")) {
            const bool whole = !item[u"call_id"].toString().isEmpty() && !item[u"name"].toString().isEmpty();
            if (!whole || (type == QLatin1String("function_call") && !item[u"arguments"].isString()))
                return missing(QStringLiteral("call_id"));
            m_open.append(item[u"call_id"].toString());
            return std::nullopt;
        }
        if (type == QLatin1String("function_call_output") || type == QLatin1String("custom_tool_call_output"))
            return readOutput(item);
        if (type == QLatin1String("reasoning"))
            return readReasoning(item);
        static const QStringList others{QStringLiteral("item_reference"), QStringLiteral("web_search_call"),
            QStringLiteral("file_search_call"), QStringLiteral("computer_call"),
            QStringLiteral("image_generation_call"), QStringLiteral("code_interpreter_call"),
            QStringLiteral("mcp_call"), QStringLiteral("compaction")};
        if (others.contains(type))
            return std::nullopt;
        return fault(QStringLiteral("Invalid value: '%1'.").arg(type), QStringLiteral("input[%1]").arg(m_index),
            "invalid_value");
    }

    MaybeFault missing(const QString& name) const
    {
        const QString param = QStringLiteral("input[%1].%2").arg(m_index).arg(name);
        return fault(
            QStringLiteral("Missing required parameter: '%1'.").arg(param), param, "missing_required_parameter");
    }

    MaybeFault readMessage(const QJsonObject& item)
    {
        const QString role = item[u"role"].toString();
        static const QStringList roles{
            QStringLiteral("user"), QStringLiteral("assistant"), QStringLiteral("system"), QStringLiteral("developer")};
        if (!roles.contains(role))
            return fault(QStringLiteral("Invalid value: '%1'. Supported values are: 'assistant', 'system', "
                                        "'developer', and 'user'.")
                             .arg(role),
                QStringLiteral("input[%1]").arg(m_index), "invalid_value");
        QString text = item[u"content"].toString();
        int at = 0;
        for (const QJsonValue& part : item[u"content"].toArray()) {
            const QString type = part[u"type"].toString();
            const bool fits = std::any_of(std::begin(kParts), std::end(kParts), [&](const PartRow& row) {
                return type == QLatin1String(row.type) && row.assistant == (role == QLatin1String("assistant"));
            });
            if (!fits)
                return fault(QStringLiteral("Invalid value: '%1'. Supported values are: %2.")
                                 .arg(type, role == QLatin1String("assistant")
                                                ? QStringLiteral("'output_text' and 'refusal'")
                                                : QStringLiteral("'input_text', 'input_image', and 'input_file'")),
                    QStringLiteral("input[%1].content[%2]").arg(m_index).arg(at), "invalid_value");
            text += part[u"text"].toString();
            ++at;
        }
        m_bytes += text.toUtf8().size();
        m_request.toolResult.clear();
        if (role == QLatin1String("user"))
            m_request.prompt = text;
        return std::nullopt;
    }

    MaybeFault readOutput(const QJsonObject& item)
    {
        const QString id = item[u"call_id"].toString();
        if (!m_open.removeOne(id))
            return fault(QStringLiteral("No tool call found for function call output with call_id %1.").arg(id),
                QStringLiteral("input"), "");
        m_request.toolResult = item[u"output"].toString();
        for (const QJsonValue& part : item[u"output"].toArray())
            m_request.toolResult += part[u"text"].toString();
        m_bytes += m_request.toolResult.toUtf8().size();
        return std::nullopt;
    }

    MaybeFault readReasoning(const QJsonObject& item) const
    {
        const QByteArray sealed = item[u"encrypted_content"].toString().toUtf8();
        if (!item[u"summary"].isArray())
            return missing(QStringLiteral("summary"));
        if (!sealed.isEmpty() && !isSeal("reasoning", sealed))
            return fault(QStringLiteral("The encrypted content %1... could not be verified.")
                             .arg(QString::fromUtf8(sealed.left(4))),
                {}, "invalid_encrypted_content");
        if (sealed.isEmpty())
            return Fault{404,
                QStringLiteral("Item with id '%1' not found. Items are not persisted when `store` is set to false. Try "
                               "again with `store` set to true, or remove this item from your input.")
                    .arg(item[u"id"].toString()),
                QStringLiteral("input"), {}};
        return std::nullopt;
    }

    ChatRequest& m_request;
    QStringList m_open; // call ids that wait for their output
    qsizetype m_bytes = 0;
    int m_index = 0;
};

MaybeFault readTools(const QJsonObject& body, ChatRequest& request)
{
    int index = 0;
    for (const QJsonValue& tool : body[u"tools"].toArray()) {
        if (tool[u"type"].toString() == QLatin1String("function")) {
            if (tool[u"name"].toString().isEmpty()) // also a tool in the form of chat completions
                return fault(QStringLiteral("Missing required parameter: 'tools[%1].name'.").arg(index),
                    QStringLiteral("tools[%1].name").arg(index), "missing_required_parameter");
            request.tools.append({tool[u"name"].toString(), tool[u"parameters"].toObject()});
        }
        ++index;
    }
    const QJsonValue choice = body[u"tool_choice"];
    if (choice.toObject().contains(u"function"))
        return fault(QStringLiteral("Missing required parameter: 'tool_choice.name'."),
            QStringLiteral("tool_choice.name"), "missing_required_parameter");
    request.mayCallTool = choice.toString() != QLatin1String("none") && !request.tools.isEmpty();
    request.namedTool = choice[u"name"].toString();
    request.mustCallTool =
        request.mayCallTool && (choice.toString() == QLatin1String("required") || !request.namedTool.isEmpty());
    request.parallelTools = body[u"parallel_tool_calls"].toBool(true);
    return std::nullopt;
}

MaybeFault checkFields(const QJsonObject& body)
{
    for (auto it = body.begin(); it != body.end(); ++it) {
        const bool known = std::any_of(std::begin(kFields), std::end(kFields),
            [&](const char* field) { return it.key() == QLatin1String(field); });
        if (!known)
            return fault(QStringLiteral("Unknown parameter: '%1'.").arg(it.key()), it.key(), "unknown_parameter");
    }
    if (const QString before = body[u"previous_response_id"].toString(); !before.isEmpty())
        return fault(QStringLiteral("Previous response with id '%1' not found.").arg(before),
            QStringLiteral("previous_response_id"), "previous_response_not_found");
    return std::nullopt;
}

MaybeFault readLimits(const QJsonObject& body, ChatRequest& request)
{
    const QJsonValue limit = body[u"max_output_tokens"];
    if (limit.isUndefined() || limit.isNull())
        return std::nullopt;
    if (!limit.isDouble() || limit.toInteger(-1) < 16)
        return fault(QStringLiteral("Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, "
                                    "but got %1 instead.")
                         .arg(limit.toInteger(-1)),
            QStringLiteral("max_output_tokens"), "integer_below_min_value");
    request.maxTokens = int(std::min<qint64>(limit.toInteger(), 1'000'000));
    return std::nullopt;
}

} // namespace

std::optional<Fault> readResponsesRequest(SimCall& call)
{
    ChatRequest& request = call.chat;
    const auto object = jsonObject(call.http.body);
    if (!object)
        return fault(QStringLiteral("We could not parse the JSON body of your request."), {}, "");
    const QJsonObject& body = *object;
    request.model = body[u"model"].toString();
    request.stream = body[u"stream"].toBool();
    if (request.model.isEmpty())
        return fault(QStringLiteral("Missing required parameter: 'model'."), QStringLiteral("model"),
            "missing_required_parameter");
    if (auto wrong = checkFields(body))
        return wrong;
    if (auto wrong = readTools(body, request))
        return wrong;
    if (auto wrong = readLimits(body, request))
        return wrong;
    qsizetype bytes = body[u"instructions"].toString().toUtf8().size();
    qsizetype messages = 1;
    if (body[u"input"].isString()) {
        request.prompt = body[u"input"].toString();
        bytes += request.prompt.toUtf8().size();
    } else if (body[u"input"].toArray().isEmpty()) {
        return fault(QStringLiteral("Missing required parameter: 'input'."), QStringLiteral("input"),
            "missing_required_parameter");
    } else {
        Items items(request);
        if (auto wrong = items.read(body[u"input"].toArray()))
            return wrong;
        bytes += items.bytes();
        messages = body[u"input"].toArray().size();
    }
    const QJsonValue format = body[u"text"][u"format"];
    request.wantsJson = format[u"type"].toString().startsWith(QLatin1String("json"));
    request.jsonSchema = format[u"schema"].toObject();
    if (format[u"type"].toString() == QLatin1String("json_schema") &&
        (format[u"name"].toString().isEmpty() || !format[u"schema"].isObject()))
        return fault(QStringLiteral("Missing required parameter: 'text.format.name'."),
            QStringLiteral("text.format.name"), "missing_required_parameter");
    const QString effort = body[u"reasoning"][u"effort"].toString();
    request.thinks = body[u"reasoning"].isObject() && effort != QLatin1String("none");
    request.showsThinking = body[u"reasoning"].toObject().contains(u"summary");
    for (const QJsonValue& one : body[u"include"].toArray())
        request.wantsSeals = request.wantsSeals || one.toString() == QLatin1String("reasoning.encrypted_content");
    request.promptTokens = roughTokens(bytes, messages);
    return std::nullopt;
}

} // namespace gateway::simulator
