#include "engine/lever_preview.h"

#include "base/utc_day.h"
#include "budget/pricing.h"
#include "engine/estimate.h"
#include "engine/plan.h"
#include "engine/zone.h"

namespace gateway::engine {
namespace {

constexpr qint64 kLookBackMs = 300'000;

// A lever names its provider, or a candidate of it.
bool concerns(const fallback::Lever& lever, const config::Candidate& candidate)
{
    return lever.provider.isEmpty() ? candidate.label == lever.candidate : candidate.provider->name == lever.provider;
}

bool appliesTo(const fallback::Lever& lever, const config::Alias& alias)
{
    if (!lever.alias.isEmpty() && lever.alias != alias.name)
        return false;
    return std::any_of(alias.candidates.begin(), alias.candidates.end(),
        [&](const config::Candidate& candidate) { return concerns(lever, candidate); });
}

class Preview
{
public:
    Preview(const fallback::Lever& lever, const LivePolicy& policy, const fallback::LeverSet& inForce, qint64 nowMs)
        : m_lever(lever), m_policy(policy), m_nowMs(nowMs), m_with(withLever(inForce, lever))
    {
    }

    // Who takes a plain call of this alias and tenant with the lever in force; nullptr: nobody.
    const config::Candidate* target(
        const config::Alias& alias, const config::Tenant* tenant, api::ErrorCode& refusal) const
    {
        const transform::CallRequest request;
        const QString name = tenant ? tenant->name : QString();
        const CallMoments moments(m_policy, m_with, request, alias, name, 0, m_nowMs);
        routing::RouteInput input;
        input.alias = &alias;
        const auto zone = effectiveZone(*m_policy.snapshot, tenant, {});
        if (tenant && !zone) {
            refusal = api::ErrorCode::NoRouteInZone;
            return nullptr;
        }
        input.zone = zone.value_or(nullptr);
        input.today = utcDay(m_nowMs);
        input.moments = &moments;
        const Plan plan = makePlan(input, alias.degradeServes);
        refusal = plan.decision.refusal;
        for (const fallback::ChainStep& step : plan.steps) {
            if (step.candidate && !concerns(m_lever, *step.candidate))
                return step.candidate;
        }
        return nullptr;
    }

private:
    static fallback::LeverSet withLever(const fallback::LeverSet& inForce, fallback::Lever lever)
    {
        std::vector<fallback::Lever> all = inForce.levers();
        lever.percent = 100; // where the calls would go, not how many
        lever.endedAtMs = 0;
        all.push_back(lever);
        return fallback::LeverSet(std::move(all));
    }

    const fallback::Lever& m_lever;
    const LivePolicy& m_policy;
    const qint64 m_nowMs;
    const fallback::LeverSet m_with;
};

// What the same tokens would cost at the target, less what they cost now, per hour.
std::optional<api::Money> deltaPerHour(
    const observability::SeriesStore::Flow& flow, const config::Candidate& target, QDate day)
{
    const config::Price* price = priceOn(target, day);
    if (!price || flow.seconds <= 0)
        return std::nullopt;
    api::Tokens tokens;
    tokens.inUncached = flow.inputTokens;
    tokens.outText = flow.outputTokens;
    const std::optional<api::Money> there = budget::costOf(*price, tokens);
    if (!there)
        return std::nullopt;
    return api::Money::fromNano((there->nano() - flow.costNano) * 3600 / flow.seconds);
}

} // namespace

api::LeverPreview previewOf(const fallback::Lever& lever, const LivePolicy& policy, const fallback::LeverSet& inForce,
    const observability::SeriesStore& series, qint64 nowMs)
{
    const Preview preview(lever, policy, inForce, nowMs);
    const QDate today = utcDay(nowMs);
    const config::PolicySnapshot& snapshot = *policy.snapshot;
    api::LeverPreview told;
    told.asOf = QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC);
    told.endsAt = QDateTime::fromMSecsSinceEpoch(lever.endsAtMs, Qt::UTC);
    double moving = 0;
    double staying = 0;
    std::optional<api::Money> delta = api::Money();
    for (const auto& alias : snapshot.aliases) {
        if (!appliesTo(lever, *alias))
            continue;
        QString provider = lever.provider;
        for (const config::Candidate& candidate : alias->candidates) {
            if (concerns(lever, candidate))
                provider = candidate.provider->name;
        }
        const observability::SeriesStore::Flow flow = series.flow(provider, alias->name, nowMs - kLookBackMs);
        const double perMinute = double(flow.attempts) * 60 / double(flow.seconds) * lever.percent / 100;
        api::LeverTarget row;
        row.alias = alias->name;
        row.requestsPerMinute = perMinute;
        api::ErrorCode refusal = api::ErrorCode::None;
        if (const config::Candidate* target = preview.target(*alias, nullptr, refusal)) {
            row.target = target->label;
            row.verdict = QStringLiteral("moves");
            row.reason = QStringLiteral("it is next by score, or by the fallback chain");
            moving += perMinute;
            const std::optional<api::Money> more = deltaPerHour(flow, *target, today);
            delta = delta && more ? delta->plus(*more) : std::nullopt;
        } else {
            row.verdict = QStringLiteral("refused");
            row.reason = QString::fromLatin1(api::facts(refusal).sentence);
            staying += perMinute;
        }
        told.targets.append(row);
        for (const auto& tenant : snapshot.tenants) {
            if (!tenant->zone || (!lever.tenant.isEmpty() && lever.tenant != tenant->name))
                continue;
            if (preview.target(*alias, tenant.get(), refusal))
                continue;
            told.withoutTarget.append({tenant->name, tenant->zone->name,
                QStringLiteral("%1: %2").arg(alias->name, QLatin1String(api::facts(refusal).sentence)), std::nullopt});
        }
    }
    told.requestsPerMinute = moving;
    told.requestsStaying = staying;
    told.costPerHourDelta = delta;
    return told;
}

} // namespace gateway::engine
