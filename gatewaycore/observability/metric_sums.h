// Counters summed over the workers, as /metrics and the OTLP exporter both need them, so that the two agree. Any
// thread: the counters are read while they are written. Private to those who write metrics down.
#pragma once

#include "observability/worker_metrics.h"

#include <array>
#include <span>

namespace gateway::observability {

using Workers = std::span<const WorkerMetrics* const>;

template <typename Read>
qint64 sumOver(Workers workers, Read read)
{
    qint64 total = 0;
    for (const WorkerMetrics* worker : workers)
        total += read(*worker);
    return total;
}

template <std::size_t N>
struct HistogramSum
{
    std::array<qint64, N + 1> cells{}; // the last: above every bound
    qint64 sum = 0;
    qint64 count = 0;
};

// `read` gives a BoundedHistogram<N> of a worker.
template <std::size_t N, typename Read>
HistogramSum<N> histogramOver(Workers workers, Read read)
{
    HistogramSum<N> total;
    for (const WorkerMetrics* worker : workers) {
        const BoundedHistogram<N>& one = read(*worker);
        for (std::size_t i = 0; i <= N; ++i) {
            const qint64 cell = one.cell(i);
            total.cells[i] += cell;
            total.count += cell;
        }
        total.sum += one.sum();
    }
    return total;
}

} // namespace gateway::observability
