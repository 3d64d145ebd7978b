#include "observability/worker_metrics.h"

#include "observability/attempt_facts.h"

namespace gateway::observability {

const char* semanticNameOf(Operation operation)
{
    switch (operation) {
    case Operation::Chat:
        return "chat";
    case Operation::Embeddings:
        return "embeddings";
    case Operation::GenerateContent:
        return "generate_content";
    }
    return "chat";
}

Operation operationOf(QStringView surface)
{
    if (surface.endsWith(QLatin1String("embeddings")))
        return Operation::Embeddings;
    return surface.startsWith(QLatin1String("gemini.")) ? Operation::GenerateContent : Operation::Chat;
}

WorkerMetrics::WorkerMetrics(MetricLabelsPtr labels)
    : m_labels(std::move(labels)), m_aliases(MetricLabels::kAliases), m_providers(MetricLabels::kProviders)
{
}

void WorkerMetrics::callFinished(const api::Call& call)
{
    AliasCounters& alias = m_aliases[std::size_t(m_labels->aliasNumber(call.alias))];
    alias.calls[std::size_t(call.outcome)].add();
    if (call.outcome == api::CallOutcome::Answered && call.attempts.size() > 1)
        alias.failovers.add();
    if (call.error != api::ErrorCode::None)
        m_errors[std::size_t(call.error)].add();
    m_bytesIn.add(call.requestBytes);
    m_bytesOut.add(call.responseBytes);
    if (call.overheadUs >= 0)
        m_overhead.record(kOverheadBoundsUs, call.overheadUs);
    const Operation operation = operationOf(call.surface);
    if (call.endUs >= 0)
        m_callDuration[std::size_t(operation)].record(kDurationBoundsUs, call.endUs);
    if (call.streamEnd != api::StreamEnd::NotStreamed && call.firstTokenUs >= 0)
        m_firstToken[std::size_t(operation)].record(kFirstTokenBoundsUs, call.firstTokenUs);
    for (const api::Attempt& attempt : call.attempts)
        attemptFinished(operation, attempt);
    m_finished.add();
}

void WorkerMetrics::attemptFinished(Operation operation, const api::Attempt& attempt)
{
    ProviderCounters& provider = m_providers[std::size_t(m_labels->providerNumber(attempt.provider))];
    provider.attempts[std::size_t(attempt.result)].add();
    if (const auto kind = failureClassOf(attempt))
        provider.failures[std::size_t(*kind)].add();
    if (!wasSent(attempt))
        return;
    provider.bytesSent.add(attempt.bytesSent);
    provider.bytesReceived.add(attempt.bytesReceived);
    if (attempt.cost)
        provider.costNanoUsd.add(attempt.cost->nano());
    const auto at = std::size_t(operation);
    if (const qint64 total = totalUs(attempt); total >= 0)
        provider.duration[at].record(kDurationBoundsUs, total);
    if (attempt.streamEnd != api::StreamEnd::NotStreamed) {
        if (const qint64 first = firstTokenUs(attempt); first >= 0)
            provider.firstChunk[at].record(kDurationBoundsUs, first);
    }
    if (attempt.tokens.source != api::TokenSource::None) {
        provider.inputTokens[at].record(kTokenBounds, attempt.tokens.input());
        provider.outputTokens[at].record(kTokenBounds, attempt.tokens.output());
    }
}

qint64 WorkerMetrics::notAnswered() const
{
    qint64 sum = 0;
    for (const AliasCounters& alias : m_aliases) {
        sum += alias.calls[std::size_t(api::CallOutcome::Failed)].value();
        sum += alias.calls[std::size_t(api::CallOutcome::Truncated)].value();
    }
    return sum;
}

} // namespace gateway::observability
