// A chat completion request, read whole. What has no place in UnifiedRequest goes into `others` by its name.
#include "transform/effort.h"
#include "transform/signature.h"
#include "transform/surfaces/openai_chat.h"

#include <QHash>

#include <array>

namespace gateway::transform {
namespace {

QByteArray textOf(JsonView value)
{
    return value.text().value_or(QByteArray());
}

CallError invalid(QString message, const QByteArray& parameter)
{
    CallError error;
    error.code = api::ErrorCode::InvalidRequest;
    error.message = std::move(message);
    error.parameter = QString::fromUtf8(parameter);
    return error;
}

// Formats of reasoning_details (OpenRouter's, which callers hand back as they got it).
struct ReasoningFormat
{
    const char* name;
    Signer signer;
};
constexpr std::array kReasoningFormats{
    ReasoningFormat{"anthropic-claude-v1", Signer::Anthropic},
    ReasoningFormat{"google-gemini-v1", Signer::Google},
    ReasoningFormat{"openai-responses-v1", Signer::OpenAi},
};

Signer signerOf(QByteArrayView format)
{
    for (const ReasoningFormat& row : kReasoningFormats) {
        if (format == QByteArrayView(row.name))
            return row.signer;
    }
    return Signer::Unknown;
}

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
            m_wrong =
                invalid(QStringLiteral("\"%1\" must be %2.").arg(QString::fromUtf8(field), QLatin1String(what)), field);
    }

    void other(const QByteArray& place, JsonView value) { m_out.others.push_back({place, value.raw().toByteArray()}); }

    void readMessages(JsonView messages)
    {
        int number = 0;
        messages.eachElement([&](JsonView message) {
            readMessage(message, "messages[" + QByteArray::number(number++) + ']');
            return !m_wrong;
        });
    }

    void readMessage(JsonView message, const QByteArray& place)
    {
        const QByteArray role = textOf(message.member("role"));
        if (role == "tool" || role == "function")
            return readResult(message, role, place);
        Message out;
        out.name = textOf(message.member("name"));
        if (role == "system" || role == "developer")
            out.role = Role::System;
        else if (role == "user")
            out.role = Role::User;
        else if (role == "assistant")
            out.role = Role::Assistant;
        else
            return refuse(place + ".role", "system, developer, user, assistant or tool");
        if (out.role == Role::Assistant)
            readThinking(message, out.parts);
        readContent(message.member("content"), place, out.parts);
        if (out.role == Role::Assistant)
            readAssistant(message, place, out.parts);
        m_results = false;
        if (out.role == Role::System && m_out.messages.empty()) {
            std::move(out.parts.begin(), out.parts.end(), std::back_inserter(m_out.system));
            return;
        }
        m_out.messages.push_back(std::move(out));
    }

    void readContent(JsonView content, const QByteArray& place, std::vector<Part>& parts)
    {
        if (content.type() == JsonType::String) {
            if (!content.isEmptyText())
                parts.push_back(textPart(textOf(content)));
            return;
        }
        if (content.isMissing() || content.isNull())
            return;
        if (content.type() != JsonType::Array)
            return refuse(place + ".content", "a text or a list of parts");
        int number = 0;
        content.eachElement([&](JsonView part) {
            readPart(part, place + ".content[" + QByteArray::number(number++) + ']', parts);
            return !m_wrong;
        });
    }

    static Part textPart(QByteArray text)
    {
        Part part;
        part.text = std::move(text);
        return part;
    }

    // "data:image/png;base64,..." apart; false if it is another kind of URL
    static bool takeDataUrl(const QByteArray& url, Part& part)
    {
        if (!url.startsWith("data:"))
            return false;
        const qsizetype comma = url.indexOf(',');
        QByteArray type = url.mid(5, comma - 5);
        if (comma < 0 || !type.endsWith(";base64"))
            return false;
        type.chop(7);
        part.mediaType = type.left(type.indexOf(';') < 0 ? type.size() : type.indexOf(';'));
        part.data = url.mid(comma + 1);
        return true;
    }

