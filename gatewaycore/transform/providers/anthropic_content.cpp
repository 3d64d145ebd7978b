#include "transform/providers/anthropic_content.h"

#include "transform/field_name.h"
#include "transform/providers/anthropic_media.h"

#include <algorithm>

namespace gateway::transform {
namespace {

constexpr QByteArrayView kThinking("{\"type\":\"thinking\"");
constexpr QByteArrayView kRedacted("{\"type\":\"redacted_thinking\"");

bool isIdByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool isObject(const QByteArray& json)
{
    const JsonText text = JsonText::parse(json, 60);
    return !text.error && text.root.type() == JsonType::Object;
}

} // namespace

AnthropicContent::AnthropicContent(
    const UnifiedRequest& request, const ClaudeFacts& facts, bool systemTurns, CacheMarks& marks, Losses& losses)
    : m_request(request), m_facts(facts), m_systemTurns(systemTurns), m_marks(marks), m_losses(losses)
{
}

std::optional<CallError> AnthropicContent::read()
{
    const bool onlySystem = m_request.messages.empty();
    if (onlySystem) {
        Turn turn;
        for (std::size_t i = 0; i < m_request.system.size(); ++i) {
            if (auto made = block(m_request.system[i], Role::User, indexed("system", i)))
                turn.blocks.push_back(std::move(*made));
        }
        if (!turn.blocks.empty())
            m_turns.push_back(std::move(turn));
        m_losses.change("system", "the provider wants a message: the instructions stand as the user's");
    } else {
        addSystem(m_request.system, "system");
    }
    for (std::size_t i = 0; i < m_request.messages.size(); ++i)
        addMessage(i);
    if (m_error)
        return m_error;
    if (m_turns.empty()) {
        refuse(QStringLiteral("The conversation has no content that the provider could answer."), "messages");
        return m_error;
    }
    if (m_turns.front().role == Role::Assistant) {
        m_turns.insert(m_turns.begin(), Turn{Role::User, {{"{\"type\":\"text\",\"text\":\".\"}", false}}});
        m_losses.change("messages[0]", "the provider begins with the user: a turn of the user was put before it");
    }
    if (m_turns.back().role == Role::Assistant && !m_facts.prefill) {
        refuse(QStringLiteral("The model does not go on with an assistant's message: the last one must be the user's."),
            "messages");
        return m_error;
    }
    if (!m_system.isEmpty())
        m_system = '[' + m_system + ']';
    return std::nullopt;
}

void AnthropicContent::addSystem(const std::vector<Part>& parts, const QByteArray& field)
{
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part& part = parts[i];
        if (part.kind != Part::Kind::Text && part.kind != Part::Kind::Refusal) {
            m_losses.drop(indexed(field, i), "the provider's instructions are texts");
            continue;
        }
        if (const auto made = text(part, part.text, indexed(field, i)))
            m_system += (m_system.isEmpty() ? "" : ",") + made->json;
    }
}

// Instructions inside the conversation stand right behind the user's turn, and before the assistant's or at the end.
bool AnthropicContent::isInstructionTurn(std::size_t index)
{
    if (!m_systemTurns || m_turns.empty() || m_turns.back().role == Role::Assistant)
        return false;
    const auto& messages = m_request.messages;
    m_nextSpeaker = std::max(m_nextSpeaker, index); // found once for all instructions that stand in a row
    while (m_nextSpeaker < messages.size() && messages[m_nextSpeaker].role == Role::System)
        ++m_nextSpeaker;
    return m_nextSpeaker == messages.size() || messages[m_nextSpeaker].role == Role::Assistant;
}

