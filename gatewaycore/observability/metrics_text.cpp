// The body of /metrics (declared in prometheus.h): which families there are, and from which counters each is summed.
#include "observability/log.h"
#include "observability/metric_sums.h"
#include "observability/prometheus.h"

namespace gateway::observability {
namespace {

using Labels = PrometheusText::Labels;

// One histogram summed over the workers; nothing is written if it holds no record.
template <std::size_t N, typename Read>
void writeHistogram(PrometheusText& out, Workers workers, const Labels& labels, const std::array<qint64, N>& bounds,
    double unit, Read read)
{
    const HistogramSum<N> total = histogramOver<N>(workers, read);
    if (total.count > 0)
        out.histogram(labels, bounds, total.cells, total.sum, unit);
}

void writeCalls(PrometheusText& out, const MetricLabels& names, Workers workers)
{
    out.family("gateway_requests_total", "counter", "Calls finished, by alias and outcome.");
    for (std::size_t alias = 0; alias < names.aliases().size(); ++alias) {
        for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
            const qint64 calls =
                sumOver(workers, [&](const WorkerMetrics& w) { return w.alias(int(alias)).calls[outcome].value(); });
            if (calls != 0 || alias != std::size_t(MetricLabels::kOther))
                out.sample({{"alias", names.aliases()[alias].toUtf8()},
                               {"outcome", nameOf(api::CallOutcome(outcome)).toUtf8()}},
                    calls);
        }
    }
    out.family("gateway_failovers_total", "counter", "Calls answered, but not by their first attempt.");
    for (std::size_t alias = 1; alias < names.aliases().size(); ++alias) {
        out.sample({{"alias", names.aliases()[alias].toUtf8()}},
            sumOver(workers, [&](const WorkerMetrics& w) { return w.alias(int(alias)).failovers.value(); }));
    }
    out.family("gateway_call_errors_total", "counter", "Calls that ended with an error code.");
    for (std::size_t code = 1; code < kErrorCodes; ++code) {
        if (const qint64 calls = sumOver(workers, [&](const WorkerMetrics& w) { return w.errors(code); }))
            out.sample({{"code", nameOf(api::ErrorCode(code)).toUtf8()}}, calls);
    }
    const auto errorsOf = [&](api::ErrorCode code) {
        return sumOver(workers, [&](const WorkerMetrics& w) { return w.errors(std::size_t(code)); });
    };
    out.family("gateway_ratelimited_total", "counter", "Calls refused by a quota, by whose quota it was.");
    out.sample({{"scope", "caller"}}, errorsOf(api::ErrorCode::QuotaCaller));
    out.sample({{"scope", "provider"}}, errorsOf(api::ErrorCode::QuotaProvider));
    out.family("gateway_unauthenticated_total", "counter", "Requests without a valid gateway credential.");
    out.sample({}, sumOver(workers, [](const WorkerMetrics& w) { return w.unauthenticatedCount(); }));
    out.family("gateway_inflight", "gauge", "Calls under way.");
    out.sample({}, sumOver(workers, [](const WorkerMetrics& w) { return w.inFlight(); }));
    out.family("gateway_call_bytes_total", "counter", "Bytes of callers' requests and of answers to them.");
    out.sample({{"direction", "in"}}, sumOver(workers, [](const WorkerMetrics& w) { return w.callBytesIn(); }));
    out.sample({{"direction", "out"}}, sumOver(workers, [](const WorkerMetrics& w) { return w.callBytesOut(); }));
    out.family("gateway_overhead_seconds", "histogram", "Time of a call spent in the gateway itself.");
    writeHistogram(out, workers, {}, kOverheadBoundsUs, 1e-6,
        [](const WorkerMetrics& w) -> const BoundedHistogram<12>& { return w.overhead(); });
}

void writeAttempts(PrometheusText& out, const MetricLabels& names, Workers workers)
{
    const auto providerLabel = [&](std::size_t i) { return names.providers()[i].name.toUtf8(); };
    const auto sumOf = [&](std::size_t i, auto read) {
        return sumOver(workers, [&](const WorkerMetrics& w) { return read(w.provider(int(i))); });
    };
    const std::size_t count = names.providers().size();
    out.family("gateway_upstream_attempts_total", "counter", "Attempts at a provider, by result.");
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t result = 0; result < kAttemptResults; ++result) {
            const qint64 attempts = sumOf(i, [&](const ProviderCounters& p) { return p.attempts[result].value(); });
            if (attempts != 0 || i != std::size_t(MetricLabels::kOther))
                out.sample({{"provider", providerLabel(i)}, {"outcome", nameOf(api::AttemptResult(result)).toUtf8()}},
                    attempts);
        }
    }
    out.family("gateway_upstream_failures_total", "counter", "Failed attempts at a provider, by class.");
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t kind = 0; kind < std::size_t(api::kFailureClasses); ++kind) {
            const qint64 failures = sumOf(i, [&](const ProviderCounters& p) { return p.failures[kind].value(); });
            if (failures != 0 || i != std::size_t(MetricLabels::kOther))
                out.sample(
                    {{"provider", providerLabel(i)}, {"class", nameOf(api::FailureClass(kind)).toUtf8()}}, failures);
        }
    }
    out.family("gateway_upstream_bytes_total", "counter", "Bytes sent to and received from a provider.");
    for (std::size_t i = 1; i < count; ++i) {
        out.sample({{"provider", providerLabel(i)}, {"direction", "sent"}},
            sumOf(i, [](const ProviderCounters& p) { return p.bytesSent.value(); }));
        out.sample({{"provider", providerLabel(i)}, {"direction", "received"}},
            sumOf(i, [](const ProviderCounters& p) { return p.bytesReceived.value(); }));
    }
    out.family("gateway_cost_usd_total", "counter", "Cost of priced attempts in US dollars.");
    for (std::size_t i = 1; i < count; ++i) {
        const qint64 nano = sumOf(i, [](const ProviderCounters& p) { return p.costNanoUsd.value(); });
        out.sample({{"provider", providerLabel(i)}}, double(nano) / 1e9);
    }
}

