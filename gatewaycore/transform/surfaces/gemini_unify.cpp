#include "transform/surfaces/gemini_unify.h"

#include "transform/field_name.h"
#include "transform/parts.h"
#include "transform/signature.h"
#include "transform/surfaces/gemini_fields.h"
#include "transform/surfaces/gemini_signature.h"

#include <QHash>

#include <algorithm>
#include <deque>

namespace gateway::transform::gemini {
namespace {

class Unifier
{
public:
    std::variant<UnifiedRequest, CallError> run(const CallRequest& request);

private:
    void readTop(JsonView root);
    void readContents(JsonView contents);
    void readContent(JsonView content, const QByteArray& place);
    void readPart(JsonView json, Message& message, const QByteArray& place);
    void readCall(JsonView call, Part& part);
    void readResult(JsonView response, Part& part);
    void readMedia(JsonView media, bool isInline, Part& part);
    void readTools(JsonView tools);
    void readToolConfig(JsonView config);
    void other(QByteArray name, JsonView value)
    {
        if (!value.isNull())
            m_out.others.push_back({std::move(name), value.raw().toByteArray()});
    }

    UnifiedRequest m_out;
    std::optional<CallError> m_wrong;
    // calls without a result so far: by id, and in their order by function (those answered by their id are passed over)
    QHash<QByteArray, QByteArray> m_unanswered;                // id -> name
    QHash<QByteArray, std::deque<QByteArray>> m_idsByFunction; // name -> ids
    int m_minted = 0;
    bool m_validated = false;
};

std::variant<UnifiedRequest, CallError> Unifier::run(const CallRequest& request)
{
    m_out.operation = request.operation;
    m_out.stream = request.stream;
    m_out.maxOutputTokens = request.maxOutputTokens;
    m_out.choices = request.choices;
    const JsonView inner = field(request.root, "generateContentRequest");
    readTop(inner.type() == JsonType::Object ? inner : request.root);
    if (m_wrong)
        return *m_wrong;
    if (m_validated) { // its calls keep to their schemas: what others call strict
        for (Tool& tool : m_out.tools)
            tool.strict = true;
    }
    return std::move(m_out);
}

void Unifier::readTop(JsonView root)
{
    root.eachMember([&](QByteArrayView rawKey, JsonView value) {
        const QByteArray key = camelCase(rawKey);
        if (value.isNull() || key == "model") {
            return true;
        } else if (key == "contents") {
            readContents(value);
        } else if (key == "systemInstruction") {
            Message message;
            if (value.type() == JsonType::String) {
                Part part;
                part.text = textOf(value);
                message.parts.push_back(part);
            } else {
                field(value, "parts").eachElement([&](JsonView part) {
                    readPart(part, message, "systemInstruction");
                    return !m_wrong;
                });
            }
            for (Part& part : message.parts) {
                if (part.kind == Part::Kind::Text)
                    m_out.system.push_back(std::move(part));
                else
                    m_out.others.push_back({"systemInstruction.parts", "true"});
            }
        } else if (key == "tools") {
            readTools(value);
        } else if (key == "toolConfig") {
            readToolConfig(value);
        } else if (key == "generationConfig") {
            m_wrong = readGenerationConfig(value, m_out);
        } else if (key == "serviceTier") {
            m_out.serviceTier = textOf(value).toLower();
            if (m_out.serviceTier == "unspecified" || m_out.serviceTier == "service_tier_unspecified")
                m_out.serviceTier.clear();
        } else {
            other(key, value); // safetySettings, cachedContent, labels, store ...
        }
        return !m_wrong;
    });
}

void Unifier::readContents(JsonView contents)
{
    int index = 0;
    contents.eachElement([&](JsonView content) {
        readContent(content, "contents[" + QByteArray::number(index++) + ']');
        return !m_wrong;
    });
}

void Unifier::readContent(JsonView content, const QByteArray& place)
{
    const QByteArray role = textOf(field(content, "role")).toLower();
    if (!role.isEmpty() && role != "user" && role != "model" && role != "function") {
        m_wrong =
            invalidRequest(QStringLiteral("The role of a content must be \"user\" or \"model\"."), place + ".role");
        return;
    }
    Message message;
    message.role = role == "model" ? Role::Assistant : Role::User;
    int index = 0;
    field(content, "parts").eachElement([&](JsonView part) {
        readPart(part, message, place + ".parts[" + QByteArray::number(index++) + ']');
        return !m_wrong;
    });
    if (!message.parts.empty())
        m_out.messages.push_back(std::move(message));
}

void Unifier::readPart(JsonView json, Message& message, const QByteArray& place)
{
    Part part;
    bool known = false;
    json.eachMember([&](QByteArrayView rawKey, JsonView value) {
        const QByteArray key = camelCase(rawKey);
        if (value.isNull())
            return true;
        if (key == "text") {
            part.text = textOf(value);
            known = true;
        } else if (key == "thought") {
            if (value.boolean().value_or(false) && part.kind == Part::Kind::Text)
                part.kind = Part::Kind::Thinking;
        } else if (key == "thoughtSignature") {
            const Signature signature = openedFromGoogle(textOf(value));
            part.signature = signature.bytes;
            part.signer = signature.signer;
            part.redacted = signature.place == SignaturePlace::Redacted;
        } else if (key == "functionCall") {
            readCall(value, part);
            known = true;
        } else if (key == "functionResponse") {
            readResult(value, part);
            known = true;
        } else if (key == "inlineData" || key == "fileData") {
            readMedia(value, key == "inlineData", part);
            known = true;
        } else if (key == "mediaResolution") {
            const QByteArray level = textOf(value.type() == JsonType::Object ? field(value, "level") : value);
            part.detail = level.endsWith("_LOW") ? "low" : level.endsWith("_HIGH") ? "high" : "auto";
        } else {
            other(place + '.' + key, value); // videoMetadata, executableCode, a hosted tool's call ...
        }
        return true;
    });
    if (!known && part.signature.isEmpty())
        return;
    // A signature that came after its thoughts, on a part without text: one piece of thinking again. On the part of a
    // text it is what Gemini puts at an answer's end.
    if (part.kind == Part::Kind::Thinking && !message.parts.empty()) {
        Part& last = message.parts.back();
        if (last.kind == Part::Kind::Thinking && last.signature.isEmpty() && !last.redacted && !part.redacted) {
            last.text += part.text;
            last.signature = part.signature;
            last.signer = part.signer;
            return;
        }
    }
    message.parts.push_back(std::move(part));
}

void Unifier::readCall(JsonView call, Part& part)
{
    part.kind = Part::Kind::ToolCall;
    part.callId = textOf(field(call, "id"));
    part.name = textOf(field(call, "name"));
    const JsonView arguments = field(call, "args");
    part.arguments = arguments.type() == JsonType::Object ? arguments.raw().toByteArray() : QByteArray("{}");
    if (part.callId.isEmpty()) // Gemini has none on Vertex; everybody else needs one
        part.callId = "call_" + QByteArray::number(++m_minted);
    if (!m_unanswered.contains(part.callId))
        m_idsByFunction[part.name].push_back(part.callId);
    m_unanswered.insert(part.callId, part.name);
}

void Unifier::readResult(JsonView response, Part& part)
{
    part.kind = Part::Kind::ToolResult;
    part.callId = textOf(field(response, "id"));
    part.name = textOf(field(response, "name"));
    // by its id, else the first call of that function that has no result yet
    QByteArray id = part.callId;
    if (const auto ids = m_idsByFunction.find(part.name); id.isEmpty() && ids != m_idsByFunction.end()) {
        while (!ids->empty() && !m_unanswered.contains(ids->front()))
            ids->pop_front();
        if (!ids->empty())
            id = ids->front();
    }
    if (const auto call = m_unanswered.find(id); call != m_unanswered.end()) {
        part.callId = id;
        if (part.name.isEmpty())
            part.name = *call;
        m_unanswered.erase(call);
    } else if (part.callId.isEmpty()) {
        part.callId = "call_" + QByteArray::number(++m_minted);
    }
    const JsonView value = field(response, "response");
    Part text;
    int members = 0;
    JsonView only;
    QByteArray name;
    value.eachMember([&](QByteArrayView key, JsonView member) {
        ++members;
        only = member;
        name = key.toByteArray();
        return members < 2;
    });
    const bool isWrapped = members == 1 && (name == "result" || name == "output" || name == "error");
    part.isError = members == 1 && name == "error";
    if (isWrapped)
        text.text = only.type() == JsonType::String ? textOf(only) : only.raw().toByteArray();
    else if (!value.isMissing() && !value.isNull())
        text.text = value.type() == JsonType::String ? textOf(value) : value.raw().toByteArray();
    part.content.push_back(std::move(text));
    field(response, "parts").eachElement([&](JsonView inner) {
        Part media;
        const JsonView data = field(inner, "inlineData");
        readMedia(data.isMissing() ? field(inner, "fileData") : data, !data.isMissing(), media);
        part.content.push_back(std::move(media));
        return true;
    });
}

void Unifier::readMedia(JsonView media, bool isInline, Part& part)
{
    part.mediaType = textOf(field(media, "mimeType"));
    part.kind = part.mediaType.startsWith("image/")   ? Part::Kind::Image
                : part.mediaType.startsWith("audio/") ? Part::Kind::Audio
                                                      : Part::Kind::Document;
    part.fileName = textOf(field(media, "displayName"));
    if (isInline) {
        part.data = textOf(field(media, "data"));
        return;
    }
    const QByteArray uri = textOf(field(media, "fileUri"));
    const bool isKept = uri.startsWith("gs://") || uri.startsWith("files/") ||
                        uri.startsWith("https://generativelanguage.googleapis.com/");
    (isKept ? part.fileId : part.url) = uri;
}

void Unifier::readTools(JsonView tools)
{
    tools.eachElement([&](JsonView entry) {
        entry.eachMember([&](QByteArrayView rawKey, JsonView value) {
            const QByteArray key = camelCase(rawKey);
            if (key != "functionDeclarations") {
                if (!value.isNull())
                    m_out.tools.push_back({Tool::Kind::Hosted, key, {}, {}, {}, entry.raw().toByteArray(), {}});
                return true;
            }
            value.eachElement([&](JsonView declaration) {
                Tool tool;
                tool.name = textOf(field(declaration, "name"));
                tool.description = textOf(field(declaration, "description"));
                const JsonView schema = field(declaration, "parametersJsonSchema");
                const JsonView parameters = field(declaration, "parameters");
                if (schema.type() == JsonType::Object)
                    tool.schema = schema.raw().toByteArray();
                else if (parameters.type() == JsonType::Object)
                    tool.schema = jsonSchemaOf(parameters);
                tool.raw = declaration.raw().toByteArray();
                for (const char* left : {"behavior", "response", "responseJsonSchema"}) {
                    if (const JsonView member = field(declaration, left); !member.isMissing())
                        other(QByteArray("tools.functionDeclarations.") + left, member);
                }
                m_out.tools.push_back(std::move(tool));
                return true;
            });
            return true;
        });
        return true;
    });
}

void Unifier::readToolConfig(JsonView config)
{
    config.eachMember([&](QByteArrayView rawKey, JsonView value) {
        const QByteArray key = camelCase(rawKey);
        if (key != "functionCallingConfig") {
            other("toolConfig." + key, value);
            return true;
        }
        ToolChoice choice;
        field(value, "allowedFunctionNames").eachElement([&](JsonView name) {
            choice.allowed.push_back(textOf(name));
            return true;
        });
        const QByteArray mode = textOf(field(value, "mode")).toUpper();
        if (mode == "NONE") {
            choice.mode = ToolChoice::Mode::None;
            choice.allowed.clear();
        } else if (mode == "ANY" && choice.allowed.size() == 1) {
            choice.mode = ToolChoice::Mode::Named;
            choice.name = choice.allowed.front();
            choice.allowed.clear();
        } else if (mode == "ANY") {
            choice.mode = ToolChoice::Mode::Required;
        } else if (mode == "VALIDATED") {
            m_validated = true;
        }
        if (!mode.isEmpty() && mode != "MODE_UNSPECIFIED")
            m_out.toolChoice = std::move(choice);
        if (const JsonView streamed = field(value, "streamFunctionCallArguments"); streamed.boolean().value_or(false))
            other("toolConfig.functionCallingConfig.streamFunctionCallArguments", streamed);
        return true;
    });
}

} // namespace

std::variant<UnifiedRequest, CallError> unifyGenerate(const CallRequest& request)
{
    return Unifier().run(request);
}

} // namespace gateway::transform::gemini
