// From a configured provider to what the upstream client dials: address, pool key, Host, authorisation. The key is put
// on a request only here, and only towards the provider it belongs to. Pure; any thread.
#pragma once

#include "config/policy_snapshot.h"
#include "http/upstream.h"

namespace gateway::engine {

http::UpstreamTarget upstreamTarget(const config::Provider& provider, quint16 simulatorPort);
http::UpstreamTimeouts upstreamTimeouts(const config::Provider& provider);

} // namespace gateway::engine
