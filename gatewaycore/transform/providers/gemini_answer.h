// Reading what Gemini answers: one chunk of a stream or a whole answer have the same form (GenerateContentResponse).
// Every field may be missing or of another type. Private to the Gemini dialect; one answer, one thread.
#pragma once

#include "transform/json_view.h"
#include "transform/unified_answer.h"

#include <set>

namespace gateway::transform::gemini {

// usageMetadata in our disjoint buckets (wire.md section 4): what was cached is inside promptTokenCount, thoughts are
// outside candidatesTokenCount, a tool's prompt is apart from both.
api::Tokens readUsage(JsonView usage);

// The facts of an answer, from its chunks in order: later statements replace earlier ones.
class FactsReader
{
public:
    // An error that the chunk is. A reason to stop that means one is StopReason::ModelError in the facts.
    std::optional<CallError> read(JsonView chunk, QByteArrayView providerKey, AnswerFacts& facts);
    // After the chunk's parts were read: whether tools were called decides the reason.
    void settle(AnswerFacts& facts, bool toolCalled) const;
    // Every candidate that was begun has said why it stopped, or the prompt itself was refused.
    bool isComplete() const { return m_blocked || (!m_finished.empty() && m_finished.size() == m_begun.size()); }

private:
    std::set<qint64> m_begun;
    std::set<qint64> m_finished;
    bool m_blocked = false;
};

// The first candidate's parts.
JsonView partsOf(JsonView chunk);

// One part; nullopt for kinds that nobody else has (executableCode, a hosted tool's call ...) and for pieces of a call
// whose arguments come in fragments.
class PartReader
{
public:
    void setAnswerId(QByteArrayView id);
    std::optional<Part> read(JsonView part);
    // The provider's id of a call or, where it has none, one made of the answer's id and a counter.
    QByteArray callId(JsonView functionCall);

private:
    QByteArray m_answerId;
    int m_minted = 0;
};

} // namespace gateway::transform::gemini
