#include "base/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gateway {

void SparseHistogram::record(std::int64_t us)
{
    const auto cell = std::uint16_t(cellOf(us));
    const auto at = std::lower_bound(m_cells.begin(), m_cells.end(), cell,
        [](const Cell& entry, std::uint16_t wanted) { return entry.cell < wanted; });
    if (at == m_cells.end() || at->cell != cell)
        m_cells.insert(at, Cell{cell, 1});
    else if (at->count < std::numeric_limits<std::uint32_t>::max())
        ++at->count;
}

void LatencyHistogram::record(std::int64_t us)
{
    ++m_cells[std::size_t(cellOf(us))];
    ++m_count;
}

void LatencyHistogram::merge(const LatencyHistogram& other)
{
    for (std::size_t i = 0; i < m_cells.size(); ++i)
        m_cells[i] += other.m_cells[i];
    m_count += other.m_count;
}

void LatencyHistogram::merge(const SparseHistogram& other)
{
    for (const SparseHistogram::Cell& entry : other.cells()) {
        m_cells[entry.cell] += entry.count;
        m_count += entry.count;
    }
}

void LatencyHistogram::halve()
{
    m_count = 0;
    for (std::uint64_t& cell : m_cells) {
        cell /= 2;
        m_count += cell;
    }
}

std::optional<double> LatencyHistogram::percentileUs(double fraction) const
{
    if (m_count == 0)
        return std::nullopt;
    // nearest rank: the smallest value with at least fraction x n records at or below it
    const double wanted = std::ceil(std::clamp(fraction, 0.0, 1.0) * double(m_count));
    const auto rank = std::max<std::uint64_t>(1, std::uint64_t(wanted));
    std::uint64_t seen = 0;
    for (int cell = 0; cell < kLatencyCells; ++cell) {
        seen += m_cells[std::size_t(cell)];
        if (seen >= rank)
            return middleOf(cell);
    }
    return middleOf(kLatencyCells - 1);
}

std::optional<double> LatencyHistogram::percentileMs(double fraction) const
{
    const auto us = percentileUs(fraction);
    return us ? std::optional(*us / 1000.0) : std::nullopt;
}

} // namespace gateway
