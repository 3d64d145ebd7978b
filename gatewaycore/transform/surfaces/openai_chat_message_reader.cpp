#include "transform/surfaces/openai_chat_message_reader.h"

#include "transform/field_name.h"
#include "transform/parts.h"
#include "transform/signature.h"

namespace gateway::transform {

std::optional<CallError> ChatMessageReader::read(JsonView messages)
{
    std::size_t number = 0;
    messages.eachElement([&](JsonView message) {
        readMessage(message, indexed("messages", number++));
        return !m_wrong;
    });
    return m_wrong;
}

void ChatMessageReader::refuse(const QByteArray& field, const char* what)
{
    if (!m_wrong)
        m_wrong = invalidRequest(
            QStringLiteral("\"%1\" must be %2.").arg(QString::fromUtf8(field), QLatin1String(what)), field);
}

void ChatMessageReader::other(const QByteArray& place, JsonView value)
{
    m_out.others.push_back({place, value.raw().toByteArray()});
}

void ChatMessageReader::readMessage(JsonView message, const QByteArray& place)
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

void ChatMessageReader::readContent(JsonView content, const QByteArray& place, std::vector<Part>& parts)
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
    std::size_t number = 0;
    content.eachElement([&](JsonView part) {
        readPart(part, indexed(place + ".content", number++), parts);
        return !m_wrong;
    });
}

void ChatMessageReader::readPart(JsonView json, const QByteArray& place, std::vector<Part>& parts)
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
        part.cacheMark = cacheLifeOf(textOf(mark.member("ttl")));
    parts.push_back(std::move(part));
}

// What was thought comes before what was said.
void ChatMessageReader::readThinking(JsonView message, std::vector<Part>& parts)
{
    bool signedThinking = false;
    message.member("reasoning_details").eachElement([&](JsonView detail) {
        Part part;
        part.kind = Part::Kind::Thinking;
        part.signer = signerOfFormat(textOf(detail.member("format")));
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
    parts.push_back(textPart(text, Part::Kind::Thinking));
}

void ChatMessageReader::readAssistant(JsonView message, const QByteArray& place, std::vector<Part>& parts)
{
    if (const QByteArray refusal = textOf(message.member("refusal")); !refusal.isEmpty())
        parts.push_back(textPart(refusal, Part::Kind::Refusal));
    if (const JsonView audio = message.member("audio"); audio.type() == JsonType::Object)
        other(place + ".audio", audio);
    std::size_t number = 0;
    message.member("tool_calls").eachElement([&](JsonView call) {
        readCall(call, indexed(place + ".tool_calls", number++), parts);
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

void ChatMessageReader::readCall(JsonView call, const QByteArray& place, std::vector<Part>& parts)
{
    Part part;
    part.kind = Part::Kind::ToolCall;
    part.callId = textOf(call.member("id"));
    part.custom = textOf(call.member("type")) == "custom";
    const JsonView inner = call.member(part.custom ? "custom" : "function");
    const JsonView arguments = inner.member(part.custom ? "input" : "arguments");
    part.name = textOf(inner.member("name"));
    // an object where a text belongs is a common mistake that servers forgive
    part.arguments = argumentsOf(arguments);
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

void ChatMessageReader::readResult(JsonView message, const QByteArray& role, const QByteArray& place)
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

} // namespace gateway::transform
