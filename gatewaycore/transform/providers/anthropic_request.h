// Writes a unified request as Anthropic's messages API takes it (wire.md 0.1, 0.5, 1.4), for the model it goes to: what
// that model refuses is left out or said in its own way, and reported. Belongs to one translation.
#pragma once

#include "transform/provider_dialect.h"
#include "transform/providers/anthropic_cache_marks.h"
#include "transform/providers/anthropic_reasoning.h"

namespace gateway::transform {

class AnthropicRequest
{
public:
    AnthropicRequest(const UnifiedRequest& request, const Target& target, Losses& losses);

    // The members of the body, `head` (model or anthropic_version) first; or why it cannot be asked.
    std::variant<QByteArray, CallError> body(QByteArrayView head);
    // The body has temperature, top_p or top_k, which only the first version of the API knows.
    bool needsFirstVersion() const { return m_samples; }

private:
    std::optional<CallError> refusal() const;
    void writeLimit(JsonWriter& json);
    void writeOutput(JsonWriter& json);
    void writeSampling(JsonWriter& json);
    void writeStops(JsonWriter& json);
    void writeAccount(JsonWriter& json);

    const UnifiedRequest& m_request;
    const Target& m_target;
    const ClaudeFacts& m_facts;
    Losses& m_losses;
    CacheMarks m_marks;
    AnthropicReasoning m_reasoning;
    qint64 m_limit = 0;
    bool m_samples = false;
};

} // namespace gateway::transform
