// The text exposition format of Prometheus, version 0.0.4. PrometheusText writes families and samples and escapes; it
// is the only place that knows the format. metricsText() is the body of /metrics: the workers' counters summed, and
// gauges of the engine. Names: OpenTelemetry's GenAI ones where they exist (wire.md section 7), gateway_* for what is
// only ours. Every label value comes from MetricLabels or from a closed list. Control thread, or any: it only reads.
#pragma once

#include "observability/loop_watch.h"
#include "observability/worker_metrics.h"

#include <QByteArray>

#include <initializer_list>
#include <optional>
#include <span>
#include <utility>

namespace gateway::observability {

class PrometheusText
{
public:
    struct Label
    {
        const char* name;
        QByteArray value; // UTF-8, as it is; escaped here
    };
    using Labels = std::vector<Label>;

    // type: "counter", "gauge" or "histogram". Starts a family; its samples follow.
    void family(const char* name, const char* type, const char* help);
    void sample(const Labels& labels, double value) { sample("", labels, value); }
    void sample(const char* suffix, const Labels& labels, double value);
    void sample(const Labels& labels, qint64 value);
    // One histogram: cumulative buckets, sum and count. `cells` has one more entry than `bounds` (above all).
    void histogram(
        const Labels& labels, std::span<const qint64> bounds, std::span<const qint64> cells, qint64 sum, double unit);

    QByteArray take() { return std::exchange(m_text, {}); }

private:
    void line(const char* suffix, const Labels& labels, const char* extraName, const QByteArray& extraValue,
        const QByteArray& value);

    const char* m_family = "";
    QByteArray m_text;
};

// What is not counted by a worker.
struct EngineGauges
{
    bool ready = false;
    int revision = 0;
    int workers = 0;
    qint64 storeQueue = 0;
    qint64 residentBytes = 0;
    int openFiles = 0;
    qint64 startedAtMs = 0;
    int callsInFlight = 0;
    int upstreamConnections = 0; // open ones, to all providers
    int threads = 0;
    std::optional<qint64> objects; // QObjects; empty: not counted
    std::vector<LoopFacts> loops;  // by thread: few and constant names
};

QByteArray metricsText(
    const MetricLabels& labels, std::span<const WorkerMetrics* const> workers, const EngineGauges& gauges);

} // namespace gateway::observability
