// The reader of Anthropic's message requests (wire.md 1.4): as strict as the real API is known to be about the things a
// gateway gets wrong: fields by version, the order of tool results, signatures, cache breakpoints. Pure; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

// Of the header or, on Vertex, of the body. The message of the fault is Anthropic's error.message.
std::optional<Fault> readAnthropicRequest(SimCall& call);

} // namespace gateway::simulator
