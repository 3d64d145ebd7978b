// LatencyWindow: the latencies of one candidate's answers: the 95th percentiles of the last 5 minutes, and what was
// usual in the hours before, for the breaker's slow rule. What leaves the 5 minutes goes into the usual, which is
// halved every half hour, so that it follows slowly and forgets. Time is handed in. Not thread-safe.
#pragma once

#include "base/clock.h"
#include "base/latency_histogram.h"

namespace gateway::fallback {

class LatencyWindow
{
public:
    static constexpr int kLeast = 20; // fewer answers say nothing

    explicit LatencyWindow(int leastBaseline) : m_leastBaseline(leastBaseline) {}

    void record(Monotonic now, std::optional<std::chrono::microseconds> firstToken,
        std::optional<std::chrono::microseconds> total);

    // Of the last 5 minutes; computed anew at most every tenth of a second.
    struct Percentiles
    {
        std::optional<std::chrono::milliseconds> firstTokenP95;
        std::optional<std::chrono::milliseconds> totalP95;
    };
    const Percentiles& recent(Monotonic now);
    // p95 of the first token in the time before; empty while too little is known.
    std::optional<std::chrono::microseconds> usualFirstToken(Monotonic now);

private:
    static constexpr std::chrono::seconds kSlice{30};
    static constexpr int kSlices = 10;
    struct Slice
    {
        qint64 index = -1;
        SparseHistogram firstToken;
        SparseHistogram total;
    };
    void rotate(Monotonic now);

    const int m_leastBaseline;
    std::array<Slice, kSlices> m_slices;
    qint64 m_newest = -1;
    LatencyHistogram m_usual;
    Monotonic m_halved{0};
    std::optional<std::chrono::microseconds> m_usualP95;
    Percentiles m_recent;
    Monotonic m_computed{-1'000'000'000};
    bool m_dirty = false;
};

} // namespace gateway::fallback
