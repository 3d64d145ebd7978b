#include "transform/surfaces/openai_responses_items.h"

#include "transform/field_name.h"
#include "transform/parts.h"
#include "transform/signature.h"
#include "transform/surfaces/openai_responses_features.h"
#include "transform/surfaces/openai_responses_parts.h"

#include <utility>

namespace gateway::transform {
namespace {

// Texts of a summary or of open reasoning, which are paragraphs of one thought here.
QByteArray joinedTexts(JsonView list)
{
    QByteArray text;
    list.eachElement([&](JsonView part) {
        const QByteArray one = textOf(part.member("text"));
        if (!text.isEmpty() && !one.isEmpty())
            text += "\n\n";
        text += one;
        return true;
    });
    return text;
}

} // namespace

std::optional<CallError> ResponsesItems::read(JsonView input)
{
    if (input.type() == JsonType::String) {
        Part part;
        part.text = textOf(input);
        m_out.messages.push_back({Role::User, {std::move(part)}, {}});
        return std::nullopt;
    }
    std::optional<CallError> wrong;
    int number = 0;
    input.eachElement([&](JsonView item) {
        const QByteArray place = "input[" + QByteArray::number(number++) + ']';
        wrong = item.type() == JsonType::Object ? readItem(item, place)
                                                : invalidRequest(QStringLiteral("An item must be an object."), place);
        return !wrong;
    });
    return wrong;
}

std::optional<CallError> ResponsesItems::readItem(JsonView item, const QByteArray& place)
{
    const QByteArray type = textOf(item.member("type"));
    if (isKeptItem(item, type)) {
        CallError error = invalidRequest(
            type.startsWith("compaction")
                ? QStringLiteral("A compacted conversation can be read only by the provider that compacted it.")
                : QStringLiteral(
                      "The item is named by its id, and no provider of this alias keeps items for the gateway."),
            place);
        error.hint = QStringLiteral("Send the items themselves; clients do so when \"store\" is false.");
        return error;
    }
    if (isOwnReasoningReference(item, type)) {
        m_out.others.push_back({place, item.raw().toByteArray()});
        return std::nullopt;
    }
    if (type.isEmpty() || type == "message")
        return readMessage(item, place);
    if (type == "function_call" || type == "custom_tool_call")
        return readCall(item, place, type == "custom_tool_call");
    if (type == "function_call_output" || type == "custom_tool_call_output")
        return readResult(item, place, type == "custom_tool_call_output");
    if (type == "reasoning") {
        readReasoning(item);
        return std::nullopt;
    }
    m_out.others.push_back({place, item.raw().toByteArray()}); // of a hosted tool, or newer than this program
    return std::nullopt;
}

// A member that says something and has no place here.
void ResponsesItems::note(JsonView item, const QByteArray& place, const char* field)
{
    const JsonView value = item.member(field);
    if (!value.isMissing() && !value.isNull() && value.boolean() != false)
        m_out.others.push_back({place + '.' + field, value.raw().toByteArray()});
}

std::vector<Part>& ResponsesItems::assistant()
{
    m_results = false;
    if (m_out.messages.empty() || m_out.messages.back().role != Role::Assistant)
        m_out.messages.push_back({Role::Assistant, {}, {}});
    return m_out.messages.back().parts;
}

std::optional<CallError> ResponsesItems::readMessage(JsonView item, const QByteArray& place)
{
    const QByteArray role = textOf(item.member("role"));
    note(item, place, "phase");
    std::vector<Part> parts;
    if (auto wrong = readResponsesContent(item.member("content"), place + ".content", parts, m_out.others))
        return wrong;
    if (role == "assistant") {
        if (!parts.empty() && !m_nextSignature.isEmpty()) {
            parts.front().signature = std::exchange(m_nextSignature, {});
            parts.front().signer = m_nextSigner;
        }
        std::vector<Part>& all = assistant();
        std::move(parts.begin(), parts.end(), std::back_inserter(all));
        return std::nullopt;
    }
    m_results = false;
    m_nextSignature.clear();
    if (role == "user") {
        m_out.messages.push_back({Role::User, std::move(parts), {}});
    } else if (role != "system" && role != "developer") {
        return invalidRequest(
            QStringLiteral("\"role\" must be user, assistant, system or developer."), place + ".role");
    } else if (m_out.messages.empty()) {
        std::move(parts.begin(), parts.end(), std::back_inserter(m_out.system));
    } else {
        m_out.messages.push_back({Role::System, std::move(parts), {}});
    }
    return std::nullopt;
}

std::optional<CallError> ResponsesItems::readCall(JsonView item, const QByteArray& place, bool custom)
{
    Part part;
    part.kind = Part::Kind::ToolCall;
    part.custom = custom;
    part.callId = textOf(item.member("call_id"));
    part.name = textOf(item.member("name"));
    part.arguments = textOf(item.member(custom ? "input" : "arguments"));
    if (part.callId.isEmpty() || part.name.isEmpty())
        return invalidRequest(QStringLiteral("A call needs \"call_id\" and \"name\"."), place);
    if (!custom && part.arguments.trimmed().isEmpty())
        part.arguments = "{}";
    if (!custom && JsonText::parse(part.arguments).root.type() != JsonType::Object)
        return invalidRequest(
            QStringLiteral("\"arguments\" must be a text that holds a JSON object."), place + ".arguments");
    note(item, place, "namespace");
    const QByteArray late = textOf(item.member("extra_content").member("google").member("thought_signature"));
    if (!late.isEmpty()) {
        const Signature signature = opened(late, Signer::Google);
        part.signature = signature.bytes;
        part.signer = signature.signer;
    } else if (!m_nextSignature.isEmpty()) {
        part.signature = std::exchange(m_nextSignature, {});
        part.signer = m_nextSigner;
    }
    m_names.insert(part.callId, part.name);
    assistant().push_back(std::move(part));
    return std::nullopt;
}

std::optional<CallError> ResponsesItems::readResult(JsonView item, const QByteArray& place, bool custom)
{
    Part part;
    part.kind = Part::Kind::ToolResult;
    part.custom = custom;
    part.callId = textOf(item.member("call_id"));
    if (part.callId.isEmpty())
        return invalidRequest(QStringLiteral("The output of a call needs \"call_id\"."), place + ".call_id");
    part.name = m_names.value(part.callId);
    if (auto wrong = readResponsesContent(item.member("output"), place + ".output", part.content, m_out.others))
        return wrong;
    m_nextSignature.clear();
    if (!std::exchange(m_results, true))
        m_out.messages.push_back({Role::User, {}, {}});
    m_out.messages.back().parts.push_back(std::move(part));
    return std::nullopt;
}

void ResponsesItems::readReasoning(JsonView item)
{
    Part part;
    part.kind = Part::Kind::Thinking;
    part.text = joinedTexts(item.member("summary"));
    if (part.text.isEmpty())
        part.text = joinedTexts(item.member("content"));
    if (const QByteArray value = textOf(item.member("encrypted_content")); !value.isEmpty()) {
        const Signature signature = opened(value, Signer::OpenAi);
        if (signature.place == SignaturePlace::NextPart) {
            m_nextSignature = signature.bytes;
            m_nextSigner = signature.signer;
        } else {
            part.signature = signature.bytes;
            part.signer = signature.signer;
            part.redacted = signature.place == SignaturePlace::Redacted;
        }
    }
    // OpenAI's own items without a text are all signature; without either there is nothing to carry
    if (!part.text.isEmpty() || !part.signature.isEmpty())
        assistant().push_back(std::move(part));
}

} // namespace gateway::transform
