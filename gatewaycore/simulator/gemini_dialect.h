// The Gemini dialect of the simulator, on Google's own paths and on Vertex's (wire.md 1.5, 5). No state; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

class GeminiDialect final : public Dialect
{
public:
    std::optional<Fault> read(SimCall& call) const override;
    std::optional<Fault> authenticate(const SimCall& call) const override;
    Script answer(const SimCall& call, Dice& dice) const override;
    Script error(const SimCall& call, const Fault& fault) const override;

private:
    Script embedded(const SimCall& call, Dice& dice) const;
};

Script geminiModels(const SimCall& call);

} // namespace gateway::simulator
