// Prober: asks a provider whether it is there and takes our key, by GET on its list of models: no tokens, no cost, and
// no tenant's call. It shows that the way, the certificate and the key are good; that a model answers, only a call
// shows. Control thread; results come from the event loop, each exactly once.
#pragma once

#include "api/lever.h"
#include "config/policy_snapshot.h"
#include "http/timer_wheel.h"
#include "http/upstream.h"

#include <functional>
#include <memory>
#include <vector>

namespace gateway::engine {

class Prober
{
public:
    explicit Prober(const Clock& clock);
    ~Prober();

    using Done = std::function<void(const api::ProbeResult&)>;
    void probe(
        config::SnapshotPtr snapshot, const config::Provider& provider, const http::UpstreamTarget& target, Done done);

private:
    class Probe;
    const Clock& m_clock;
    http::TimerWheel m_wheel;
    http::UpstreamClient m_client;
    std::vector<std::unique_ptr<Probe>> m_probes; // those that are over go with the next one
};

} // namespace gateway::engine
