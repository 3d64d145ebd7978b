// A chat completion request, read whole. What has no place in UnifiedRequest goes into `others` by its name.
#include "transform/effort.h"
#include "transform/field_name.h"
#include "transform/parts.h"
#include "transform/surfaces/openai_chat.h"
#include "transform/surfaces/openai_chat_message_reader.h"
#include "transform/surfaces/openai_fields.h"

namespace gateway::transform {
namespace {

class Unifier
{
public:
    explicit Unifier(const CallRequest& request) { m_out.stream = request.stream; }

    std::variant<UnifiedRequest, CallError> read(JsonView root)
    {
        root.eachMember([&](QByteArrayView key, JsonView value) {
            if (!value.isNull())
                readField(key, value);
            return !m_wrong;
        });
        if (m_wrong)
            return *m_wrong;
        return std::move(m_out);
    }

private:
    void readField(QByteArrayView key, JsonView value)
    {
        struct Field
        {
            const char* name;
            void (Unifier::*read)(JsonView);
        };
        static constexpr Field kFields[] = {
            {"messages", &Unifier::readMessages},
            {"tools", &Unifier::readTools},
            {"functions", &Unifier::readFunctions},
            {"tool_choice", &Unifier::readToolChoice},
            {"function_call", &Unifier::readFunctionChoice},
            {"response_format", &Unifier::readFormat},
            {"stop", &Unifier::readStop},
            {"prompt_cache_options", &Unifier::readCacheOptions},
        };
        struct Number
        {
            const char* name;
            QByteArray UnifiedRequest::*member;
        };
        static constexpr Number kNumbers[] = {
            {"temperature", &UnifiedRequest::temperature},
            {"top_p", &UnifiedRequest::topP},
            {"top_k", &UnifiedRequest::topK}, // not OpenAI's, but what compatible servers take
            {"frequency_penalty", &UnifiedRequest::frequencyPenalty},
            {"presence_penalty", &UnifiedRequest::presencePenalty},
            {"seed", &UnifiedRequest::seed},
        };
        static constexpr Number kTexts[] = {
            {"verbosity", &UnifiedRequest::verbosity},
            {"service_tier", &UnifiedRequest::serviceTier},
            {"prompt_cache_key", &UnifiedRequest::promptCacheKey},
        };
        for (const Field& field : kFields) {
            if (key == QByteArrayView(field.name))
                return (this->*field.read)(value);
        }
        for (const Number& field : kNumbers) {
            if (key != QByteArrayView(field.name))
                continue;
            if (value.type() != JsonType::Number)
                return refuse(QByteArray(field.name), "a number");
            m_out.*field.member = value.raw().toByteArray();
            return;
        }
        for (const Number& field : kTexts) {
            if (key == QByteArrayView(field.name)) {
                m_out.*field.member = textOf(value);
                return;
            }
        }
        const auto is = [&](const char* name) { return key == QByteArrayView(name); };
        if (is("model") || is("stream") || is("stream_options"))
            return;
        if (is("max_tokens") || is("max_completion_tokens")) {
            const qint64 limit = value.integer().value_or(0);
            m_out.maxOutputTokens = std::min(m_out.maxOutputTokens.value_or(limit), limit);
        } else if (is("n")) {
            m_out.choices = value.integer().value_or(1);
        } else if (is("parallel_tool_calls")) {
            m_out.parallelTools = value.boolean();
        } else if (is("reasoning_effort")) {
            m_out.reasoning.effort = effortOf(textOf(value));
        } else if (is("safety_identifier")) {
            m_out.endUser = textOf(value);
        } else if (is("user")) {
            if (m_out.endUser.isEmpty())
                m_out.endUser = textOf(value);
        } else if (is("logprobs") && value.boolean() == false) {
            return;
        } else if (is("store") && value.boolean() == false) {
            return; // nothing is kept: so it is everywhere
        } else if (is("modalities") && value.raw() == QByteArrayView("[\"text\"]")) {
            return;
        } else {
            m_out.others.push_back({key.toByteArray(), value.raw().toByteArray()});
        }
    }

    void refuse(const QByteArray& field, const char* what)
    {
        if (!m_wrong)
            m_wrong = invalidRequest(
                QStringLiteral("\"%1\" must be %2.").arg(QString::fromUtf8(field), QLatin1String(what)), field);
    }

    void readMessages(JsonView messages)
    {
        if (auto wrong = ChatMessageReader(m_out).read(messages); wrong && !m_wrong)
            m_wrong = wrong;
    }

    static Tool functionOf(JsonView function)
    {
        Tool tool;
        tool.name = textOf(function.member("name"));
        tool.description = textOf(function.member("description"));
        if (const JsonView schema = function.member("parameters"); schema.type() == JsonType::Object)
            tool.schema = schema.raw().toByteArray();
        tool.strict = function.member("strict").boolean();
        return tool;
    }

    void readTools(JsonView tools)
    {
        std::size_t number = 0;
        tools.eachElement([&](JsonView json) {
            const QByteArray place = indexed("tools", number++);
            Tool tool;
            if (textOf(json.member("type")) == "custom") {
                tool.kind = Tool::Kind::Custom;
                tool.name = textOf(json.member("custom").member("name"));
                tool.description = textOf(json.member("custom").member("description"));
            } else {
                tool = functionOf(json.member("function"));
            }
            tool.raw = json.raw().toByteArray();
            if (tool.name.isEmpty())
                refuse(place, "a tool with a name");
            m_out.tools.push_back(std::move(tool));
            return !m_wrong;
        });
    }

    void readFunctions(JsonView functions)
    {
        functions.eachElement([&](JsonView function) {
            m_out.tools.push_back(functionOf(function));
            return true;
        });
    }

    void readToolChoice(JsonView value)
    {
        m_out.toolChoice = openAiToolChoice(value, ToolForm::Nested);
        if (!m_out.toolChoice)
            refuse("tool_choice", "none, auto, required, a tool or allowed_tools");
    }

    void readFunctionChoice(JsonView value)
    {
        ToolChoice choice;
        choice.name = textOf(value.member("name"));
        choice.mode = !choice.name.isEmpty()    ? ToolChoice::Mode::Named
                      : textOf(value) == "none" ? ToolChoice::Mode::None
                                                : ToolChoice::Mode::Auto;
        m_out.toolChoice = std::move(choice);
    }

    void readFormat(JsonView value)
    {
        const QByteArray type = textOf(value.member("type"));
        if (type == "json_object") {
            m_out.format.kind = OutputFormat::Kind::JsonObject;
        } else if (type == "json_schema") {
            if (!readOpenAiSchema(value.member("json_schema"), m_out.format))
                refuse("response_format.json_schema.schema", "a JSON schema");
        } else if (type != "text") {
            m_out.others.push_back({"response_format", value.raw().toByteArray()});
        }
    }

    void readStop(JsonView value)
    {
        if (value.type() == JsonType::String)
            m_out.stop.push_back(textOf(value));
        value.eachElement([&](JsonView one) {
            m_out.stop.push_back(textOf(one));
            return true;
        });
    }

    void readCacheOptions(JsonView value) { m_out.cacheAll = openAiCacheAll(value); }

    UnifiedRequest m_out;
    std::optional<CallError> m_wrong;
};

} // namespace

std::variant<UnifiedRequest, CallError> unifyOpenAiChat(const CallRequest& request)
{
    return Unifier(request).read(request.root);
}

} // namespace gateway::transform
