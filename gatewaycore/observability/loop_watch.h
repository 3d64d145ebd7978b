// LoopWatch: tells when an event loop was held up. A loop that did not come round for longer than the bound is counted,
// with the longest and the last such turn, and one line in ten seconds is logged for it; while a loop has been held up
// for longer than a second, a thread of ours says so, with what the kernel knows of the stuck thread.
// Costs: two readings of a coarse clock (4 ms) a turn. A loop that waits is never woken; our own thread sleeps without
// a timeout until a loop says that it is at work, and then looks once a second at most.
// Threads: made and destroyed anywhere, after its loops; watchThisThread() and the end of what it returns on the loop's
// own thread; the rest from any. Needs a WatchedApplication, or a dispatcher that calls loopEntered() itself.
#pragma once

#include "api/engine_status.h"
#include "base/clock.h"
#include "base/loop_lap.h"

#include <QString>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace gateway::observability {

// What is known of one loop.
struct LoopFacts
{
    QString thread;
    qint64 turns = 0;
    qint64 stalls = 0; // turns longer than the bound
    Monotonic longest{0};
    Monotonic last{0};
    Monotonic lastAt{0}; // when it ended, on the watch's clock
    Monotonic busy{0};   // of the turn that is under way
};

// A loop that does not come round, while it does not.
struct StuckLoop
{
    QString thread;
    qint64 threadId = 0; // of the kernel
    Monotonic busy{0};
    QString where; // state, wait channel and system call, as far as the kernel tells
};

struct LoopWatchOptions
{
    Monotonic bound = std::chrono::milliseconds(50);
    Monotonic stuck = std::chrono::seconds(1);
    Monotonic (*now)() = nullptr;                         // empty: the coarse monotonic clock
    std::function<void(const StuckLoop&)> tell = nullptr; // on the watching thread; empty: a line in the log
};

class WatchedLoop;

class LoopWatch
{
public:
    explicit LoopWatch(LoopWatchOptions options = {});
    ~LoopWatch();
    Q_DISABLE_COPY_MOVE(LoopWatch)

    // Names are few and constant: they are label values. Empty when this thread has no event dispatcher.
    std::unique_ptr<WatchedLoop> watchThisThread(const QString& name);

    std::vector<LoopFacts> facts() const;
    api::Part health() const; // degraded while a loop is stuck; the rest is told in its sentence
    qint64 looks() const { return m_looks.load(std::memory_order_relaxed); } // of the watching thread, since the start

private:
    friend class WatchedLoop;
    void forget(WatchedLoop& loop);
    void rouse();
    void run();
    std::vector<StuckLoop> stuckNow(Monotonic now, Monotonic& soonest);

    const LoopWatchOptions m_options;
    std::atomic<bool> m_asleep = false;
    std::atomic<qint64> m_looks = 0;
    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_wake;
    std::vector<WatchedLoop*> m_loops;
    bool m_stop = false;
    std::thread m_thread; // the last member: it uses the others
};

} // namespace gateway::observability
