// OpenAI's embeddings, as floats and as base64 (wire.md 1.3). No state; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

class EmbeddingsDialect final : public Dialect
{
public:
    std::optional<Fault> read(SimCall& call) const override;
    std::optional<Fault> authenticate(const SimCall& call) const override;
    Script answer(const SimCall& call, Dice& dice) const override;
    Script error(const SimCall& call, const Fault& fault) const override;
};

} // namespace gateway::simulator
