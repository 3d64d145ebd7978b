// The engine's counters as OpenTelemetry metrics: the GenAI histograms and signalbox.* sums, cumulative since the
// engine's start, from the same counters as /metrics. Labels come from the config or from closed lists. Any thread: it
// only reads.
#pragma once

#include "exports/otlp_json.h"
#include "observability/worker_metrics.h"

#include <vector>

namespace gateway::exports {

// What there is to read; the workers' counters outlive whoever holds this.
struct MetricsSource
{
    observability::MetricLabelsPtr labels;
    std::vector<const observability::WorkerMetrics*> workers;
    qint64 startedAtMs = 0;
};

struct MetricsRequest
{
    QByteArray body; // of POST /v1/metrics
    qint64 points = 0;
};

MetricsRequest metricsRequest(const QJsonObject& resource, const MetricsSource& source, qint64 nowMs);

} // namespace gateway::exports