void AnthropicContent::addMessage(std::size_t index)
{
    const Message& message = m_request.messages[index];
    const QByteArray field = indexed("messages", index);
    if (!message.name.isEmpty())
        m_losses.drop(field + ".name");
    Role role = message.role;
    if (role == Role::System) {
        if (!isInstructionTurn(index)) {
            addSystem(message.parts, field + ".content");
            m_losses.change(field + ".role", "the model takes instructions only at the head: moved there");
            return;
        }
    }
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < message.parts.size(); ++i) {
        if (role == Role::System && message.parts[i].kind != Part::Kind::Text) {
            m_losses.drop(indexed(field + ".content", i), "the provider's instructions are texts");
            continue;
        }
        m_trims = role == Role::Assistant && index + 1 == m_request.messages.size() && i + 1 == message.parts.size();
        if (auto made = block(message.parts[i], role, indexed(field + ".content", i)))
            blocks.push_back(std::move(*made));
    }
    if (blocks.empty())
        return;
    const bool calls = std::any_of(
        message.parts.begin(), message.parts.end(), [](const Part& part) { return part.kind == Part::Kind::ToolCall; });
    const bool speaks = std::any_of(blocks.begin(), blocks.end(), [](const Block& made) { return !made.isResult; });
    if (m_turns.empty() || m_turns.back().role != role)
        m_turns.push_back({role, {}});
    std::move(blocks.begin(), blocks.end(), std::back_inserter(m_turns.back().blocks));
    const QByteArray& first = m_turns.back().blocks.front().json;
    if (role == Role::Assistant && calls)
        m_lacksThinking = !first.startsWith(kThinking) && !first.startsWith(kRedacted);
    else if (role != Role::Assistant && speaks)
        m_lacksThinking = false; // the user has spoken since
}

QByteArray AnthropicContent::messages() const
{
    QByteArray out;
    JsonWriter json(out);
    json.beginArray();
    for (const Turn& turn : m_turns) {
        json.beginObject();
        json.member("role", turn.role == Role::Assistant ? "assistant" : turn.role == Role::System ? "system" : "user");
        json.key("content").beginArray();
        for (const bool results : {true, false}) {
            for (const Block& made : turn.blocks) {
                if (made.isResult == results)
                    json.raw(made.json);
            }
        }
        json.endArray().endObject();
    }
    json.endArray();
    return out;
}

