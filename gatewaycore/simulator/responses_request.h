// The reader of OpenAI's Responses requests (wire.md 1.2), stateless: what a store would know, this does not. Pure; any
// thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

std::optional<Fault> readResponsesRequest(SimCall& call);

} // namespace gateway::simulator