    void readPart(JsonView json, const QByteArray& place, std::vector<Part>& parts)
    {
        const QByteArray type = textOf(json.member("type"));
        Part part;
        if (type == "text") {
            part.text = textOf(json.member("text"));
        } else if (type == "refusal") {
            part.kind = Part::Kind::Refusal;
            part.text = textOf(json.member("refusal"));
        } else if (type == "image_url") {
            const JsonView image = json.member("image_url");
            const QByteArray url = textOf(image.member("url"));
            part.kind = Part::Kind::Image;
            part.detail = textOf(image.member("detail"));
            if (url.isEmpty())
                return refuse(place + ".image_url.url", "a URL");
            if (!takeDataUrl(url, part))
                part.url = url;
        } else if (type == "input_audio") {
            const JsonView audio = json.member("input_audio");
            part.kind = Part::Kind::Audio;
            part.data = textOf(audio.member("data"));
            part.mediaType = "audio/" + textOf(audio.member("format"));
        } else if (type == "file") {
            const JsonView file = json.member("file");
            const QByteArray data = textOf(file.member("file_data"));
            part.kind = Part::Kind::Document;
            part.fileName = textOf(file.member("filename"));
            part.fileId = textOf(file.member("file_id"));
            if (!data.isEmpty() && !takeDataUrl(data, part)) {
                part.data = data;
                part.mediaType = "application/pdf";
            }
        } else {
            return other(place, json);
        }
        if (const JsonView mark = json.member("prompt_cache_breakpoint"); mark.type() == JsonType::Object)
            part.cacheMark = life(textOf(mark.member("ttl")));
        parts.push_back(std::move(part));
    }

    static CacheLife life(QByteArrayView ttl)
    {
        return ttl == QByteArrayView("5m")    ? CacheLife::Minutes5
               : ttl == QByteArrayView("30m") ? CacheLife::Minutes30
               : ttl == QByteArrayView("1h")  ? CacheLife::Hour1
               : ttl == QByteArrayView("12h") ? CacheLife::Hours12
                                              : CacheLife::Default;
    }

    // What was thought comes before what was said.
    static void readThinking(JsonView message, std::vector<Part>& parts)
    {
        bool signedThinking = false;
        message.member("reasoning_details").eachElement([&](JsonView detail) {
            Part part;
            part.kind = Part::Kind::Thinking;
            part.signer = signerOf(textOf(detail.member("format")));
            part.redacted = textOf(detail.member("type")) == "reasoning.encrypted";
            part.text = textOf(detail.member(part.redacted ? "summary" : "text"));
            part.signature = textOf(detail.member(part.redacted ? "data" : "signature"));
            signedThinking = true;
            parts.push_back(std::move(part));
            return true;
        });
        const QByteArray content = textOf(message.member("reasoning_content"));
        const QByteArray text = content.isEmpty() ? textOf(message.member("reasoning")) : content;
        if (signedThinking || text.isEmpty())
            return;
        Part part;
        part.kind = Part::Kind::Thinking;
        part.text = text;
        parts.push_back(std::move(part));
    }

    void readAssistant(JsonView message, const QByteArray& place, std::vector<Part>& parts)
    {
        if (const QByteArray refusal = textOf(message.member("refusal")); !refusal.isEmpty()) {
            Part part;
            part.kind = Part::Kind::Refusal;
            part.text = refusal;
            parts.push_back(std::move(part));
        }
        if (const JsonView audio = message.member("audio"); audio.type() == JsonType::Object)
            other(place + ".audio", audio);
        int number = 0;
        message.member("tool_calls").eachElement([&](JsonView call) {
            readCall(call, place + ".tool_calls[" + QByteArray::number(number++) + ']', parts);
            return !m_wrong;
        });
        if (const JsonView call = message.member("function_call"); call.type() == JsonType::Object) {
            Part part;
            part.kind = Part::Kind::ToolCall;
            part.name = textOf(call.member("name"));
            part.callId = part.name;
            part.arguments = textOf(call.member("arguments"));
            parts.push_back(std::move(part));
        }
    }

