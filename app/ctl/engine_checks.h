// What doctor asks a running engine: whether both speak the same contract, how its parts, its store, its config and its
// exports do. Main thread; waits for answers.
#pragma once

#include "check.h"

#include "api/gateway_client.h"

namespace ctl {

Checks checkEngine(const gateway::api::GatewayClient& client);

} // namespace ctl
