// Loosening: what a change of the config allows that was not allowed before, in sentences. A change that loosens needs
// two people. Pure; any thread.
#pragma once

#include "config/policy_snapshot.h"

namespace gateway::privacy {

// Empty: nothing is looser. Looked at by what it comes to, not by which line was edited: for each tenant the regions
// and the retention its requests may reach; for each provider its label, where more becomes eligible by it; contracts
// that are gone, end earlier or name a wider zone. A tenant, provider or zone that is new loosens nothing by itself.
QStringList loosens(const config::PolicySnapshot& before, const config::PolicySnapshot& after);

// The same, as it comes to one tenant.
QStringList loosensFor(
    const QString& tenant, const config::PolicySnapshot& before, const config::PolicySnapshot& after);

} // namespace gateway::privacy
