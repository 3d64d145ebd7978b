#include "fallback/drill_card.h"

#include <algorithm>

namespace gateway::fallback {
namespace {

constexpr std::uint64_t kLeastForMedian = 5;
constexpr std::uint64_t kLeastForP95 = 20;

// The gateway said no for a reason of the caller's own, drill or not.
bool isCallersOwn(api::ErrorCode code)
{
    using enum api::ErrorCode;
    switch (code) {
    case InvalidRequest:
    case Unauthenticated:
    case ScopeDenied:
    case AliasUnknown:
    case TenantMismatch:
    case IdempotencyConflict:
    case QuotaCaller:
    case BudgetHard:
    case CostCeiling:
    case ProviderBadRequest:
    case ContentRefused:
    case ContextTooLong:
        return true;
    default:
        return false;
    }
}

bool isError(const api::Call& call)
{
    switch (call.outcome) {
    case api::CallOutcome::Answered:
    case api::CallOutcome::Cancelled:
        return false;
    case api::CallOutcome::Refused:
    case api::CallOutcome::Failed:
        return !isCallersOwn(call.error);
    case api::CallOutcome::Truncated:
    case api::CallOutcome::Indeterminate:
        return true;
    }
    return true;
}

qint64 latencyUs(const api::Call& call)
{
    return call.streamEnd != api::StreamEnd::NotStreamed && call.firstTokenUs >= 0 ? call.firstTokenUs : call.endUs;
}

QString seconds(qint64 ms)
{
    return QString::number(double(ms) / 1000.0, 'f', 1) + QStringLiteral(" s");
}

} // namespace

DrillTally::DrillTally(Lever drill) : m_drill(std::move(drill)) {}

bool DrillTally::concerns(const api::Call& call) const
{
    return (m_drill.alias.isEmpty() || call.alias == m_drill.alias) &&
           (m_drill.tenant.isEmpty() || call.tenant == m_drill.tenant);
}

void DrillTally::add(const api::Call& call)
{
    const QLatin1String key("drill");
    const QString drill = call.decision.mayHave(key) ? call.decision.value(key).toString() : QString();
    const bool answered = call.outcome == api::CallOutcome::Answered;
    if (drill != m_drill.id) {
        const qint64 startedMs = call.startedAt.toMSecsSinceEpoch();
        const qint64 end = m_drill.endedAtMs ? m_drill.endedAtMs : m_drill.endsAtMs;
        // another drill's calls are no comparison
        if (!drill.isEmpty() || !concerns(call) || startedMs < m_drill.setAtMs || startedMs > end)
            return;
        ++m_control;
        if (answered)
            m_latencies[call.alias].control.record(latencyUs(call));
        return;
    }
    ++m_requests;
    countStep(call);
    if (answered) {
        ++m_good;
        m_latencies[call.alias].drilled.record(latencyUs(call));
    }
    const qint64 startedMs = call.startedAt.toMSecsSinceEpoch();
    if (isError(call)) {
        ++m_errors;
        m_outage.sinceMs = std::min(m_outage.sinceMs.value_or(startedMs), startedMs);
    } else if (answered && m_outage.sinceMs) {
        // calls are told in batches, not in order: one that ended before the trouble began does not end it
        const qint64 endedMs = startedMs + std::max<qint64>(0, call.endUs) / 1000;
        if (endedMs >= *m_outage.sinceMs) {
            m_outage.longestMs = std::max(m_outage.longestMs, endedMs - *m_outage.sinceMs);
            m_outage.sinceMs.reset();
        }
    }
}

void DrillTally::countStep(const api::Call& call)
{
    if (call.outcome == api::CallOutcome::Answered)
        ++m_steps[{call.fallbackKind, call.servedBy}];
    else if (call.outcome == api::CallOutcome::Refused || call.outcome == api::CallOutcome::Failed)
        ++m_steps[{QStringLiteral("refuse"), QString()}];
    else
        ++m_steps[{api::nameOf(call.outcome), call.servedBy}];
}

std::optional<double> DrillTally::delta(double fraction, std::uint64_t least) const
{
    double sum = 0;
    double weight = 0;
    for (const auto& [alias, latencies] : m_latencies) {
        LatencyHistogram drilled;
        LatencyHistogram control;
        drilled.merge(latencies.drilled);
        control.merge(latencies.control);
        if (drilled.count() < least || control.count() < least)
            continue;
        sum += (*drilled.percentileMs(fraction) - *control.percentileMs(fraction)) * double(drilled.count());
        weight += double(drilled.count());
    }
    return weight > 0 ? std::optional(sum / weight) : std::nullopt;
}

bool DrillTally::hasPassed() const
{
    return m_good > 0 && !m_outage.sinceMs && m_errors * 100 <= m_requests * kMostErrors;
}

api::DrillCard DrillTally::card() const
{
    const auto timeOf = [](qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC); };
    api::DrillCard card;
    card.id = m_drill.id;
    card.provider = m_drill.provider;
    card.alias = m_drill.alias;
    card.tenant = m_drill.tenant;
    card.percent = m_drill.percent;
    card.startedAt = timeOf(m_drill.setAtMs);
    if (m_drill.endedAtMs)
        card.endedAt = timeOf(m_drill.endedAtMs);
    card.requests = m_requests;
    card.controlRequests = m_control;
    for (const auto& [step, requests] : m_steps)
        card.steps.append({step.second, step.first, requests});
    std::stable_sort(card.steps.begin(), card.steps.end(),
        [](const api::DrillStep& a, const api::DrillStep& b) { return a.requests > b.requests; });
    card.errors = m_errors;
    card.latencyP50DeltaMs = delta(0.50, kLeastForMedian);
    card.latencyP95DeltaMs = delta(0.95, kLeastForP95);
    if (m_good > 0 && !m_outage.sinceMs)
        card.restoreMs = m_outage.longestMs;
    card.verdict = !m_drill.endedAtMs            ? QStringLiteral("running")
                   : m_requests < kLeastRequests ? QStringLiteral("insufficient_data")
                   : hasPassed()                 ? QStringLiteral("pass")
                                                 : QStringLiteral("fail");
    return card;
}

QString DrillTally::sentence() const
{
    if (m_requests == 0)
        return QStringLiteral("No call took part in the drill, so it says nothing.");
    QString text;
    if (m_errors == 0)
        text = QStringLiteral("All %1 calls of the drill were served without %2").arg(m_requests).arg(m_drill.provider);
    else
        text = QStringLiteral("%1 of %2 calls of the drill failed without %3")
                   .arg(m_errors)
                   .arg(m_requests)
                   .arg(m_drill.provider);
    if (m_errors > 0 && m_outage.sinceMs)
        text += QStringLiteral(", and none was answered after the last failure");
    else if (m_errors > 0)
        text += QStringLiteral(", callers were without an answer for %1 at most").arg(seconds(m_outage.longestMs));
    if (const auto p95 = delta(0.95, kLeastForP95))
        text += QStringLiteral("; p95 was %1 ms %2 than that of the calls beside it")
                    .arg(qRound64(std::abs(*p95)))
                    .arg(*p95 < 0 ? QStringLiteral("shorter") : QStringLiteral("longer"));
    if (m_requests < kLeastRequests)
        text += QStringLiteral("; fewer than %1 calls prove nothing").arg(kLeastRequests);
    return text + u'.';
}

} // namespace gateway::fallback
