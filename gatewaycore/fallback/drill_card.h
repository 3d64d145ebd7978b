// DrillTally: the scorecard of one drill, gathered from finished calls. A call took part if its decision names the
// drill; calls of the same alias and tenant that did not, begun while it ran, are the control. Who served the drilled
// calls, how much later they were answered than the control, what failed, and how long callers were without a success.
// Thread: control. A value; memory does not grow with the number of calls.
#pragma once

#include "api/call.h"
#include "api/lever.h"
#include "base/latency_histogram.h"
#include "fallback/lever.h"

#include <map>

namespace gateway::fallback {

class DrillTally
{
public:
    static constexpr qint64 kLeastRequests = 10; // fewer drilled calls prove nothing
    static constexpr qint64 kMostErrors = 1;     // percent of them, to pass

    explicit DrillTally(Lever drill);
    const Lever& drill() const { return m_drill; }

    void add(const api::Call& call);                // any finished call, also others'
    void end(qint64 ms) { m_drill.endedAtMs = ms; } // undone or run out; late answers still count

    // The difference of percentiles is that of the aliases with enough calls on both sides (p50: 5, p95: 20), weighted
    // by their drilled calls; streamed calls by their first token, others by their end.
    api::DrillCard card() const;
    QString sentence() const; // the card in words

private:
    struct Latencies
    {
        SparseHistogram drilled;
        SparseHistogram control;
    };
    struct Outage // from the begin of the first call that failed to the end of the next one that did not
    {
        std::optional<qint64> sinceMs;
        qint64 longestMs = 0;
    };
    bool concerns(const api::Call& call) const;
    void countStep(const api::Call& call);
    std::optional<double> delta(double fraction, std::uint64_t least) const;
    bool hasPassed() const;

    Lever m_drill;
    qint64 m_requests = 0;
    qint64 m_control = 0;
    qint64 m_errors = 0;
    qint64 m_good = 0;
    std::map<std::pair<QString, QString>, qint64> m_steps; // fallback kind and who served
    std::map<QString, Latencies> m_latencies;              // by alias
    Outage m_outage;
};

} // namespace gateway::fallback
