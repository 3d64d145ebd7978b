#include "transform/surfaces/openai_responses_unify.h"

#include "transform/effort.h"
#include "transform/field_name.h"
#include "transform/parts.h"
#include "transform/surfaces/openai_fields.h"
#include "transform/surfaces/openai_responses_items.h"
#include "transform/surfaces/openai_responses_parts.h"

#include <algorithm>

namespace gateway::transform {
namespace {

class Unifier
{
public:
    std::variant<UnifiedRequest, CallError> read(const CallRequest& request)
    {
        m_out.stream = request.stream;
        m_out.maxOutputTokens = request.maxOutputTokens;
        // what leads the conversation comes first, wherever it stands in the body
        readInstructions(request.root.member("instructions"));
        request.root.eachMember([&](QByteArrayView key, JsonView value) {
            if (!value.isNull() && !value.isMissing())
                readField(key, value);
            return !m_wrong;
        });
        if (m_wrong)
            return *m_wrong;
        return std::move(m_out);
    }

private:
    struct Field
    {
        const char* name;
        void (Unifier::*read)(JsonView);
    };
    struct Member
    {
        const char* name;
        QByteArray UnifiedRequest::*member;
    };

    void readField(QByteArrayView key, JsonView value)
    {
        static constexpr Field kFields[] = {
            {"input", &Unifier::readInput},
            {"tools", &Unifier::readTools},
            {"tool_choice", &Unifier::readToolChoice},
            {"text", &Unifier::readText},
            {"reasoning", &Unifier::readReasoning},
            {"include", &Unifier::readInclude},
            {"prompt_cache_options", &Unifier::readCacheOptions},
            {"parallel_tool_calls", &Unifier::readParallel},
            {"safety_identifier", &Unifier::readSafetyIdentifier},
            {"user", &Unifier::readUser},
            {"top_logprobs", &Unifier::readLogprobs},
            {"background", &Unifier::readBackground},
        };
        static constexpr Member kNumbers[] = {
            {"temperature", &UnifiedRequest::temperature},
            {"top_p", &UnifiedRequest::topP},
            {"top_k", &UnifiedRequest::topK}, // these four are not OpenAI's, but compatible servers take them
            {"seed", &UnifiedRequest::seed},
            {"frequency_penalty", &UnifiedRequest::frequencyPenalty},
            {"presence_penalty", &UnifiedRequest::presencePenalty},
        };
        static constexpr Member kTexts[] = {
            {"service_tier", &UnifiedRequest::serviceTier},
            {"prompt_cache_key", &UnifiedRequest::promptCacheKey},
        };
        // read already, or without a meaning for anybody but OpenAI's storage ("store") and padding ("stream_options")
        static constexpr const char* kSilent[] = {
            "model", "stream", "stream_options", "instructions", "max_output_tokens", "store"};
        static constexpr const char* kState[] = {"previous_response_id", "conversation", "prompt"};

        const auto is = [&](const char* name) { return key == QByteArrayView(name); };
        for (const Field& field : kFields) {
            if (is(field.name))
                return (this->*field.read)(value);
        }
        for (const Member& field : kNumbers) {
            if (!is(field.name))
                continue;
            if (value.type() != JsonType::Number)
                return refuse(field.name, QStringLiteral("\"%1\" must be a number.").arg(QLatin1String(field.name)));
            m_out.*field.member = value.raw().toByteArray();
            return;
        }
        for (const Member& field : kTexts) {
            if (is(field.name)) {
                m_out.*field.member = textOf(value);
                return;
            }
        }
        if (std::any_of(std::begin(kSilent), std::end(kSilent), is))
            return;
        if (std::any_of(std::begin(kState), std::end(kState), is))
            return refuseState(key);
        if (is("truncation") && textOf(value) == "disabled")
            return; // the default, and what everybody does
        m_out.others.push_back({key.toByteArray(), value.raw().toByteArray()});
    }

    void refuse(const QByteArray& place, QString message)
    {
        if (!m_wrong)
            m_wrong = invalidRequest(std::move(message), place);
    }

    void refuseState(QByteArrayView key)
    {
        refuse(key.toByteArray(),
            QStringLiteral("\"%1\" needs a provider that keeps conversations; the one chosen for this call does not.")
                .arg(QString::fromUtf8(key)));
        m_wrong->hint = QStringLiteral("Send the whole conversation in \"input\", or use an alias whose candidates "
                                       "are OpenAI or Azure OpenAI.");
    }

    void readInstructions(JsonView value)
    {
        if (value.isMissing() || value.isNull())
            return;
        if (value.type() != JsonType::String)
            return refuse("instructions", QStringLiteral("\"instructions\" must be a text."));
        Part part;
        part.text = textOf(value);
        m_out.system.push_back(std::move(part));
    }

    void readInput(JsonView value)
    {
        if (auto wrong = ResponsesItems(m_out).read(value); wrong && !m_wrong)
            m_wrong = wrong;
    }

