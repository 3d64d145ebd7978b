// The OpenAI dialect of the simulator, chat completions and the model list: the bytes that OpenAI's documentation
// promises (wire.md 1.1, 5), key order included, bent where the wishes say so. Azure's paths speak it too. No state;
// any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

class OpenAiDialect final : public Dialect
{
public:
    std::optional<Fault> read(SimCall& call) const override;
    std::optional<Fault> authenticate(const SimCall& call) const override;
    Script answer(const SimCall& call, Dice& dice) const override;
    Script error(const SimCall& call, const Fault& fault) const override;
};

Script openAiModels(const SimCall& call);

} // namespace gateway::simulator
