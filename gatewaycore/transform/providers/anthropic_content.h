// Writes the conversation of a unified request in Anthropic's words (wire.md 1.4, 9.10, 9.19): turns of one role are
// merged, results of tools stand first in the user's turn and those of one step together, thinking goes back to
// its signer only, and at most four cache breakpoints are set. Belongs to one translation.
#pragma once

#include "transform/call_error.h"
#include "transform/providers/anthropic_cache_marks.h"
#include "transform/providers/anthropic_models.h"

#include <QHash>

namespace gateway::transform {

class AnthropicContent
{
public:
    // `systemTurns`: the provider takes role "system" in the middle of a conversation
    AnthropicContent(
        const UnifiedRequest& request, const ClaudeFacts& facts, bool systemTurns, CacheMarks& marks, Losses& losses);

    // What cannot be carried at all; the texts below are complete if there is none.
    std::optional<CallError> read();
    const QByteArray& system() const { return m_system; } // a JSON list; empty: none
    QByteArray messages() const;                          // a JSON list
    // A tool was called in the last turns, and the thinking that led to it is not there: older models refuse to think
    // then.
    bool lacksThinking() const { return m_lacksThinking; }

private:
    struct Block
    {
        QByteArray json;
        bool isResult = false;
    };
    struct Turn
    {
        Role role = Role::User;
        std::vector<Block> blocks;
    };

    void addSystem(const std::vector<Part>& parts, const QByteArray& field);
    void addMessage(std::size_t index);
    std::optional<Block> block(const Part& part, Role role, const QByteArray& field);
    std::optional<Block> text(const Part& part, QByteArray text, const QByteArray& field);
    std::optional<Block> thinking(const Part& part, Role role, const QByteArray& field);
    std::optional<Block> toolCall(const Part& part, const QByteArray& field);
    std::optional<Block> toolResult(const Part& part, const QByteArray& field);
    bool writeMedia(JsonWriter& json, const Part& part, const QByteArray& field); // the block without its end
    QByteArray callIdOf(const Part& call);
    QByteArray resultIdOf(const Part& result);
    QByteArray acceptable(const QByteArray& callId);
    bool isInstructionTurn(std::size_t index); // may stand where it is
    void refuse(QString message, const QByteArray& field);

    const UnifiedRequest& m_request;
    const ClaudeFacts& m_facts;
    const bool m_systemTurns;
    CacheMarks& m_marks;
    Losses& m_losses;

    QByteArray m_system;
    std::vector<Turn> m_turns;
    QHash<QByteArray, QByteArray> m_ids; // the caller's, and ours where the provider would not take it
    struct Pending
    {
        QByteArray name;
        QByteArray id;
    };
    std::vector<Pending> m_pending; // calls without an id, until their results come
    int m_madeIds = 0;
    std::size_t m_nextSpeaker = 0;
    bool m_trims = false; // the text at hand is what the model goes on with
    bool m_lacksThinking = false;
    std::optional<CallError> m_error;
};

} // namespace gateway::transform
