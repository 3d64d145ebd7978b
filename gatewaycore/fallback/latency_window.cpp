#include "fallback/latency_window.h"

namespace gateway::fallback {

using namespace std::chrono;

namespace {

constexpr minutes kHalving{30};
constexpr milliseconds kFresh{100};

std::optional<milliseconds> p95(const LatencyHistogram& histogram)
{
    const auto us = histogram.count() < LatencyWindow::kLeast ? std::nullopt : histogram.percentileUs(0.95);
    return us ? std::optional(milliseconds(qint64(*us / 1000.0 + 0.5))) : std::nullopt;
}

} // namespace

// Slices older than 5 minutes go into the usual.
void LatencyWindow::rotate(Monotonic now)
{
    const qint64 newest = now / kSlice;
    if (newest == m_newest)
        return;
    m_newest = newest;
    m_dirty = true;
    bool learned = false;
    for (Slice& slice : m_slices) {
        if (slice.index < 0 || slice.index > newest - kSlices)
            continue;
        m_usual.merge(slice.firstToken);
        slice = {};
        learned = true;
    }
    // by count as well as by time: a quiet night must not make it forget the day
    if (now - m_halved >= kHalving && m_usual.count() >= 4 * quint64(m_leastBaseline)) {
        m_usual.halve();
        m_halved = now;
        learned = true;
    }
    if (!learned || m_usual.count() < quint64(m_leastBaseline))
        return;
    if (const auto us = m_usual.percentileUs(0.95))
        m_usualP95 = microseconds(qint64(*us));
}

void LatencyWindow::record(Monotonic now, std::optional<microseconds> firstToken, std::optional<microseconds> total)
{
    rotate(now);
    Slice& slice = m_slices[std::size_t(m_newest % kSlices)];
    slice.index = m_newest;
    if (firstToken)
        slice.firstToken.record(firstToken->count());
    if (total)
        slice.total.record(total->count());
    m_dirty = m_dirty || firstToken || total;
}

const LatencyWindow::Percentiles& LatencyWindow::recent(Monotonic now)
{
    rotate(now);
    if (m_dirty && now - m_computed >= kFresh) {
        LatencyHistogram firstToken;
        LatencyHistogram total;
        for (const Slice& slice : m_slices) {
            firstToken.merge(slice.firstToken);
            total.merge(slice.total);
        }
        m_recent = {p95(firstToken), p95(total)};
        m_computed = now;
        m_dirty = false;
    }
    return m_recent;
}

std::optional<microseconds> LatencyWindow::usualFirstToken(Monotonic now)
{
    rotate(now);
    return m_usualP95;
}

} // namespace gateway::fallback
