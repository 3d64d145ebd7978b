// WorkerMetrics: what one data worker counts. One writer (its worker), any reader: each number is a relaxed atomic that
// the writer loads and stores, so counting costs no locked instruction; /metrics sums over the workers at scrape.
// The worker's whole duty: callBegan() when a call is admitted to the walk, callFinished(record) exactly once on its
// exit path, unauthenticated() for a request that never became a call. Memory is fixed (about 320 KB, mostly
// untouched).
#pragma once

#include "api/call.h"
#include "api/series.h"
#include "observability/metric_labels.h"

#include <array>
#include <atomic>
#include <vector>

namespace gateway::observability {

// A number with one writer.
class Counter
{
public:
    void add(qint64 amount = 1)
    {
        m_value.store(m_value.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    }
    qint64 value() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<qint64> m_value{0};
};

// A histogram in the form Prometheus wants, over bounds that a standard gives. Bounds in the recorded unit.
template <std::size_t N>
class BoundedHistogram
{
public:
    void record(const std::array<qint64, N>& bounds, qint64 value)
    {
        std::size_t i = 0;
        while (i < N && value > bounds[i])
            ++i;
        m_cells[i].add();
        m_sum.add(value);
    }
    qint64 cell(std::size_t i) const { return m_cells[i].value(); }
    qint64 sum() const { return m_sum.value(); }

private:
    std::array<Counter, N + 1> m_cells; // the last: above every bound
    Counter m_sum;
};

// OpenTelemetry's bounds: 10 ms doubling to 81.92 s; 1 token times four to 67,108,864. Overhead is ours.
constexpr std::array<qint64, 14> kDurationBoundsUs{10'000, 20'000, 40'000, 80'000, 160'000, 320'000, 640'000, 1'280'000,
    2'560'000, 5'120'000, 10'240'000, 20'480'000, 40'960'000, 81'920'000};
constexpr std::array<qint64, 14> kTokenBounds{
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864};
// Of gen_ai.server.time_to_first_token: 1 ms to 10 s.
constexpr std::array<qint64, 16> kFirstTokenBoundsUs{1'000, 5'000, 10'000, 20'000, 40'000, 60'000, 80'000, 100'000,
    250'000, 500'000, 750'000, 1'000'000, 2'500'000, 5'000'000, 7'500'000, 10'000'000};
constexpr std::array<qint64, 12> kOverheadBoundsUs{
    25, 50, 100, 200, 400, 800, 1'600, 3'200, 6'400, 12'800, 25'600, 51'200};

constexpr std::size_t kOutcomes = 6;
constexpr std::size_t kAttemptResults = 5;
constexpr std::size_t kErrorCodes = std::size_t(api::ErrorCode::Internal) + 1;

enum class Operation
{
    Chat,
    Embeddings,
    GenerateContent
};
constexpr std::size_t kOperations = 3;
const char* semanticNameOf(Operation operation);
Operation operationOf(QStringView surface);

struct AliasCounters
{
    std::array<Counter, kOutcomes> calls;
    Counter failovers; // answered, but not by the first attempt
};

struct ProviderCounters
{
    std::array<Counter, kAttemptResults> attempts;
    std::array<Counter, api::kFailureClasses> failures;
    Counter costNanoUsd;
    Counter bytesSent;
    Counter bytesReceived;
    std::array<BoundedHistogram<14>, kOperations> duration;
    std::array<BoundedHistogram<14>, kOperations> firstChunk;
    std::array<BoundedHistogram<14>, kOperations> inputTokens;
    std::array<BoundedHistogram<14>, kOperations> outputTokens;
};

class WorkerMetrics
{
public:
    explicit WorkerMetrics(MetricLabelsPtr labels);
    Q_DISABLE_COPY_MOVE(WorkerMetrics)

    // Worker thread.
    void setLabels(MetricLabelsPtr labels) { m_labels = std::move(labels); } // with each new config
    void callBegan() { m_began.add(); }
    void callFinished(const api::Call& call);
    void unauthenticated() { m_unauthenticated.add(); }

    // Any thread.
    qint64 inFlight() const { return m_began.value() - m_finished.value(); }
    qint64 finished() const { return m_finished.value(); }
    qint64 notAnswered() const; // finished as failed or truncated
    qint64 unauthenticatedCount() const { return m_unauthenticated.value(); }
    qint64 callBytesIn() const { return m_bytesIn.value(); }
    qint64 callBytesOut() const { return m_bytesOut.value(); }
    qint64 errors(std::size_t code) const { return m_errors[code].value(); }
    const BoundedHistogram<14>& callDuration(std::size_t operation) const { return m_callDuration[operation]; }
    const BoundedHistogram<16>& firstToken(std::size_t operation) const { return m_firstToken[operation]; }
    const BoundedHistogram<12>& overhead() const { return m_overhead; }
    const AliasCounters& alias(int number) const { return m_aliases[std::size_t(number)]; }
    const ProviderCounters& provider(int number) const { return m_providers[std::size_t(number)]; }

private:
    void attemptFinished(Operation operation, const api::Attempt& attempt);

    MetricLabelsPtr m_labels; // worker thread only
    Counter m_began;
    Counter m_finished;
    Counter m_unauthenticated;
    Counter m_bytesIn;
    Counter m_bytesOut;
    std::array<Counter, kErrorCodes> m_errors;
    std::array<BoundedHistogram<14>, kOperations> m_callDuration; // answered or not, as its caller sees it
    std::array<BoundedHistogram<16>, kOperations> m_firstToken;   // of streamed calls
    BoundedHistogram<12> m_overhead;
    std::vector<AliasCounters> m_aliases;
    std::vector<ProviderCounters> m_providers;
};

} // namespace gateway::observability
