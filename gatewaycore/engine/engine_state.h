// EngineState: the few facts every worker and the control thread share while calls run. Atomics; any thread.
#pragma once

#include <atomic>

namespace gateway::engine {

struct EngineState
{
    std::atomic<bool> ready = false;
    std::atomic<bool> draining = false;
    std::atomic<int> callsInFlight = 0;
};

} // namespace gateway::engine