using ProviderHistograms = std::array<BoundedHistogram<14>, kOperations>;

void writeProviderHistograms(PrometheusText& out, const MetricLabels& names, Workers workers,
    const std::array<qint64, 14>& bounds, double unit, ProviderHistograms ProviderCounters::*member,
    const char* tokenType)
{
    for (std::size_t i = 0; i < names.providers().size(); ++i) {
        for (std::size_t operation = 0; operation < kOperations; ++operation) {
            Labels labels{{"gen_ai_operation_name", semanticNameOf(Operation(operation))},
                {"gen_ai_provider_name", names.providers()[i].semanticName},
                {"provider", names.providers()[i].name.toUtf8()}};
            if (tokenType)
                labels.push_back({"gen_ai_token_type", tokenType});
            writeHistogram(
                out, workers, labels, bounds, unit, [&](const WorkerMetrics& w) -> const BoundedHistogram<14>& {
                    return (w.provider(int(i)).*member)[operation];
                });
        }
    }
}

// What a caller sees of the gateway: the server's side of the GenAI conventions.
void writeServer(PrometheusText& out, Workers workers)
{
    const auto labelsOf = [](std::size_t operation) {
        return Labels{
            {"gen_ai_operation_name", semanticNameOf(Operation(operation))}, {"gen_ai_provider_name", "signalbox"}};
    };
    out.family(
        "gen_ai_server_request_duration_seconds", "histogram", "Time of a call, first byte in to last byte out.");
    for (std::size_t i = 0; i < kOperations; ++i) {
        writeHistogram(out, workers, labelsOf(i), kDurationBoundsUs, 1e-6,
            [i](const WorkerMetrics& w) -> const BoundedHistogram<14>& { return w.callDuration(i); });
    }
    out.family(
        "gen_ai_server_time_to_first_token_seconds", "histogram", "Time of a streamed call to its first content.");
    for (std::size_t i = 0; i < kOperations; ++i) {
        writeHistogram(out, workers, labelsOf(i), kFirstTokenBoundsUs, 1e-6,
            [i](const WorkerMetrics& w) -> const BoundedHistogram<16>& { return w.firstToken(i); });
    }
}

