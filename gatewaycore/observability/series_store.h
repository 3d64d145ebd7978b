// SeriesStore: aggregates of attempts over time, for charts and for the providers' five-minute figures, so that nobody
// scans the record. Per provider, per alias, per pair of both and for all together: buckets of 10 s for an hour and of
// 60 s for a day, each with counts and latency histograms (relative error 1.6 %).
// Thread: control. Fed with committed calls in batches; an attempt counts in the bucket in which it ended. Feeding
// calls read back from the record at start rebuilds it. What is older than a day, or lies in the future, is left out.
// Memory: only buckets that hold something exist; at most 1,800 per scope and 512 scopes (further ones count in "all").
#pragma once

#include "api/call.h"
#include "api/engine_status.h"
#include "api/series.h"
#include "base/clock.h"
#include "base/latency_histogram.h"

#include <QHash>

#include <map>
#include <memory>
#include <vector>

namespace gateway::observability {

class SeriesStore
{
public:
    static constexpr int kFineSeconds = 10;
    static constexpr int kFineSpan = 3600;
    static constexpr int kCoarseSeconds = 60;
    static constexpr int kCoarseSpan = 24 * 3600;
    static constexpr int kStatusWindow = 300;
    static constexpr int kScopes = 512;

    explicit SeriesStore(const Clock& clock); // must outlive the store

    void add(const std::vector<std::shared_ptr<const api::Call>>& calls);
    void add(const api::Call& call);

    // The step comes back as it was served: never finer than kept, a whole multiple of what is kept. `from` is moved up
    // to the oldest time kept, so that a time nobody remembers does not look like a quiet one.
    api::Series answer(const api::SeriesQuery& query) const;

    // Fills the five-minute figures, last success and failure, health and its sentence; leaves the other members alone.
    void describe(api::ProviderStatus& provider) const;

    // What flowed through a scope in the last minutes (at most an hour), whole numbers. Empty names: all of them.
    struct Flow
    {
        qint64 attempts = 0;
        qint64 failures = 0; // the caller's own fault not counted
        qint64 answered = 0;
        qint64 inputTokens = 0;
        qint64 outputTokens = 0;
        qint64 costNano = 0;
        qint64 seconds = 0; // that the numbers stand for
    };
    Flow flow(const QString& provider, const QString& alias, qint64 sinceMs) const;

private:
    struct Bucket
    {
        std::uint32_t attempts = 0;
        std::uint32_t answered = 0;
        std::uint32_t fallback = 0;
        std::uint32_t callersFault = 0;
        std::array<std::uint32_t, api::kFailureClasses> failures{};
        qint64 inputTokens = 0;
        qint64 outputTokens = 0;
        qint64 costNano = 0;
        qint64 generationUs = 0;
        SparseHistogram firstToken;
        SparseHistogram total;
    };
    using Buckets = std::map<qint64, Bucket>; // by number: seconds since 1970 / width
    struct Scope
    {
        Buckets fine;
        Buckets coarse;
        qint64 lastSuccessMs = 0;
        qint64 lastFailureMs = 0;
    };
    struct Sum;

    // Empty names: all of them. A pair, not one text made of both: four of them are looked up for every attempt.
    using Key = std::pair<QString, QString>; // provider, alias
    void addAttempt(const Key& key, qint64 endedMs, const api::Attempt& attempt, bool isFallback);
    Scope* scopeFor(const Key& key);
    static void count(Bucket& bucket, const api::Attempt& attempt, bool isFallback);
    static void trim(Buckets& buckets, qint64 oldest);
    Sum sumOf(const Scope* scope, qint64 fromSecond, qint64 toSecond, bool fine) const;

    const Clock& m_clock;
    QHash<Key, std::shared_ptr<Scope>> m_scopes;
};

} // namespace gateway::observability
