// WaitQueue: calls that have to wait for a provider's limits, on one worker. Fair among tenants (each in turn,
// interactive classes before background before batch), bounded per tenant, and aware of deadlines: a call that cannot
// be served in time leaves at its deadline, and one that finds its tenant's queue full is shed at once. Thread: the
// worker's.
#pragma once

#include "config/policy_snapshot.h"
#include "http/timer_wheel.h"

#include <QHash>
#include <QString>

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>

namespace gateway::quota {

enum class WaitEnd
{
    Admitted,
    TimeIsUp,
};

struct WaitCounts // written by the worker, read by anybody
{
    std::atomic<qint64> waiting = 0;
    std::atomic<qint64> admitted = 0;
    std::atomic<qint64> shed = 0; // the tenant's queue was full
    std::atomic<qint64> timedOut = 0;
    std::atomic<qint64> waitedUs = 0; // of those admitted, in total
};

class WaitQueue
{
public:
    static constexpr int kPerTenant = 256;

    WaitQueue(http::TimerWheel& wheel, const Clock& clock, WaitCounts& counts);
    ~WaitQueue();
    Q_DISABLE_COPY_MOVE(WaitQueue)

    using Try =
        std::function<std::chrono::milliseconds()>; // takes what it needs: 0 when it could, else when to ask again
    using End = std::function<void(WaitEnd)>;

    // Leaves when destroyed. A ticket that has ended does nothing.
    class Ticket;
    // nullptr: the tenant's queue is full. `attempt` is asked in fair order, never from inside join(); `end` is called
    // exactly once, unless the ticket is destroyed first, and may destroy the ticket.
    // (the lead codes against: join(provider, tenant, workloadClass, longest, attempt, end))
    std::unique_ptr<Ticket> join(const QString& provider, const QString& tenant, config::WorkloadClass workloadClass,
        std::chrono::milliseconds longest, Try attempt, End end);

    int depth() const;

private:
    struct Waiter;
    struct Lane;
    void serve();
    http::TimerWheel& m_wheel;
    const Clock& m_clock;
    WaitCounts& m_counts;
    std::unique_ptr<struct WaitQueueState> m_state;
};

} // namespace gateway::quota
