// CandidateHealth: what the last minute says of one candidate (provider, model, region): how its attempts ended and how
// long they took, and the breaker that follows from it. Shared by all workers; it outlives configs as long as the same
// candidate is in one. Threads: any; a mutex per candidate, held briefly. Time is monotonic; wall times are for people.
//
// Breaker: closed -> open when, with at least kLeastAttempts in the window, half failed, or when the last
// kSustainedThrottles in a row were 429/529, or when p95 of the first token is kSlowFactor times its own long-run
// median. Open -> half-open after a pause that doubles from 5 s to 120 s (full jitter on top of half of it; a
// Retry-After is respected up to 60 s); half-open lets one probe through at a time, and a probe that is never reported
// is given up after 30 s, so that a slot cannot leak. kProbesToClose successes close it, one failure opens it again. A
// forced state stands until its expiry, whatever is measured.
#pragma once

#include "api/error_code.h"
#include "base/clock.h"

#include <QString>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace gateway::fallback {

enum class BreakerState
{
    Closed,
    Open,
    HalfOpen
};
QString nameOf(BreakerState state); // closed open half-open
std::optional<BreakerState> breakerStateFromName(QStringView name);

struct BreakerOptions
{
    std::chrono::milliseconds window{30'000};
    int leastAttempts = 10;
    int failurePercent = 50;
    int sustainedThrottles = 8;
    int slowFactor = 5;
    std::chrono::milliseconds firstPause{5'000};
    std::chrono::milliseconds longestPause{120'000};
    std::chrono::milliseconds probeTimeout{30'000};
    int probesToClose = 3;
};

// How an attempt ended, as the breaker sees it.
enum class AttemptEnd
{
    Good,
    Failed,    // 5xx, transport, truncated, too late: held against the candidate
    Throttled, // 429, 529
    Neutral,   // the request's own fault, or the caller left: not counted
};

struct HealthView
{
    BreakerState breaker = BreakerState::Closed;
    bool forced = false;
    QString reason;                      // why it is not closed, one sentence; of a force: the operator's
    std::optional<qint64> openedAtMs;    // wall time
    std::optional<qint64> nextProbeAtMs; // wall time
    std::optional<qint64> forcedUntilMs;
    qint64 attempts = 0; // in the window
    qint64 failures = 0;
    qint64 throttled = 0;
    std::optional<std::chrono::milliseconds> firstTokenP95; // last 5 minutes; unknown below 20 answers
    std::optional<std::chrono::milliseconds> totalP95;
};

class CandidateHealth
{
public:
    CandidateHealth(QString label, const Clock& clock, BreakerOptions options, quint32 jitterSeed);
    Q_DISABLE_COPY_MOVE(CandidateHealth)

    const QString& label() const { return m_label; }

    // What routing asks: would an attempt be let through now? Takes nothing.
    HealthView view() const;
    // Right before an attempt: false if the breaker says no (also when another call has just taken the probe).
    bool admit();
    // Exactly once for every admit() that said yes.
    void report(AttemptEnd end, std::optional<std::chrono::microseconds> firstToken,
        std::optional<std::chrono::microseconds> total, std::optional<std::chrono::milliseconds> retryAfter);
    void force(std::optional<BreakerState> state, const QString& reason, qint64 untilMs); // empty: no longer forced

    // Told after every change of state, on the thread that caused it, without the lock: old and new view.
    using Observer = std::function<void(const CandidateHealth&, const HealthView&)>;
    void setObserver(Observer observer); // before it is shared

private:
    // kept private to candidate_health.cpp's helpers: a ring of slices over the window, two histograms, the breaker
    struct State;
    const QString m_label;
    const Clock& m_clock;
    const BreakerOptions m_options;
    mutable std::mutex m_mutex;
    std::shared_ptr<State> m_state; // guarded by m_mutex
    Observer m_observer;
};

} // namespace gateway::fallback
