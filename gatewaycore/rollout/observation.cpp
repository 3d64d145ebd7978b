#include "rollout/observation.h"

#include <algorithm>
#include <cmath>

namespace gateway::rollout {
namespace {

constexpr double kDollar = 1e9; // nano
constexpr int kCostsBeforeCap = 20;
constexpr int kMostCallers = 100'000; // that are told apart

int cellOfUs(qint64 us)
{
    if (us <= Observation::kSmallestFirstTokenUs)
        return 0;
    return 1 + int(std::log(double(us) / double(Observation::kSmallestFirstTokenUs)) / std::log(kCellRatio));
}

// No upstream was asked because none was able to answer (breakers open, providers drained): that is how a broken
// provider looks a moment later, and no refusal of ours.
bool isUnavailability(api::ErrorCode code)
{
    switch (code) {
    case api::ErrorCode::ProviderUnavailable:
    case api::ErrorCode::ProviderOverloaded:
    case api::ErrorCode::ProviderThrottled:
    case api::ErrorCode::ProviderAuth:
    case api::ErrorCode::ChainExhausted:
    case api::ErrorCode::DeadlineExceeded:
    case api::ErrorCode::TransformError:
    case api::ErrorCode::GatewayDependencyDown:
    case api::ErrorCode::Internal:
        return true;
    default:
        return false;
    }
}

std::optional<double> costOf(const api::Call& call)
{
    if (!call.cost)
        return std::nullopt;
    // a call that was tried several times costs the sum; if nobody knows one of them, nobody knows the sum
    const bool known = std::all_of(
        call.attempts.begin(), call.attempts.end(), [](const api::Attempt& attempt) { return attempt.costKnown; });
    return known ? std::optional(double(call.cost->nano()) / kDollar) : std::nullopt;
}

} // namespace

Observation::Observation(int baseRevision, int revision, api::StickyBy by, const QStringList& exclude, Outside outside)
    : m_revisions{baseRevision, revision},
      m_by(by),
      m_exclude(exclude.begin(), exclude.end()),
      m_outside(std::move(outside))
{
}

void Observation::beginStep(int percent, qint64 nowMs)
{
    const bool withoutControl = percent >= 100 && !m_compared.empty();
    if (!withoutControl)
        m_compared.push_back({percent, {}, {}});
    m_steps.push_back({percent, nowMs, m_compared.size() - 1, {}});
}

void Observation::add(const api::Call& call)
{
    const bool isCanary = call.revision == m_revisions[1];
    if ((!isCanary && call.revision != m_revisions[0]) || m_exclude.contains(call.tenant))
        return;
    const qint64 begunMs = call.startedAt.toMSecsSinceEpoch();
    auto step =
        std::find_if(m_steps.rbegin(), m_steps.rend(), [&](const Step& each) { return each.sinceMs <= begunMs; });
    if (step == m_steps.rend()) {
        // a canary's call is its own whatever the clocks say; the control's from before belongs to no comparison
        if (!isCanary || m_steps.empty())
            return;
        step = std::prev(m_steps.rend());
    }
    // at 100 % whoever is still served by the control began before the last worker changed over
    ++step->filed[isCanary ? 1 : 0];
    Whole& whole = m_arms[isCanary ? 1 : 0];
    ++whole.calls;
    if (whole.callers.size() < kMostCallers)
        whole.callers.insert(m_by == api::StickyBy::Tenant ? call.tenant : call.credential);
    if (whole.tenants.size() < kMostCallers)
        whole.tenants.insert(call.tenant);
    if (m_outside)
        whole.outside += m_outside(call);
    StepTally& tally = m_compared[step->compared];
    count(isCanary ? tally.canary : tally.control, call);
}

void Observation::count(ArmTally& arm, const api::Call& call)
{
    ++arm.calls;
    switch (call.outcome) {
    case api::CallOutcome::Answered:
        ++arm.answered;
        break;
    case api::CallOutcome::Refused:
        ++arm.refused;
        ++arm.harms[std::size_t(isUnavailability(call.error) ? Harm::Error : Harm::Refusal)];
        return;
    case api::CallOutcome::Failed:
    case api::CallOutcome::Indeterminate:
        ++arm.failed;
        ++arm.harms[std::size_t(Harm::Error)];
        return;
    case api::CallOutcome::Truncated:
        ++arm.harms[std::size_t(Harm::Truncation)];
        return;
    case api::CallOutcome::Cancelled:
        ++arm.cancelled;
        return;
    }
    // an answer that is not streamed comes whole: its end is the first the caller has of it
    const bool isStreamed = call.streamEnd != api::StreamEnd::NotStreamed;
    const qint64 firstUs = isStreamed || call.firstTokenUs >= 0 ? call.firstTokenUs : call.endUs;
    if (firstUs >= 0)
        arm.firstToken.add(cellOfUs(firstUs));
    else
        ++arm.firstTokenUnknown;
    if (const std::optional<double> cost = costOf(call)) {
        const double most = m_cost.of >= kCostsBeforeCap ? kCostCap * m_cost.mean() : *cost;
        arm.cost.add(m_cost.mean() > 0 ? std::min(*cost, most) : *cost);
        m_cost.add(*cost);
    } else {
        ++arm.costUnknown;
    }
}

qint64 Observation::filed(std::size_t step, bool canary) const
{
    return step < m_steps.size() ? m_steps[step].filed[canary ? 1 : 0] : 0;
}

double Observation::firstTokenMs(double cell)
{
    return double(kSmallestFirstTokenUs) / 1000.0 * std::pow(kCellRatio, cell);
}

api::CanaryArm Observation::arm(bool canary) const
{
    api::CanaryArm sum;
    Cells firstToken;
    Moments cost;
    for (const StepTally& step : m_compared) {
        const ArmTally& arm = canary ? step.canary : step.control;
        sum.calls += arm.calls;
        sum.answered += arm.answered;
        sum.failed += arm.failed;
        sum.refused += arm.refused;
        sum.truncated += arm.harms[std::size_t(Harm::Truncation)];
        sum.cancelled += arm.cancelled;
        sum.costUnknown += arm.costUnknown;
        if (firstToken.counts.size() < arm.firstToken.counts.size())
            firstToken.counts.resize(arm.firstToken.counts.size());
        for (std::size_t cell = 0; cell < arm.firstToken.counts.size(); ++cell)
            firstToken.counts[cell] += arm.firstToken.counts[cell];
        firstToken.of += arm.firstToken.of;
        cost.of += arm.cost.of;
        cost.sum += arm.cost.sum;
    }
    const Whole& whole = m_arms[canary ? 1 : 0];
    sum.revision = m_revisions[canary ? 1 : 0];
    sum.callers = whole.callers.size();
    sum.tenants = whole.tenants.size();
    sum.outsideZone = whole.outside;
    if (const double median = firstToken.median(); median >= 0)
        sum.firstTokenMedianMs = firstTokenMs(median);
    if (cost.of > 0)
        sum.meanCost = api::Money::fromNano(qint64(std::llround(cost.mean() * kDollar)));
    return sum;
}

} // namespace gateway::rollout
