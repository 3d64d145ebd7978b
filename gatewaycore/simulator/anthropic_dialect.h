// The Anthropic dialect of the simulator: messages, count_tokens and the model list, also as Claude on Vertex
// (wire.md 1.4, 5). No state; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

class AnthropicDialect final : public Dialect
{
public:
    std::optional<Fault> read(SimCall& call) const override;
    std::optional<Fault> authenticate(const SimCall& call) const override;
    Script answer(const SimCall& call, Dice& dice) const override;
    Script error(const SimCall& call, const Fault& fault) const override;
};

Script anthropicModels(const SimCall& call);

} // namespace gateway::simulator