    void readCall(JsonView call, const QByteArray& place, std::vector<Part>& parts)
    {
        Part part;
        part.kind = Part::Kind::ToolCall;
        part.callId = textOf(call.member("id"));
        part.custom = textOf(call.member("type")) == "custom";
        const JsonView inner = call.member(part.custom ? "custom" : "function");
        const JsonView arguments = inner.member(part.custom ? "input" : "arguments");
        part.name = textOf(inner.member("name"));
        // an object where a text belongs is a common mistake that servers forgive
        part.arguments = arguments.type() == JsonType::Object ? arguments.raw().toByteArray() : textOf(arguments);
        if (part.name.isEmpty())
            return refuse(place, "a call with the name of a function");
        if (!part.custom && part.arguments.trimmed().isEmpty())
            part.arguments = "{}";
        if (!part.custom && JsonText::parse(part.arguments).root.type() != JsonType::Object)
            return refuse(place + ".function.arguments", "the text of a JSON object");
        const QByteArray sealedText = textOf(call.member("extra_content").member("google").member("thought_signature"));
        if (!sealedText.isEmpty()) {
            const Signature signature = opened(sealedText, Signer::Google);
            part.signature = signature.bytes;
            part.signer = signature.signer;
        }
        m_names.insert(part.callId, part.name);
        parts.push_back(std::move(part));
    }

    void readResult(JsonView message, const QByteArray& role, const QByteArray& place)
    {
        Part part;
        part.kind = Part::Kind::ToolResult;
        part.name = textOf(message.member("name"));
        part.callId = role == "tool" ? textOf(message.member("tool_call_id")) : part.name;
        if (part.callId.isEmpty())
            return refuse(place + (role == "tool" ? ".tool_call_id" : ".name"), "the id of a call");
        part.name = m_names.value(part.callId, part.name);
        readContent(message.member("content"), place, part.content);
        if (!m_results) {
            m_out.messages.push_back({Role::User, {}, {}});
            m_results = true;
        }
        m_out.messages.back().parts.push_back(std::move(part));
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
        int number = 0;
        tools.eachElement([&](JsonView json) {
            const QByteArray place = "tools[" + QByteArray::number(number++) + ']';
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
        ToolChoice choice;
        const QByteArray type = value.type() == JsonType::String ? textOf(value) : textOf(value.member("type"));
        if (type == "auto") {
            choice.mode = ToolChoice::Mode::Auto;
        } else if (type == "none") {
            choice.mode = ToolChoice::Mode::None;
        } else if (type == "required") {
            choice.mode = ToolChoice::Mode::Required;
        } else if (type == "function" || type == "custom") {
            choice.mode = ToolChoice::Mode::Named;
            choice.name = textOf(value.member(type).member("name"));
        } else if (type == "allowed_tools") {
            const JsonView allowed = value.member("allowed_tools");
            choice.mode =
                textOf(allowed.member("mode")) == "required" ? ToolChoice::Mode::Required : ToolChoice::Mode::Auto;
            allowed.member("tools").eachElement([&](JsonView tool) {
                choice.allowed.push_back(textOf(tool.member(textOf(tool.member("type"))).member("name")));
                return true;
            });
        } else {
            return refuse("tool_choice", "none, auto, required, a tool or allowed_tools");
        }
        m_out.toolChoice = std::move(choice);
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
            const JsonView schema = value.member("json_schema");
            m_out.format.kind = OutputFormat::Kind::JsonSchema;
            m_out.format.name = textOf(schema.member("name"));
            m_out.format.description = textOf(schema.member("description"));
            m_out.format.schema = schema.member("schema").raw().toByteArray();
            m_out.format.strict = schema.member("strict").boolean();
            if (schema.member("schema").type() != JsonType::Object)
                refuse("response_format.json_schema.schema", "a JSON schema");
        } else if (type != "text") {
            other("response_format", value);
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

    void readCacheOptions(JsonView value)
    {
        if (textOf(value.member("mode")) != "explicit")
            m_out.cacheAll = life(textOf(value.member("ttl")));
    }

    UnifiedRequest m_out;
    std::optional<CallError> m_wrong;
    QHash<QByteArray, QByteArray> m_names; // call id -> function, of the calls so far
    bool m_results = false;                // the last message holds tool results: the next one joins it
};

} // namespace

std::variant<UnifiedRequest, CallError> unifyOpenAiChat(const CallRequest& request)
{
    return Unifier(request).read(request.root);
}

} // namespace gateway::transform
