// LoopLap: where an event loop says that it is at work. The first event that is delivered after the loop waited stamps
// the time; whoever watches the loop (observability/loop_watch) takes the stamp away when the loop comes round. A
// thread that nobody watches has no lap, and saying so costs it one load. The stamp is written by the loop's own
// thread; any thread may read it.
#pragma once

#include <QtGlobal>

#include <atomic>

namespace gateway {

struct LoopLap
{
    std::atomic<qint64> enteredNs = 0;     // when the turn that is under way began; 0: the loop waits
    void (*enter)(LoopLap& lap) = nullptr; // stamps
};

inline constinit thread_local LoopLap* t_loopLap = nullptr; // of this thread, while it is watched

// Before an event is delivered; cheap enough to stand before each of them.
inline void loopEntered()
{
    LoopLap* const lap = t_loopLap;
    if (lap && lap->enteredNs.load(std::memory_order_relaxed) == 0)
        lap->enter(*lap);
}

} // namespace gateway
