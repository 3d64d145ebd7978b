// Takes a provider's base_url apart, once and strictly: scheme, host, port, path; no user, query or fragment. Any
// thread.
#pragma once

#include "config/policy_snapshot.h"

#include <variant>

namespace gateway::config {

struct BaseUrl
{
    Origin origin;
    QByteArray path; // no slash at the end
};

// The parts, or a sentence that says what is wrong with it.
std::variant<BaseUrl, QString> parseBaseUrl(const QString& text);

// Loopback, private and link-local unicast addresses, localhost, names without a dot and names under .local, .internal,
// .localhost: hosts that are reached without crossing the internet. Cloud metadata (169.254.0.0/16) is not among them.
bool isPrivateHost(const QString& host);

// "HOST:PORT", "[::1]:4180"; port 0 means any free one.
std::optional<Listener> parseListen(const QString& text);
bool isLoopback(const QString& host);

} // namespace gateway::config
