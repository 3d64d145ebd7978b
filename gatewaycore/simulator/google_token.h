// Google's token endpoint, as much of it as a service account needs: a signed assertion in, an access token out. The
// simulator has no public key, so it checks the assertion's form and claims, not its signature. Pure; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

Script googleToken(const SimCall& call);

} // namespace gateway::simulator
