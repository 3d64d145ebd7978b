// QuotaPlane: the callers' side of the limits: requests, input tokens, output tokens per minute and calls at once, for
// every quota whose scope a call falls under (tenant, alias, feature, agent). A call takes from all of them or from
// none. Buckets fill continuously (limit / 60 s per second, at most one minute's worth), so there is no edge of a
// minute to wait for. Token amounts are taken as bounds and corrected when the answer's usage is known: what was too
// much comes back, what was too little is owed and delays later calls (decisions/0056-quota-and-gate.md).
//
// Nothing can be orphaned: what is held is owned by a Lease, a Lease by its call, and a call that ends in any way
// destroys it. What a process held when it was killed died with it: buckets are not kept over a restart and begin full.
//
// Threads: any, one mutex held well under a microsecond (as the ledger's); configure() and status() on the control
// thread. Time is monotonic.
#pragma once

#include "api/limit_facts.h"
#include "base/clock.h"
#include "config/quota_policy.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace gateway::quota {

struct Demand
{
    qint64 inputTokens = 0;
    qint64 outputTokens = 0; // of all choices
    qint64 choices = 1;      // for the advice in a refusal
};

class QuotaPlane;
class QuotaIndex; // quota_index.h: finds the quotas of a call without walking through all
struct QuotaState;
using QuotaIndexPtr = std::shared_ptr<const QuotaIndex>;

// What a call holds while it runs; not open where no quota applies. Destroying it gives the concurrency back, and the
// tokens too if settle() was not called; the request stays counted. Must not outlive the plane.
class Lease
{
public:
    Lease() = default;
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease();
    bool isOpen() const { return m_plane != nullptr; }
    void settle(const Demand& used); // what was really used; ends the lease

private:
    friend class QuotaPlane;
    struct Hold
    {
        std::shared_ptr<QuotaState> state;
        qint64 inputTokens = -1; // taken; -1: that bucket was not limited then
        qint64 outputTokens = -1;
    };
    QuotaPlane* m_plane = nullptr;
    std::vector<Hold> m_holds;
};

struct Grant
{
    bool admitted = false;
    Lease lease;                             // if admitted
    api::LimitFacts limit;                   // if not
    std::chrono::milliseconds retryAfter{0}; // when all that refused will have enough; 0: when another call ends,
                                             // -1: never, the call asks for more output than the quota holds
};

struct QuotaStatus
{
    config::QuotaPolicy policy;
    std::optional<qint64> requestsLeft; // whole units in the bucket now; may be negative (owed)
    std::optional<qint64> inputTokensLeft;
    std::optional<qint64> outputTokensLeft;
    qint64 running = 0;
    qint64 admitted = 0; // since the engine started
    qint64 refused = 0;
};

class QuotaPlane
{
public:
    explicit QuotaPlane(const Clock& clock);
    ~QuotaPlane();
    Q_DISABLE_COPY_MOVE(QuotaPlane)

    // A quota of the same scope keeps its level and its running calls, also when it was away for a while; a raised
    // limit gives the difference at once, a lowered one cuts the level. Calls that hold an older index see the new
    // limits.
    QuotaIndexPtr configure(std::span<const config::QuotaPolicy> quotas);
    // For a config that is tried beside the one in force: all quotas in force, and those that differ or are new in
    // addition, with levels of their own that begin full. They live as long as the index and its calls and are in no
    // status.
    QuotaIndexPtr beside(std::span<const config::QuotaPolicy> tried);
    Grant take(const QuotaIndex& index, const config::UsageScope& user, const Demand& demand);
    std::vector<QuotaStatus> status() const;

private:
    friend class Lease;
    void give(Lease& lease, const Demand* used);

    const Clock& m_clock;
    mutable std::mutex m_mutex; // guards the states
    std::vector<std::shared_ptr<QuotaState>> m_states;
    std::vector<std::weak_ptr<QuotaState>> m_removed; // from the config, but calls still hold them
};

} // namespace gateway::quota
