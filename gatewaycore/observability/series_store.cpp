#include "observability/series_store.h"

#include "observability/attempt_facts.h"
#include "observability/provider_health.h"

#include <algorithm>

namespace gateway::observability {
namespace {

qint64 floorTo(qint64 value, qint64 step)
{
    return value / step * step;
}

} // namespace

// Buckets of a span added up.
struct SeriesStore::Sum
{
    api::SeriesBucket counts;
    qint64 callersFault = 0;
    qint64 inputTokens = 0;
    qint64 outputTokens = 0;
    qint64 costNano = 0;
    qint64 generationUs = 0;
    LatencyHistogram firstToken;
    LatencyHistogram total;

    void add(const Bucket& bucket)
    {
        counts.attempts += bucket.attempts;
        counts.answered += bucket.answered;
        counts.fallback += bucket.fallback;
        for (std::size_t i = 0; i < bucket.failures.size(); ++i)
            counts.failures[i] += bucket.failures[i];
        callersFault += bucket.callersFault;
        inputTokens += bucket.inputTokens;
        outputTokens += bucket.outputTokens;
        costNano += bucket.costNano;
        generationUs += bucket.generationUs;
        firstToken.merge(bucket.firstToken);
        total.merge(bucket.total);
    }
};

SeriesStore::SeriesStore(const Clock& clock) : m_clock(clock) {}

void SeriesStore::add(const std::vector<std::shared_ptr<const api::Call>>& calls)
{
    for (const auto& call : calls)
        add(*call);
}

void SeriesStore::add(const api::Call& call)
{
    for (qsizetype i = 0; i < call.attempts.size(); ++i) {
        const api::Attempt& attempt = call.attempts[i];
        if (!wasSent(attempt))
            continue;
        const qint64 endedMs = endedAtMs(call, attempt);
        addAttempt(Key(), endedMs, attempt, i > 0);
        addAttempt(Key(attempt.provider, QString()), endedMs, attempt, i > 0);
        if (call.alias.isEmpty())
            continue;
        addAttempt(Key(QString(), call.alias), endedMs, attempt, i > 0);
        addAttempt(Key(attempt.provider, call.alias), endedMs, attempt, i > 0);
    }
}

SeriesStore::Scope* SeriesStore::scopeFor(const Key& key)
{
    std::shared_ptr<Scope>& scope = m_scopes[key];
    if (!scope) {
        if (m_scopes.size() > kScopes) {
            m_scopes.remove(key);
            return nullptr;
        }
        scope = std::make_shared<Scope>();
    }
    return scope.get();
}

void SeriesStore::addAttempt(const Key& key, qint64 endedMs, const api::Attempt& attempt, bool isFallback)
{
    const qint64 now = m_clock.wallMs() / 1000;
    const qint64 ended = endedMs / 1000;
    if (ended <= now - kCoarseSpan || ended > now + kCoarseSeconds)
        return;
    Scope* scope = scopeFor(key);
    if (!scope)
        return;
    count(scope->coarse[ended / kCoarseSeconds], attempt, isFallback);
    if (ended > now - kFineSpan)
        count(scope->fine[ended / kFineSeconds], attempt, isFallback);
    trim(scope->coarse, (now - kCoarseSpan) / kCoarseSeconds);
    trim(scope->fine, (now - kFineSpan) / kFineSeconds);
    if (attempt.result == api::AttemptResult::Answered)
        scope->lastSuccessMs = std::max(scope->lastSuccessMs, endedMs);
    else if (attempt.result == api::AttemptResult::Failed && !isCallersFault(attempt))
        scope->lastFailureMs = std::max(scope->lastFailureMs, endedMs);
}

void SeriesStore::count(Bucket& bucket, const api::Attempt& attempt, bool isFallback)
{
    ++bucket.attempts;
    if (const auto kind = failureClassOf(attempt)) {
        ++bucket.failures[std::size_t(*kind)];
        if (isCallersFault(attempt))
            ++bucket.callersFault;
    }
    // a stream that broke later still had its first token; an error's first byte is not one
    const bool answered = attempt.result == api::AttemptResult::Answered;
    if (answered || attempt.firstTokenUs >= 0) {
        if (const qint64 first = firstTokenUs(attempt); first >= 0)
            bucket.firstToken.record(first);
    }
    if (attempt.cost)
        bucket.costNano += attempt.cost->nano();
    if (!answered)
        return;
    ++bucket.answered;
    if (isFallback)
        ++bucket.fallback;
    if (const qint64 total = totalUs(attempt); total >= 0)
        bucket.total.record(total);
    if (attempt.tokens.source != api::TokenSource::None) {
        bucket.inputTokens += attempt.tokens.input();
        bucket.outputTokens += attempt.tokens.output();
        bucket.generationUs += std::max<qint64>(0, generationUs(attempt));
    }
}

void SeriesStore::trim(Buckets& buckets, qint64 oldest)
{
    while (!buckets.empty() && buckets.begin()->first < oldest)
        buckets.erase(buckets.begin());
}

SeriesStore::Sum SeriesStore::sumOf(const Scope* scope, qint64 fromSecond, qint64 toSecond, bool fine) const
{
    Sum sum;
    if (!scope)
        return sum;
    const Buckets& buckets = fine ? scope->fine : scope->coarse;
    const qint64 width = fine ? kFineSeconds : kCoarseSeconds;
    for (auto at = buckets.lower_bound(fromSecond / width); at != buckets.end() && at->first * width < toSecond; ++at)
        sum.add(at->second);
    return sum;
}

api::Series SeriesStore::answer(const api::SeriesQuery& query) const
{
    const qint64 now = m_clock.wallMs() / 1000;
    const qint64 from = query.from.toSecsSinceEpoch();
    // a console asking for "the last hour" is a moment late when it arrives
    const bool fine = query.stepSeconds < kCoarseSeconds && from >= now - kFineSpan - kCoarseSeconds;
    const qint64 width = fine ? kFineSeconds : kCoarseSeconds;
    const qint64 step = (std::max<qint64>(query.stepSeconds, width) + width - 1) / width * width;
    const qint64 oldest = now - (fine ? kFineSpan : kCoarseSpan);
    const qint64 first = floorTo(std::max(from, oldest), step);
    const qint64 end = query.to.toSecsSinceEpoch();

    api::Series series;
    series.query = query;
    series.query.stepSeconds = int(step);
    if (from < oldest)
        series.query.from = QDateTime::fromSecsSinceEpoch(first, Qt::UTC);
    series.asOf = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
    const auto scope = m_scopes.value(Key(query.provider, query.alias));
    for (qint64 start = first; start < end; start += step) {
        const Sum sum = sumOf(scope.get(), start, start + step, fine);
        api::SeriesBucket bucket = sum.counts;
        bucket.start = QDateTime::fromSecsSinceEpoch(start, Qt::UTC);
        bucket.firstTokenP50Ms = sum.firstToken.percentileMs(0.50);
        bucket.firstTokenP95Ms = sum.firstToken.percentileMs(0.95);
        bucket.firstTokenP99Ms = sum.firstToken.percentileMs(0.99);
        bucket.totalP95Ms = sum.total.percentileMs(0.95);
        series.buckets.append(bucket);
    }
    return series;
}

SeriesStore::Flow SeriesStore::flow(const QString& provider, const QString& alias, qint64 sinceMs) const
{
    const qint64 now = m_clock.wallMs() / 1000;
    const qint64 from = floorTo(std::max(sinceMs / 1000, now - kFineSpan), kFineSeconds);
    const Sum sum = sumOf(m_scopes.value(Key(provider, alias)).get(), from, now + kCoarseSeconds, true);
    Flow flow;
    flow.attempts = sum.counts.attempts;
    flow.failures = sum.counts.failed() - sum.callersFault;
    flow.answered = sum.counts.answered;
    flow.inputTokens = sum.inputTokens;
    flow.outputTokens = sum.outputTokens;
    flow.costNano = sum.costNano;
    flow.seconds = std::max<qint64>(1, now - from);
    return flow;
}

void SeriesStore::describe(api::ProviderStatus& provider) const
{
    const qint64 now = m_clock.wallMs() / 1000;
    const qint64 from =
        floorTo(now - kStatusWindow, kFineSeconds) + kFineSeconds; // with the bucket now filling: 5 minutes
    const qint64 to = now + kCoarseSeconds;
    const auto scope = m_scopes.value(Key(provider.name, QString()));
    const Sum sum = sumOf(scope.get(), from, to, true);
    const Sum all = sumOf(m_scopes.value(Key()).get(), from, to, true);

    provider.attempts5m = sum.counts.attempts;
    provider.failures5m = sum.counts.failed();
    provider.firstTokenP50Ms = sum.firstToken.percentileMs(0.50);
    provider.firstTokenP95Ms = sum.firstToken.percentileMs(0.95);
    provider.totalP95Ms = sum.total.percentileMs(0.95);
    provider.tokensPerSecond.reset();
    if (sum.generationUs > 0)
        provider.tokensPerSecond = double(sum.outputTokens) * 1e6 / double(sum.generationUs);
    provider.share.reset();
    if (all.counts.attempts > 0)
        provider.share = double(sum.counts.attempts) / double(all.counts.attempts);
    const auto timeOf = [](qint64 ms) {
        return ms > 0 ? std::optional(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC)) : std::nullopt;
    };
    provider.lastSuccess = timeOf(scope ? scope->lastSuccessMs : 0);
    provider.lastFailure = timeOf(scope ? scope->lastFailureMs : 0);

    HealthEvidence evidence{sum.counts.attempts, sum.counts.failed(), sum.callersFault, {}};
    if (evidence.failures > evidence.callersFault) {
        const auto& failures = sum.counts.failures;
        const auto most = std::max_element(failures.begin(), failures.end());
        evidence.mostFrequent = nameOf(api::FailureClass(most - failures.begin()));
    }
    const HealthVerdict verdict = judge(evidence);
    provider.health = verdict.health;
    provider.why = verdict.why;
}

} // namespace gateway::observability
