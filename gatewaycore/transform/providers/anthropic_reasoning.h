// How hard a Claude model is asked to think (wire.md 0.5): "thinking" and the effort in "output_config", as the model
// takes them; what it does not take is reported. Belongs to one translation.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/losses.h"
#include "transform/providers/anthropic_models.h"
#include "transform/unified_request.h"

namespace gateway::transform {

class AnthropicReasoning
{
public:
    AnthropicReasoning(const UnifiedRequest& request, const ClaudeFacts& facts, Losses& losses)
        : m_request(request), m_facts(facts), m_losses(losses)
    {
    }

    // `limit`: the output's, 0 where there is none. `lacksThinking`: a tool was called in the last turns, and the
    // thinking before it is not there.
    void writeThinking(JsonWriter& json, qint64 limit, bool lacksThinking);
    bool thinks() const { return m_thinks; } // what was written turns it on
    std::optional<Effort> effort();          // empty: it is not stated

private:
    void writeBudget(JsonWriter& json, qint64 limit, bool lacksThinking);
    bool wantsThinkingOff() const;
    bool wantsThinking() const;
    bool forcesTool() const;
    std::optional<Effort> step() const;

    const UnifiedRequest& m_request;
    const ClaudeFacts& m_facts;
    Losses& m_losses;
    bool m_thinks = false;
};

} // namespace gateway::transform
