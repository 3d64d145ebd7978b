// The Bedrock dialect of the simulator: Converse and ConverseStream (wire.md 2, 5), with the check of SigV4 if the
// profile has a key of AWS. No state; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

class BedrockDialect final : public Dialect
{
public:
    std::optional<Fault> read(SimCall& call) const override;
    std::optional<Fault> authenticate(const SimCall& call) const override;
    Script answer(const SimCall& call, Dice& dice) const override;
    Script error(const SimCall& call, const Fault& fault) const override;
};

} // namespace gateway::simulator
