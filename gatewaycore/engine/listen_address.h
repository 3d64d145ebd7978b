// Where a listener binds: the config's address, or the one given on the command line, and its TLS files. Pure; any
// thread.
#pragma once

#include "config/policy_snapshot.h"
#include "http/server.h"

namespace gateway::engine {

// `given`: "HOST:PORT" ("[::1]:4180" for IPv6) or empty. `only13`: TLS 1.3 alone (the admin listener).
api::Result<http::ServerOptions> listenOptions(const config::Listener& configured, const QString& given, bool only13);

QString listenUrl(const http::ServerOptions& options); // http://127.0.0.1:4180

} // namespace gateway::engine
