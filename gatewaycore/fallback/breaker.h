// Breaker: the state machine inside CandidateHealth, with its window of ends; the rules stand in candidate_health.h.
// Time is handed in. Not thread-safe; CandidateHealth's mutex guards it.
#pragma once

#include "fallback/candidate_health.h"

#include <array>

namespace gateway::fallback {

class Breaker
{
public:
    struct Now
    {
        Monotonic monotonic{0};
        qint64 wallMs = 0;
    };
    struct Counts
    {
        qint64 good = 0;
        qint64 failed = 0;
        qint64 throttled = 0;
        qint64 answers = 0; // with a first token, while it was known what is slow
        qint64 slow = 0;
        qint64 attempts() const { return good + failed + throttled; }
    };
    struct Report
    {
        AttemptEnd end = AttemptEnd::Good;
        std::optional<std::chrono::microseconds> firstToken;
        std::optional<std::chrono::milliseconds> retryAfter;
        std::optional<std::chrono::microseconds> slowFrom; // empty: not known yet what is slow
    };

    Breaker(const BreakerOptions& options, quint64 seed);

    void tick(Now now); // before everything else: what time alone has changed
    AttemptPass admit(Now now);
    void report(Now now, const AttemptPass& pass, const Report& report);
    void force(Now now, std::optional<BreakerState> state, const QString& reason, qint64 untilMs);

    void fill(Now now, HealthView& view) const; // all but the latencies
    void fill(Now now, Glance& glance) const;
    qint64 changes() const { return m_changes; }

private:
    static constexpr int kSlices = 10;
    struct Slice
    {
        qint64 index = -1;
        Counts counts;
    };
    struct Force
    {
        BreakerState state;
        QString reason;
        Monotonic until;
        qint64 untilMs;
    };
    struct Probe
    {
        quint64 number = 0;
        Monotonic begun{0};
    };

    BreakerState state() const { return m_force ? m_force->state : m_own; }
    bool admits() const { return state() == BreakerState::Closed || (state() == BreakerState::HalfOpen && !m_probe); }
    std::optional<qint64> nextProbeAtMs(Now now) const;
    qint64 sliceAt(Monotonic at) const;
    Counts window(Monotonic at) const;
    void clearWindow();
    void count(Now now, const Report& report, bool slow);
    void judge(Now now);
    void probeReported(Now now, AttemptEnd end, bool slow);
    void open(Now now, const QString& reason);
    void halfOpen();
    void close(Now now);
    void endForce(Now now);
    quint64 random();

    const BreakerOptions m_options;
    quint64 m_seed;
    BreakerState m_own = BreakerState::Closed;
    std::optional<Force> m_force;
    std::optional<Probe> m_probe; // on its way
    std::array<Slice, kSlices> m_slices;
    int m_throttlesInARow = 0;
    Monotonic m_lastThrottle{0};
    quint64 m_episode = 1;
    quint64 m_probes = 0; // ever begun
    int m_probesGood = 0;
    int m_openings = 0;       // one after the other: the pause doubles
    Monotonic m_openUntil{0}; // while Open
    Monotonic m_notBefore{0}; // the provider's last Retry-After
    std::optional<Monotonic> m_closedAt;
    qint64 m_openedAtMs = 0;
    QString m_reason;
    qint64 m_changes = 0;
};

} // namespace gateway::fallback
