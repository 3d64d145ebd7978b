// Loosening: what a change of the config allows that was not allowed before, in sentences. A change that loosens needs
// two people. Pure; any thread.
#pragma once

#include "config/policy_snapshot.h"

namespace gateway::privacy {

// Empty: nothing is looser. Looked at by what it comes to, not by which line was edited: zones that allow more, tenants
// whose zone is a wider one or is taken away, contracts that are gone, hold for a shorter time or name a wider zone,
// providers under another label by which a zone lets them in. A tenant, a zone or a provider at a new address loosens
// nothing by itself.
QStringList loosens(const config::PolicySnapshot& before, const config::PolicySnapshot& after);

} // namespace gateway::privacy
