// OpenAI's Responses dialect of the simulator, stateless (wire.md 1.2). No state; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

class ResponsesDialect final : public Dialect
{
public:
    std::optional<Fault> read(SimCall& call) const override;
    std::optional<Fault> authenticate(const SimCall& call) const override;
    Script answer(const SimCall& call, Dice& dice) const override;
    Script error(const SimCall& call, const Fault& fault) const override;
};

} // namespace gateway::simulator
