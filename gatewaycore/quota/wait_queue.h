// WaitQueue: calls that have to wait for a provider's limits, on one worker. Each provider has its own line, so that
// calls that wait for one do not hold up those that wait for another. In a line every tenant has a lane for its
// interactive and streaming calls and one for its background and batch calls: first come, first served, at most
// kPerTenant in a lane. The lanes are asked in turn, so that a tenant with a thousand waiting calls is served as often
// as one with a single call. Interactive lanes go first, but at least every eighth call let through is one of the
// others, while they can be served at all (the provider's gate keeps the interactive share).
//
// A call that cannot be served in time leaves at its deadline, and one that finds its lane full is shed at once. A lane
// whose turn was passed over for kPassedOver others, because its call needs more than they do, is waited for.
// Thread: the worker's. Cost of a round: as many asks as calls are let through, and a few more, however many wait.
#pragma once

#include "base/clock.h"
#include "config/policy_snapshot.h"
#include "http/timer_wheel.h"

#include <atomic>
#include <chrono>
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
    std::atomic<qint64> shed = 0; // the lane was full
    std::atomic<qint64> timedOut = 0;
    std::atomic<qint64> waitedUs = 0; // of those admitted, in total
};

class WaitQueue
{
    struct State;
    struct Waiter;

public:
    static constexpr int kPerTenant = 256;
    static constexpr int kPassedOver = 32;

    // All must outlive the queue. Calls still waiting when it goes are not told.
    WaitQueue(http::TimerWheel& wheel, const Clock& clock, WaitCounts& counts);
    ~WaitQueue();
    Q_DISABLE_COPY_MOVE(WaitQueue)

    // Takes what it needs and says 0, or says when to ask again. Asked in fair order, sooner than it said when that is
    // long (other calls give back what they did not use), and never from inside join().
    using Try = std::function<std::chrono::milliseconds()>;
    using End = std::function<void(WaitEnd)>;

    // A place in the queue. Destroying it leaves.
    class Ticket
    {
    public:
        ~Ticket();
        Q_DISABLE_COPY_MOVE(Ticket)

    private:
        friend class WaitQueue;
        explicit Ticket(std::shared_ptr<Waiter> waiter);
        const std::shared_ptr<Waiter> m_waiter;
    };

    // nullptr: the tenant's lane is full. `end` is called exactly once, never from inside join(), unless the ticket is
    // destroyed first; it may destroy the ticket, others and the queue, and join again.
    std::unique_ptr<Ticket> join(const QString& provider, const QString& tenant, config::WorkloadClass workloadClass,
        std::chrono::milliseconds longest, Try attempt, End end);

    // Whether calls wait that go before a new one of this class. Then it must not try its luck at the provider's limits
    // past them, but join.
    bool hasWaitingBefore(const QString& provider, config::WorkloadClass workloadClass) const;

    int depth() const;
    int depth(const QString& provider) const;

private:
    const std::shared_ptr<State> m_state; // kept alive by a round that destroys the queue
};

} // namespace gateway::quota