// One value a watched loop.
void writeLoops(PrometheusText& out, const std::vector<LoopFacts>& loops)
{
    out.family("signalbox_loop_turns_total", "counter", "Turns of an event loop that had work.");
    for (const LoopFacts& loop : loops)
        out.sample({{"thread", loop.thread.toUtf8()}}, loop.turns);
    out.family("signalbox_loop_stalls_total", "counter", "Turns of an event loop that took longer than 50 ms.");
    for (const LoopFacts& loop : loops)
        out.sample({{"thread", loop.thread.toUtf8()}}, loop.stalls);
    out.family("signalbox_loop_longest_stall_seconds", "gauge", "The longest of those turns since the start.");
    for (const LoopFacts& loop : loops)
        out.sample({{"thread", loop.thread.toUtf8()}}, std::chrono::duration<double>(loop.longest).count());
    out.family("signalbox_loop_last_stall_seconds", "gauge", "The last of those turns.");
    for (const LoopFacts& loop : loops)
        out.sample({{"thread", loop.thread.toUtf8()}}, std::chrono::duration<double>(loop.last).count());
    out.family(
        "signalbox_loop_busy_seconds", "gauge", "How long the turn under way has lasted; 0 while the loop waits.");
    for (const LoopFacts& loop : loops)
        out.sample({{"thread", loop.thread.toUtf8()}}, std::chrono::duration<double>(loop.busy).count());
}

void writeEngine(PrometheusText& out, const EngineGauges& gauges)
{
    out.family("gateway_build_info", "gauge", "Always 1; the version is in the label.");
    out.sample({{"version", SIGNALBOX_VERSION}}, qint64(1));
    out.family("gateway_ready", "gauge", "1 while the gateway takes calls.");
    out.sample({}, qint64(gauges.ready ? 1 : 0));
    out.family("gateway_config_revision", "gauge", "Number of the config revision in force.");
    out.sample({}, qint64(gauges.revision));
    out.family("gateway_workers", "gauge", "Data workers.");
    out.sample({}, qint64(gauges.workers));
    out.family("gateway_store_queue", "gauge", "Records waiting for their commit.");
    out.sample({}, gauges.storeQueue);
    out.family("gateway_log_suppressed_total", "counter", "Log lines held back by the rate limit of their event.");
    out.sample({}, logLinesSuppressed());
    out.family("gateway_log_dropped_total", "counter", "Log lines lost because the log sink was too slow.");
    out.sample({}, logLinesDropped());
    out.family("process_resident_memory_bytes", "gauge", "Resident memory.");
    out.sample({}, gauges.residentBytes);
    out.family("process_open_fds", "gauge", "Open file descriptors.");
    out.sample({}, qint64(gauges.openFiles));
    out.family("process_threads", "gauge", "Threads.");
    out.sample({}, qint64(gauges.threads));
    out.family("gateway_calls_in_flight", "gauge", "Calls that have begun and not ended.");
    out.sample({}, qint64(gauges.callsInFlight));
    out.family("gateway_upstream_connections", "gauge", "Open connections to providers, as of the last second.");
    out.sample({}, qint64(gauges.upstreamConnections));
    if (gauges.objects) {
        out.family("signalbox_qobjects", "gauge", "Living QObjects; counted when SIGNALBOX_COUNT_OBJECTS is 1.");
        out.sample({}, *gauges.objects);
    }
    writeLoops(out, gauges.loops);
    out.family("process_start_time_seconds", "gauge", "Start of the engine, seconds since 1970.");
    out.sample({}, double(gauges.startedAtMs) / 1000.0);
}

} // namespace

QByteArray metricsText(const MetricLabels& labels, Workers workers, const EngineGauges& gauges)
{
    PrometheusText out;
    writeEngine(out, gauges);
    writeCalls(out, labels, workers);
    writeAttempts(out, labels, workers);
    out.family("gen_ai_client_operation_duration_seconds", "histogram", "Time of an attempt, request to last byte.");
    writeProviderHistograms(out, labels, workers, kDurationBoundsUs, 1e-6, &ProviderCounters::duration, nullptr);
    out.family("gen_ai_client_operation_time_to_first_chunk_seconds", "histogram",
        "Time of a streamed attempt to its first content.");
    writeProviderHistograms(out, labels, workers, kDurationBoundsUs, 1e-6, &ProviderCounters::firstChunk, nullptr);
    out.family("gen_ai_client_token_usage", "histogram", "Tokens of an attempt; input includes cached tokens.");
    writeProviderHistograms(out, labels, workers, kTokenBounds, 1.0, &ProviderCounters::inputTokens, "input");
    writeProviderHistograms(out, labels, workers, kTokenBounds, 1.0, &ProviderCounters::outputTokens, "output");
    writeServer(out, workers);
    return out.take();
}

} // namespace gateway::observability
