// The reader of Bedrock's Converse requests (wire.md 2): unions, the order of turns, tool results, and toolConfig
// beside any tool block. Pure; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

// The message of the fault is a ValidationException's.
std::optional<Fault> readBedrockRequest(SimCall& call);

} // namespace gateway::simulator