std::optional<AnthropicContent::Block> AnthropicContent::block(const Part& part, Role role, const QByteArray& field)
{
    if (part.kind != Part::Kind::Thinking && !part.signature.isEmpty())
        m_losses.drop(field + ".signature", "only who signed it takes a signature back");
    switch (part.kind) {
    case Part::Kind::Text:
    case Part::Kind::Refusal:
        return text(part, part.text, field);
    case Part::Kind::Thinking:
        return thinking(part, role, field);
    case Part::Kind::ToolCall:
        return toolCall(part, field);
    case Part::Kind::ToolResult:
        return toolResult(part, field);
    case Part::Kind::Image:
    case Part::Kind::Document: {
        if (role != Role::User) {
            m_losses.drop(field, "the provider takes images and documents from the user only");
            return std::nullopt;
        }
        Block made;
        JsonWriter json(made.json);
        if (!writeMedia(json, part, field))
            return std::nullopt;
        m_marks.write(json, part.cacheMark, field);
        json.endObject();
        return made;
    }
    case Part::Kind::Audio:
        refuse(QStringLiteral("The provider's models do not take audio."), field);
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<AnthropicContent::Block> AnthropicContent::text(
    const Part& part, QByteArray text, const QByteArray& field)
{
    if (text.trimmed().isEmpty()) {
        // the provider refuses texts without a visible character
        if (!text.isEmpty())
            m_losses.drop(field, "the provider takes no text of spaces only");
        if (part.cacheMark)
            m_losses.drop(field + ".cache_control", "there is nothing to mark");
        return std::nullopt;
    }
    if (m_trims && QByteArrayView(" \t\r\n").contains(text.back())) {
        while (QByteArrayView(" \t\r\n").contains(text.back()))
            text.chop(1);
        m_losses.change(field, "the provider does not go on with a text that ends in a space: cut off");
    }
    Block made;
    JsonWriter json(made.json);
    json.beginObject().member("type", "text").member("text", text);
    m_marks.write(json, part.cacheMark, field);
    json.endObject();
    return made;
}

std::optional<AnthropicContent::Block> AnthropicContent::thinking(const Part& part, Role role, const QByteArray& field)
{
    if (role != Role::Assistant || part.signer != Signer::Anthropic || part.signature.isEmpty()) {
        m_losses.drop(field, "thinking is taken back by its signer only");
        return std::nullopt;
    }
    Block made;
    JsonWriter json(made.json);
    if (part.redacted)
        json.beginObject().member("type", "redacted_thinking").member("data", part.signature).endObject();
    else
        json.beginObject()
            .member("type", "thinking")
            .member("thinking", part.text)
            .member("signature", part.signature)
            .endObject();
    return made;
}

std::optional<AnthropicContent::Block> AnthropicContent::toolCall(const Part& part, const QByteArray& field)
{
    Block made;
    JsonWriter json(made.json);
    json.beginObject().member("type", "tool_use").member("id", callIdOf(part)).member("name", part.name).key("input");
    if (part.custom || (!part.arguments.isEmpty() && !isObject(part.arguments))) {
        json.beginObject().member("input", part.arguments).endObject();
        m_losses.change(field + ".arguments", "the provider takes a JSON object: the text stands in one");
    } else {
        json.raw(part.arguments.isEmpty() ? QByteArrayView("{}") : QByteArrayView(part.arguments));
    }
    m_marks.write(json, part.cacheMark, field);
    json.endObject();
    return made;
}

std::optional<AnthropicContent::Block> AnthropicContent::toolResult(const Part& part, const QByteArray& field)
{
    Block made;
    made.isResult = true;
    JsonWriter json(made.json);
    json.beginObject().member("type", "tool_result").member("tool_use_id", resultIdOf(part));
    const bool plain = part.content.size() == 1 && part.content.front().kind == Part::Kind::Text;
    if (plain) {
        json.member("content", part.content.front().text);
    } else if (!part.content.empty()) {
        json.key("content").beginArray();
        for (std::size_t i = 0; i < part.content.size(); ++i) {
            const Part& piece = part.content[i];
            const QByteArray inner = indexed(field + ".content", i);
            if (piece.kind == Part::Kind::Text || piece.kind == Part::Kind::Refusal) {
                if (!piece.text.isEmpty())
                    json.beginObject().member("type", "text").member("text", piece.text).endObject();
            } else if (piece.kind == Part::Kind::Image || piece.kind == Part::Kind::Document) {
                // written apart: a refused one must leave nothing behind
                QByteArray media;
                JsonWriter mediaJson(media);
                if (writeMedia(mediaJson, piece, inner))
                    json.raw(media + '}');
            } else {
                m_losses.drop(inner, "the provider takes texts, images and documents as a result");
            }
        }
        json.endArray();
    }
    if (part.isError)
        json.memberBool("is_error", true);
    m_marks.write(json, CacheMarks::markOf(part), field);
    json.endObject();
    return made;
}

bool AnthropicContent::writeMedia(JsonWriter& json, const Part& part, const QByteArray& field)
{
    const bool image = part.kind == Part::Kind::Image;
    json.beginObject().member("type", image ? "image" : "document");
    if (const QString reason = writeAnthropicSource(json, part); !reason.isEmpty()) {
        refuse(reason, field);
        return false;
    }
    if (!image)
        json.memberIf("title", part.fileName);
    if (!part.detail.isEmpty() && part.detail != "auto")
        m_losses.drop(field + ".detail");
    return true;
}

QByteArray AnthropicContent::callIdOf(const Part& call)
{
    if (!call.callId.isEmpty())
        return acceptable(call.callId);
    m_pending.push_back({call.name, "toolu_sbx_" + QByteArray::number(++m_madeIds)});
    return m_pending.back().id;
}

// A result without an id belongs to the first open call of its function, or else to the first open call.
QByteArray AnthropicContent::resultIdOf(const Part& result)
{
    if (!result.callId.isEmpty())
        return acceptable(result.callId);
    if (m_pending.empty())
        return "toolu_sbx_" + QByteArray::number(++m_madeIds);
    auto found =
        std::find_if(m_pending.begin(), m_pending.end(), [&](const Pending& call) { return call.name == result.name; });
    if (found == m_pending.end())
        found = m_pending.begin();
    const QByteArray id = found->id;
    m_pending.erase(found);
    return id;
}

// An id that the provider would not take is replaced, the same one always by the same.
QByteArray AnthropicContent::acceptable(const QByteArray& callId)
{
    if (std::all_of(callId.begin(), callId.end(), isIdByte))
        return callId;
    QByteArray& made = m_ids[callId];
    if (made.isEmpty())
        made = "toolu_sbx_" + QByteArray::number(++m_madeIds);
    return made;
}

void AnthropicContent::refuse(QString message, const QByteArray& field)
{
    if (!m_error)
        m_error = invalidRequest(std::move(message), field);
}

} // namespace gateway::transform
