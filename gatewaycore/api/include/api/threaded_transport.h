// A transport on a thread of its own, so that several engines are attached at once and none makes another, or the
// window, wait: sockets, TLS and the parsing of JSON happen there. makeThreaded() gives an AdminTransport of the thread
// that calls it; requests and answers cross as queued calls. Destroying it ends open futures as Unreachable, ends the
// inner transport on its thread and does not wait for a network.
#pragma once

#include "api/admin_transport.h"

#include <functional>
#include <memory>

namespace gateway::api {

// `make` runs on the new thread.
std::shared_ptr<AdminTransport> makeThreaded(
    std::function<std::unique_ptr<AdminTransport>()> make, const QString& description);

} // namespace gateway::api
