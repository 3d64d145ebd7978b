// CandidateHealth: what the last minute says of one candidate (provider, model, region): how its attempts ended and how
// long they took, and the breaker that follows from it. Shared by all workers; it outlives configs as long as the same
// candidate is in one (CandidateRegistry). Threads: any; a mutex per candidate, held briefly. Time is monotonic; wall
// times are for people.
//
// Breaker (decisions/0055-breaker.md says why each rule is as it is):
//   closed -> open  when at least leastAttempts in the window were not throttled and half of those failed; or when the
//                   last sustainedThrottles answers that were not failures were all 429/529; or when p95 of the
//                   window's first tokens is slowFactor times the candidate's own p95 of the hours before (and above
//                   slowFloor), with at least leastAnswers answers and leastSlow slow ones in the window.
//   open -> half-open  after a pause that doubles from firstPause to longestPause: half of it and a random time up to
//                   the other half. A Retry-After lengthens it, up to longestRetryAfter from when it was received.
//   half-open       lets one probe through at a time. One that is not reported is given up after probeTimeout, so that
//                   the place cannot leak; its report counts when it comes after all. probesToClose good ones close the
//                   breaker, one that fails, is throttled or is slow opens it again with a longer pause.
//   A forced state stands until its expiry, whatever is measured. After a forced open or half-open the candidate has to
//   pass its probes; after a forced closed the window decides at the next report.
// Attempts let through before the breaker's last change say nothing of the candidate as it is now: their latencies are
// kept, their ends are not held against it.
#pragma once

#include "api/error_code.h"
#include "base/clock.h"

#include <QString>

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
    std::chrono::milliseconds slowFloor{1'000};
    int leastAnswers = 20;   // in the window, for the slow rule
    int leastSlow = 5;       // of them
    int leastBaseline = 100; // answers older than 5 minutes, to know what is usual
    std::chrono::milliseconds firstPause{5'000};
    std::chrono::milliseconds longestPause{120'000};
    std::chrono::milliseconds longestRetryAfter{60'000};
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
    bool admits = true; // admit() would say yes now
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
    qint64 changes = 0; // of the breaker's state so far: tells the newer of two views
};

// What admit() says, and what report() is told it was about.
struct [[nodiscard]] AttemptPass
{
    bool admitted = false;
    bool probe = false;
    quint64 episode = 0; // between two changes of the breaker
    quint64 number = 0;  // of the probe
    explicit operator bool() const { return admitted; }
};

// The few facts routing reads for every candidate of every call: no text, no allocation.
struct Glance
{
    BreakerState breaker = BreakerState::Closed; // as admit() would find it; half-open while a probe is under way: Open
    std::optional<int> failurePermille;          // of those not throttled in the window; unknown below 20
    std::optional<std::chrono::milliseconds> firstTokenP95;
    std::optional<std::chrono::milliseconds> totalP95;
    std::optional<qint64> nextProbeAtMs; // wall time
};

class CandidateHealth
{
public:
    CandidateHealth(QString label, const Clock& clock, BreakerOptions options, quint32 jitterSeed);
    ~CandidateHealth();
    Q_DISABLE_COPY_MOVE(CandidateHealth)

    const QString& label() const { return m_label; }

    // What routing asks: would an attempt be let through now? Takes nothing.
    HealthView view() const;
    Glance glance() const; // percentiles at most a tenth of a second old
    // Right before an attempt: no if the breaker says no (also when another call has just taken the probe).
    AttemptPass admit();
    // Once for every admit() that said yes. Latencies of answers only; from the attempt's own start.
    void report(const AttemptPass& pass, AttemptEnd end, std::optional<std::chrono::microseconds> firstToken,
        std::optional<std::chrono::microseconds> total, std::optional<std::chrono::milliseconds> retryAfter);
    // Empty: no longer forced. `untilMs` is wall time.
    void force(std::optional<BreakerState> state, const QString& reason, qint64 untilMs);

    // Told after every change of state with the view after it, on the thread that caused or first noticed it, without
    // the lock. Two threads may tell out of order: the one with more `changes` is the newer.
    using Observer = std::function<void(const CandidateHealth&, const HealthView&)>;
    void setObserver(Observer observer); // before it is shared

private:
    class State; // the breaker with its window, and the latencies: candidate_health.cpp
    template <typename What>
    auto with(What&& what) const;

    const QString m_label;
    const Clock& m_clock;
    mutable std::mutex m_mutex;
    const std::unique_ptr<State> m_state; // guarded by m_mutex
    Observer m_observer;
};

} // namespace gateway::fallback
