// Two histograms of latencies over the same cells (latency_cells.h), so that one merges into the other without loss.
// LatencyHistogram: every cell present, fixed 7 KB, for gathering. SparseHistogram: only the cells that were hit, for
// the thousands of small buckets of SeriesStore; a few hundred bytes as a rule, never above 7 KB. Relative error of a
// percentile: 1.6 % (kLatencyError). One thread; values. Counts saturate instead of wrapping.
#pragma once

#include "base/latency_cells.h"

#include <array>
#include <optional>
#include <vector>

namespace gateway {

class SparseHistogram
{
public:
    struct Cell
    {
        std::uint16_t cell;
        std::uint32_t count;
    };

    void record(std::int64_t us);
    const std::vector<Cell>& cells() const { return m_cells; }
    bool isEmpty() const { return m_cells.empty(); }

private:
    std::vector<Cell> m_cells; // ascending by cell
};

class LatencyHistogram
{
public:
    void record(std::int64_t us);
    void merge(const LatencyHistogram& other);
    void merge(const SparseHistogram& other);
    void halve(); // forgets: what is recorded from now on weighs twice as much
    std::uint64_t count() const { return m_count; }
    // The value that `fraction` of the records do not exceed, in microseconds; empty without records.
    std::optional<double> percentileUs(double fraction) const;
    std::optional<double> percentileMs(double fraction) const;

private:
    std::array<std::uint64_t, kLatencyCells> m_cells{};
    std::uint64_t m_count = 0;
};

} // namespace gateway
