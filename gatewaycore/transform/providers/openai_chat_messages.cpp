#include "transform/providers/openai_chat_messages.h"

#include "transform/parts.h"
#include "transform/providers/openai_terms.h"
#include "transform/signature.h"

#include <algorithm>

namespace gateway::transform {
namespace {

// Whose signatures a speaker can be given back: OpenRouter passes anybody's on, Google's compatible endpoint its own.
bool takesSignature(const ChatQuirks& quirks, const Part& part)
{
    return part.signer == Signer::Google ? quirks.has(ChatField::GoogleSignatures)
                                         : quirks.has(ChatField::ReasoningDetails);
}

} // namespace

ChatMessages::ChatMessages(JsonWriter& json, const UnifiedRequest& request, const Target& target, Losses& losses)
    : m_json(json),
      m_request(request),
      m_target(target),
      m_quirks(chatQuirks(target.kind())),
      m_losses(losses),
      m_refs(request),
      m_marks(m_quirks.has(ChatField::PromptCache) && takesBreakpoints(target))
{
}

std::optional<CallError> ChatMessages::write()
{
    m_json.beginArray();
    if (!m_request.system.empty()) {
        std::vector<Placed> parts;
        for (std::size_t i = 0; i < m_request.system.size(); ++i)
            parts.push_back({&m_request.system[i], indexed("system", i)});
        writeText("system", {}, parts);
    }
    for (std::size_t i = 0; i < m_request.messages.size(); ++i)
        writeMessage(m_request.messages[i], i);
    m_json.endArray();
    return m_wrong;
}

void ChatMessages::refuse(const char* what, const QByteArray& field)
{
    if (!m_wrong)
        m_wrong = invalidRequest(
            QStringLiteral("%1 cannot be given %2.").arg(m_target.provider().name, QString::fromLatin1(what)), field);
}

void ChatMessages::writeText(const char* role, const QByteArray& name, const std::vector<Placed>& parts)
{
    m_json.beginObject().member("role", role).memberIf("name", name).key("content");
    writeContent(parts);
    m_json.endObject();
}

void ChatMessages::writeMessage(const Message& message, std::size_t index)
{
    if (message.role == Role::Assistant)
        return writeAssistant(message, index);
    // results first: they answer the calls of the turn before
    std::vector<Placed> said;
    for (std::size_t i = 0; i < message.parts.size(); ++i) {
        const Part& part = message.parts[i];
        if (part.kind == Part::Kind::ToolResult)
            writeResult(part, m_refs.of(index, i), partField(index, i));
        else
            said.push_back({&part, partField(index, i)});
    }
    if (!said.empty())
        writeText(message.role == Role::System ? "system" : "user", message.name, said);
}

// One plain text stays one: servers of this dialect know that form best.
void ChatMessages::writeContent(const std::vector<Placed>& parts)
{
    if (parts.size() == 1) {
        const Part& part = *parts.front().part;
        if (part.kind == Part::Kind::Text && !(part.cacheMark && m_marks)) {
            noteSignature(part, parts.front().field);
            writeMark(part, parts.front().field);
            m_json.string(part.text);
            return;
        }
    }
    m_json.beginArray();
    for (const Placed& placed : parts)
        writePart(placed);
    m_json.endArray();
}

void ChatMessages::writePart(const Placed& placed)
{
    const Part& part = *placed.part;
    const QByteArray& field = placed.field;
    noteSignature(part, field);
    switch (part.kind) {
    case Part::Kind::Text:
    case Part::Kind::Refusal:
        m_json.beginObject().member("type", "text").member("text", part.text);
        break;
    case Part::Kind::Image:
        writeImage(part, field);
        break;
    case Part::Kind::Document:
        writeFile(part, field);
        break;
    case Part::Kind::Audio:
        if (!has(ChatField::Audio) || part.data.isEmpty())
            return refuse("audio", field);
        m_json.beginObject().member("type", "input_audio").key("input_audio").beginObject();
        m_json.member("data", part.data).member("format", part.mediaType.mid(part.mediaType.indexOf('/') + 1));
        m_json.endObject();
        break;
    case Part::Kind::ToolCall:
    case Part::Kind::ToolResult:
    case Part::Kind::Thinking:
        return m_losses.drop(field, "it belongs to another role");
    }
    if (m_wrong)
        return; // nothing of this is sent
    writeMark(part, field);
    m_json.endObject();
}

// Texts and media have no place for one; thinking and calls may have.
void ChatMessages::noteSignature(const Part& part, const QByteArray& field)
{
    if (part.kind != Part::Kind::Thinking && !part.signature.isEmpty())
        m_losses.drop(field + ".signature", "only who signed it takes a signature back");
}

void ChatMessages::writeMark(const Part& part, const QByteArray& field)
{
    if (!part.cacheMark)
        return;
    if (!m_marks)
        return m_losses.drop(field + ".cache_control", "the provider caches prompts by itself or not at all");
    m_json.key("prompt_cache_breakpoint").beginObject();
    m_json.memberIf("ttl", openAiCacheLife(*part.cacheMark, field + ".cache_control", m_losses)).endObject();
}

void ChatMessages::writeImage(const Part& part, const QByteArray& field)
{
    if (!part.fileId.isEmpty())
        return refuse("an image that another provider keeps", field);
    if (!part.url.isEmpty() && !has(ChatField::ImageUrls))
        return refuse("an image by its address", field);
    m_json.beginObject().member("type", "image_url").key("image_url").beginObject();
    m_json.member("url", part.url.isEmpty() ? dataUrl(part, "image/png") : part.url);
    m_json.memberIf("detail", part.detail).endObject();
}

void ChatMessages::writeFile(const Part& part, const QByteArray& field)
{
    if (part.data.isEmpty() || !has(ChatField::Files))
        return refuse(part.data.isEmpty() ? "a file that is only named" : "files", field);
    if (part.mediaType.startsWith("text/")) { // plain documents are text here
        const std::optional<QByteArray> text = documentAsText(part, field, m_losses);
        if (!text)
            return refuse("a text file that is not UTF-8", field);
        m_json.beginObject().member("type", "text").member("text", *text);
        return;
    }
    m_json.beginObject().member("type", "file").key("file").beginObject();
    m_json.member("filename", part.fileName.isEmpty() ? QByteArray("document.pdf") : part.fileName);
    m_json.member("file_data", dataUrl(part, "application/pdf")).endObject();
}

QByteArray ChatMessages::callIdOf(const CallRefs::Ref& ref) const
{
    return m_target.kind() == config::ProviderKind::Mistral ? mistralToolId(ref.id) : ref.id;
}

void ChatMessages::writeAssistant(const Message& message, std::size_t index)
{
    QByteArray text;
    QByteArray refused;
    std::vector<std::size_t> calls;
    std::vector<Placed> thoughts;
    for (std::size_t i = 0; i < message.parts.size(); ++i) {
        const Part& part = message.parts[i];
        const QByteArray field = partField(index, i);
        if (part.kind == Part::Kind::Text)
            text += part.text;
        else if (part.kind == Part::Kind::Refusal)
            refused += part.text;
        else if (part.kind == Part::Kind::ToolCall)
            calls.push_back(i);
        else if (part.kind == Part::Kind::Thinking)
            thoughts.push_back({&part, field});
        else
            m_losses.drop(field, "the provider takes no media of earlier answers");
        if (part.cacheMark)
            m_losses.drop(field + ".cache_control", "the provider marks no earlier answers");
        if (part.kind != Part::Kind::ToolCall)
            noteSignature(part, field);
    }
    m_json.beginObject().member("role", "assistant").memberIf("name", message.name);
    if (text.isEmpty() && !calls.empty())
        m_json.memberNull("content");
    else
        m_json.member("content", text);
    m_json.memberIf("refusal", refused);
    writeThinking(thoughts);
    if (!calls.empty()) {
        m_json.key("tool_calls").beginArray();
        for (const std::size_t i : calls)
            writeCall(message.parts[i], m_refs.of(index, i), partField(index, i));
        m_json.endArray();
    }
    m_json.endObject();
}

// Signed thinking where signatures are taken, else its text where that is.
void ChatMessages::writeThinking(const std::vector<Placed>& thoughts)
{
    const auto isCarried = [this](const Placed& thought) {
        return !thought.part->signature.isEmpty() && takesSignature(m_quirks, *thought.part);
    };
    const bool details = std::any_of(thoughts.begin(), thoughts.end(), isCarried);
    QByteArray open;
    QByteArray list;
    JsonWriter json(list);
    for (const Placed& thought : thoughts) {
        const Part& part = *thought.part;
        if (isCarried(thought)) {
            json.beginObject().member("type", part.redacted ? "reasoning.encrypted" : "reasoning.text");
            if (part.redacted)
                json.member("data", part.signature);
            else
                json.member("text", part.text).member("signature", part.signature);
            json.member("format", reasoningFormat(part.signer)).endObject();
        } else if (details || !has(ChatField::ReasoningInput)) {
            m_losses.drop(thought.field, "only its own provider takes thinking back");
        } else {
            open += part.text;
            if (!part.signature.isEmpty())
                m_losses.drop(thought.field + ".signature", "only who signed it takes a signature back");
        }
    }
    if (details)
        m_json.memberRaw("reasoning_details", '[' + list + ']');
    m_json.memberIf("reasoning_content", open);
}

void ChatMessages::writeCall(const Part& call, const CallRefs::Ref& ref, const QByteArray& field)
{
    if (call.custom && !has(ChatField::CustomTools))
        return refuse("free-text tools", field);
    m_json.beginObject().member("id", callIdOf(ref)).member("type", call.custom ? "custom" : "function");
    m_json.key(call.custom ? "custom" : "function").beginObject().member("name", call.name);
    m_json.member(call.custom ? "input" : "arguments", call.arguments).endObject();
    if (!call.signature.isEmpty() && call.signer == Signer::Google && has(ChatField::GoogleSignatures)) {
        m_json.key("extra_content").beginObject().key("google").beginObject();
        m_json.member("thought_signature", call.signature).endObject().endObject();
    } else {
        noteSignature(call, field);
    }
    m_json.endObject();
}

void ChatMessages::writeResult(const Part& result, const CallRefs::Ref& ref, const QByteArray& field)
{
    const Part failed = textPart("Error:");
    std::vector<Placed> texts;
    if (result.isError) {
        m_losses.change(field + ".is_error", "it stands in the result's text");
        texts.push_back({&failed, field});
    }
    for (std::size_t i = 0; i < result.content.size(); ++i) {
        const Part& part = result.content[i];
        const QByteArray inner = indexed(field + ".content", i);
        if (part.kind == Part::Kind::Text)
            texts.push_back({&part, inner});
        else
            m_losses.drop(inner, "a tool's result is text here");
    }
    m_json.beginObject().member("role", "tool").member("tool_call_id", callIdOf(ref)).key("content");
    if (texts.empty())
        m_json.string("");
    else
        writeContent(texts);
    m_json.endObject();
    if (result.cacheMark)
        m_losses.drop(field + ".cache_control", "the provider marks no tool results");
}

} // namespace gateway::transform
