// ProviderGate: the provider's side of the limits. Its published requests and tokens per minute, less the headroom, as
// continuously filled buckets; a part of each is kept for interactive and streaming calls, and background and batch
// calls borrow only what lies above it. A 429 while the buckets still had plenty means the provider has another limit
// than the config says: that is counted and shown as "limit moved". One gate per provider, shared by all workers.
// A call larger than its class may find in the bucket is not refused for ever, because its tokens are only a bound
// (decisions/0056-quota-and-gate.md): an interactive one is let through when the bucket is full and overdraws it, and
// what it must find sinks to nothing within a minute of asking, so that a stream of small calls does not starve it; a
// background or batch one needs a full bucket too, and takes only what lies above the share until it is settled.
// Threads: any; a mutex held well under a microsecond. Time is monotonic.
#pragma once

#include "base/clock.h"
#include "config/policy_snapshot.h"
#include "quota/bucket.h"

#include <chrono>
#include <mutex>
#include <optional>

namespace gateway::quota {

constexpr int kInteractiveSharePercent = 30; // of a full bucket, that background and batch calls leave alone

struct GateStatus
{
    QString provider;
    std::optional<qint64> requestsPerMinute; // with the headroom taken off
    std::optional<qint64> tokensPerMinute;
    std::optional<qint64> requestsLeft;
    std::optional<qint64> tokensLeft;
    qint64 held = 0;                    // attempts that were told to wait or go elsewhere
    qint64 limitMoved = 0;              // 429s while more than a quarter of both buckets was left
    std::optional<qint64> limitMovedMs; // wall time of the last one
};

class ProviderGate
{
public:
    ProviderGate(QString provider, const Clock& clock);
    void configure(const config::ProviderLimits& limits); // control thread; the level stays, cut to the new size

    struct Pass
    {
        bool admitted = false;
        std::chrono::milliseconds retryAfter{0}; // if not: when to ask again
        qint64 taken = 0;                        // tokens, for settle(); may be less than was asked for
    };
    [[nodiscard]] Pass take(config::WorkloadClass workloadClass, qint64 tokens);
    void settle(const Pass& pass, qint64 usedTokens); // at most once; 0: nothing was sent
    void throttled();                                 // the provider answered 429

    GateStatus status() const;

private:
    void refill(Monotonic now);
    std::chrono::milliseconds waitForTokens(bool borrows, qint64 tokens, Monotonic now);

    const QString m_provider;
    const Clock& m_clock;
    mutable std::mutex m_mutex; // guards what follows
    Bucket m_requests;
    Bucket m_tokens;
    Monotonic m_filled{0};
    struct Large // a call larger than the bucket is asking
    {
        Monotonic since;
        Monotonic until; // it is expected to have asked again, or went elsewhere
    };
    std::optional<Large> m_large;
    qint64 m_held = 0;
    qint64 m_limitMoved = 0;
    qint64 m_limitMovedMs = 0;
};

} // namespace gateway::quota