    void readTools(JsonView tools)
    {
        if (tools.type() != JsonType::Array)
            return refuse("tools", QStringLiteral("\"tools\" must be a list."));
        int number = 0;
        tools.eachElement([&](JsonView json) {
            readTool(json, "tools[" + QByteArray::number(number++) + ']');
            return !m_wrong;
        });
    }

    void readTool(JsonView json, const QByteArray& place)
    {
        const QByteArray type = textOf(json.member("type"));
        Tool tool;
        tool.raw = json.raw().toByteArray();
        tool.name = textOf(json.member("name"));
        tool.description = textOf(json.member("description"));
        if (type == "function") {
            tool.strict = json.member("strict").boolean();
            if (const JsonView schema = json.member("parameters"); schema.type() == JsonType::Object)
                tool.schema = schema.raw().toByteArray();
            for (const char* field : {"defer_loading", "allowed_callers", "output_schema", "async"}) {
                const JsonView value = json.member(field);
                if (!value.isMissing() && !value.isNull() && value.boolean() != false)
                    m_out.others.push_back({place + '.' + field, value.raw().toByteArray()});
            }
        } else if (type == "custom") {
            tool.kind = Tool::Kind::Custom;
        } else {
            tool.kind = Tool::Kind::Hosted;
            if (tool.name.isEmpty())
                tool.name = type;
        }
        if (tool.name.isEmpty())
            return refuse(place, QStringLiteral("A tool needs a \"type\" and a \"name\"."));
        m_out.tools.push_back(std::move(tool));
    }

    void readToolChoice(JsonView value)
    {
        m_out.toolChoice = openAiToolChoice(value, ToolForm::Flat);
        if (!m_out.toolChoice) // a tool that the provider runs
            m_out.others.push_back({"tool_choice", value.raw().toByteArray()});
        else if (m_out.toolChoice->mode == ToolChoice::Mode::Named && m_out.toolChoice->name.isEmpty())
            refuse("tool_choice.name", QStringLiteral("\"tool_choice\" must name its tool."));
    }

    void readText(JsonView text)
    {
        m_out.verbosity = textOf(text.member("verbosity"));
        const JsonView format = text.member("format");
        const QByteArray type = textOf(format.member("type"));
        if (type == "json_object") {
            m_out.format.kind = OutputFormat::Kind::JsonObject;
        } else if (type == "json_schema") {
            if (!readOpenAiSchema(format, m_out.format))
                refuse("text.format.schema", QStringLiteral("\"schema\" must be a JSON schema."));
        } else if (!type.isEmpty() && type != "text") {
            m_out.others.push_back({"text.format", format.raw().toByteArray()});
        }
    }

    void readReasoning(JsonView reasoning)
    {
        reasoning.eachMember([&](QByteArrayView key, JsonView value) {
            const auto is = [&](const char* name) { return key == QByteArrayView(name); };
            if (value.isNull())
                return true;
            if (is("effort")) {
                m_out.reasoning.effort = effortOf(textOf(value));
                if (!m_out.reasoning.effort)
                    refuse("reasoning.effort",
                        QStringLiteral("\"effort\" must be none, minimal, low, medium, high, xhigh or max."));
            } else if (is("summary") || is("generate_summary")) {
                m_out.reasoning.showThoughts = true;
            } else {
                m_out.others.push_back({"reasoning." + key.toByteArray(), value.raw().toByteArray()});
            }
            return true;
        });
    }

    void readInclude(JsonView include)
    {
        include.eachElement([&](JsonView one) {
            const QByteArray name = textOf(one);
            if (name == "message.output_text.logprobs")
                refuseLogprobs("include");
            else if (name != "reasoning.encrypted_content") // signatures go back in any case
                m_out.others.push_back({"include." + name, "true"});
            return true;
        });
    }

    void readLogprobs(JsonView value)
    {
        if (value.integer() != 0)
            refuseLogprobs("top_logprobs");
    }

    void refuseLogprobs(const char* field)
    {
        refuse(field, QStringLiteral("Log probabilities cannot be carried from a provider that does not speak "
                                     "Responses."));
    }

    void readBackground(JsonView value)
    {
        if (value.boolean() == true)
            refuseState("background");
    }

    void readCacheOptions(JsonView value) { m_out.cacheAll = openAiCacheAll(value); }

    void readParallel(JsonView value)
    {
        m_out.parallelTools = value.boolean();
        if (!m_out.parallelTools)
            refuse("parallel_tool_calls", QStringLiteral("\"parallel_tool_calls\" must be true or false."));
    }

    void readSafetyIdentifier(JsonView value) { m_out.endUser = textOf(value); }

    void readUser(JsonView value) // the older name
    {
        if (m_out.endUser.isEmpty())
            m_out.endUser = textOf(value);
    }

    UnifiedRequest m_out;
    std::optional<CallError> m_wrong;
};

} // namespace

std::variant<UnifiedRequest, CallError> unifyResponses(const CallRequest& request)
{
    return Unifier().read(request);
}

} // namespace gateway::transform
