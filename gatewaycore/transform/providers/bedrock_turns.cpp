#include "transform/providers/bedrock_turns.h"

namespace gateway::transform {

// System texts and messages into blocks; two turns of the same role become one.
std::optional<CallError> BedrockTurns::read()
{
    JsonWriter system(m_system);
    const auto addSystem = [&system](const QByteArray& block) {
        if (!block.isEmpty())
            system.raw(block);
    };
    for (std::size_t i = 0; i < m_request.system.size(); ++i) {
        const Part& part = m_request.system[i];
        if (part.kind != Part::Kind::Text)
            return invalidRequest(QStringLiteral("Bedrock takes texts only as system prompt."), indexed("system", i));
        addSystem(std::get<QByteArray>(m_blocks.block(part, {}, indexed("system", i))));
        if (part.cacheMark)
            addSystem(m_blocks.cachePoint(*part.cacheMark, indexed("system", i, "cache_control")));
    }
    for (std::size_t i = 0; i < m_request.messages.size(); ++i) {
        const Message& message = m_request.messages[i];
        const bool assistant = message.role == Role::Assistant;
        if (message.role == Role::System)
            m_losses.change(indexed("messages", i, "role"), "a system message between others is sent as the user's");
        for (std::size_t j = 0; j < message.parts.size(); ++j) {
            const Part& part = message.parts[j];
            auto block = m_blocks.block(part, m_refs.of(i, j), partField(i, j));
            if (auto* error = std::get_if<CallError>(&block))
                return std::move(*error);
            QByteArray& json = std::get<QByteArray>(block);
            if (json.isEmpty())
                continue; // a turn begins with its first block: what says nothing does not part two of the same role
            if (m_turns.empty() || m_turns.back().assistant != assistant) {
                m_turns.emplace_back();
                m_turns.back().assistant = assistant;
            }
            Turn& turn = m_turns.back();
            turn.hasDocument = turn.hasDocument || part.kind == Part::Kind::Document;
            turn.hasText = turn.hasText || part.kind == Part::Kind::Text;
            std::vector<QByteArray>& place = part.kind == Part::Kind::ToolResult ? turn.results : turn.blocks;
            place.push_back(std::move(json));
            if (part.cacheMark) {
                QByteArray mark = m_blocks.cachePoint(*part.cacheMark, partField(i, j, "cache_control"));
                if (!mark.isEmpty())
                    place.push_back(std::move(mark));
            }
        }
    }
    finish();
    return std::nullopt;
}

void BedrockTurns::finish()
{
    for (Turn& turn : m_turns) {
        if (turn.hasDocument && !turn.hasText) {
            turn.blocks.push_back(R"({"text":"."})");
            m_losses.change("messages", "a full stop stands beside a document: the provider wants a text there");
        }
    }
    if (m_request.cacheAll && !m_turns.empty()) {
        Turn& last = m_turns.back();
        QByteArray mark = m_blocks.cachePoint(*m_request.cacheAll, "cache_control");
        if (!mark.isEmpty())
            (last.blocks.empty() ? last.results : last.blocks).push_back(std::move(mark));
    }
}

void BedrockTurns::write(JsonWriter& json) const
{
    json.key("messages").beginArray();
    for (const Turn& turn : m_turns) {
        json.beginObject().member("role", turn.assistant ? "assistant" : "user").key("content").beginArray();
        for (const QByteArray& block : turn.results)
            json.raw(block);
        for (const QByteArray& block : turn.blocks)
            json.raw(block);
        json.endArray().endObject();
    }
    json.endArray();
    if (!m_system.isEmpty())
        json.memberRaw("system", '[' + m_system + ']');
}

} // namespace gateway::transform
