#include "engine/plan.h"

#include "base/utc_day.h"
#include "engine/estimate.h"
#include "routing/decision_text.h"
#include "transform/capability.h"

#include <algorithm>

namespace gateway::engine {

using routing::Moment;
using routing::Verdict;

CallMoments::CallMoments(const LivePolicy& policy, const fallback::LeverSet& levers,
    const transform::CallRequest& request, const config::Alias& alias, const QString& tenant, quint64 seed,
    qint64 nowMs)
    : m_policy(policy),
      m_levers(levers),
      m_request(request),
      m_alias(alias),
      m_tenant(tenant),
      m_seed(seed),
      m_nowMs(nowMs),
      m_today(utcDay(nowMs))
{
}

Moment momentOf(const config::Candidate& candidate, const transform::CallRequest& request, QDate today)
{
    Moment moment;
    moment.upperBound = upperBoundOf(candidate, request, today);
    moment.unable = transform::cannotServe(request, candidate);
    return moment;
}

Moment CallMoments::of(const config::Candidate& candidate) const
{
    Moment moment = momentOf(candidate, m_request, m_today);
    const fallback::Glance glance = m_policy.healthOf(candidate).glance();
    switch (glance.breaker) {
    case fallback::BreakerState::Closed:
        break;
    case fallback::BreakerState::Open:
        moment.breaker = Moment::Breaker::Open;
        break;
    case fallback::BreakerState::HalfOpen:
        moment.breaker = Moment::Breaker::HalfOpen;
        break;
    }
    moment.p95 = m_request.stream ? glance.firstTokenP95 : glance.totalP95;
    moment.failurePermille = glance.failurePermille;
    if (m_levers.isEmpty())
        return moment;
    const QString& provider = candidate.provider->name;
    switch (m_levers.drained(provider, m_seed, m_nowMs)) {
    case fallback::LeverSet::Drained::No:
        break;
    case fallback::LeverSet::Drained::Yes:
        moment.lever = Moment::Lever::Drained;
        break;
    case fallback::LeverSet::Drained::FailingBack:
        moment.lever = Moment::Lever::FailingBack;
        break;
    }
    if (moment.lever == Moment::Lever::None) {
        if (const fallback::Lever* drill = m_levers.drill(provider, m_alias.name, m_tenant, m_seed, m_nowMs)) {
            moment.lever = Moment::Lever::Drill;
            m_drill = drill->id;
        }
    }
    moment.weight = m_levers.weight(m_alias.name, candidate.label, m_nowMs);
    return moment;
}

routing::Needs needsOf(const transform::CallRequest& request)
{
    using transform::Feature;
    return {request.features.testFlag(Feature::Tools),
        request.features.testFlag(Feature::ImagesInline) || request.features.testFlag(Feature::ImagesByUrl),
        request.features.testFlag(Feature::JsonSchema), request.body.size(), request.maxOutputTokens};
}

config::WorkloadClass classOf(const transform::CallRequest& request, std::optional<config::WorkloadClass> asked)
{
    return asked.value_or(request.stream ? config::WorkloadClass::Streaming : config::WorkloadClass::Interactive);
}

std::optional<api::Money> ceilingOf(const config::Alias& alias, std::optional<api::Money> asked)
{
    return alias.costCeiling ? std::min(*alias.costCeiling, asked.value_or(*alias.costCeiling)) : asked;
}

std::optional<std::chrono::milliseconds> latencyBudgetOf(
    const config::Alias& alias, config::WorkloadClass workloadClass, std::optional<std::chrono::milliseconds> asked)
{
    const std::chrono::milliseconds budget = alias.latencyBudget[std::size_t(workloadClass)];
    return budget.count() > 0 ? std::min(budget, asked.value_or(budget)) : asked;
}

std::optional<std::chrono::milliseconds> remainingOf(
    std::optional<std::chrono::milliseconds> budget, std::chrono::milliseconds elapsed)
{
    if (!budget)
        return std::nullopt;
    return std::max(std::chrono::milliseconds(0), *budget - elapsed);
}

Plan makePlan(const routing::RouteInput& input, bool degradeServes)
{
    Plan plan;
    plan.decision = routing::route(input);
    const auto has = [&](const config::Candidate& candidate) {
        return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const fallback::ChainStep& step) {
            return step.candidate && step.candidate->index == candidate.index;
        });
    };
    const config::Candidate* first = plan.decision.chosen;
    if (first) {
        plan.steps.push_back({first, std::nullopt});
        std::vector<const routing::CandidateVerdict*> equals;
        for (const routing::CandidateVerdict& row : plan.decision.candidates) {
            if (row.verdict == Verdict::Eligible)
                equals.push_back(&row);
        }
        std::stable_sort(
            equals.begin(), equals.end(), [](const auto* a, const auto* b) { return a->score > b->score; });
        for (const routing::CandidateVerdict* row : equals)
            plan.steps.push_back({row->candidate, fallback::kindOf(*first, *row->candidate)});
    }
    for (const config::FallbackStep& step : input.alias->fallback) {
        StepVerdict verdict;
        verdict.kind = step.kind;
        const fallback::ChainStep link{step.candidate.provider ? &step.candidate : nullptr, step.kind};
        verdict.degradedRefused = link.degraded() && !degradeServes;
        if (link.candidate) {
            verdict.verdict.candidate = link.candidate;
            if (input.moments)
                verdict.verdict.moment = input.moments->of(*link.candidate);
            verdict.verdict.objection = routing::objectionTo(*link.candidate, input, verdict.verdict.moment);
            if (verdict.verdict.objection)
                verdict.verdict.verdict = Verdict::Rejected;
        }
        const bool usable = !verdict.degradedRefused && !verdict.verdict.objection;
        plan.fallback.push_back(verdict);
        if (usable && !(link.candidate && has(*link.candidate)))
            plan.steps.push_back(link);
    }
    return plan;
}

api::JsonText textOf(const CallInputs& inputs)
{
    QByteArray text;
    text.reserve(128);
    JsonWriter out(text);
    out.beginObject();
    writeInputs(out, inputs);
    out.endObject();
    return api::JsonText::fromText(std::move(text));
}

api::JsonText textOf(
    const routing::RouteInput& input, const Plan& plan, int revision, const QString& drill, const CallInputs* inputs)
{
    QByteArray text;
    text.reserve(384 + 224 * qsizetype(plan.decision.candidates.size() + plan.fallback.size()));
    JsonWriter out(text);
    out.beginObject();
    routing::writeMembers(out, input, plan.decision, revision);
    if (!plan.fallback.empty()) {
        out.key("fallback").beginArray();
        for (const StepVerdict& step : plan.fallback) {
            out.beginObject().member("kind", config::nameOf(step.kind));
            routing::Remark remark;
            if (step.degradedRefused)
                remark = {"rejected", "degrade_refused", "a degraded answer is not wanted here"};
            else if (step.verdict.verdict == Verdict::Eligible)
                remark.reason = "may serve when those before it fail";
            if (step.verdict.candidate)
                routing::writeMembers(out, step.verdict, input, remark);
            else if (step.degradedRefused)
                out.member("verdict", remark.verdict).member("code", remark.code).member("reason", remark.reason);
            out.endObject();
        }
        out.endArray();
    }
    if (!drill.isEmpty())
        out.member("drill", drill);
    if (inputs)
        writeInputs(out, *inputs);
    out.endObject();
    return api::JsonText::fromText(std::move(text));
}

std::vector<Counterfactual> counterfactuals(const routing::RouteInput& input, const Plan& plan)
{
    std::vector<Counterfactual> all;
    for (const routing::Filter filter : routing::kFilters) {
        const bool rejected = std::any_of(plan.decision.candidates.begin(), plan.decision.candidates.end(),
            [filter](const routing::CandidateVerdict& row) { return row.objection.filter == filter; });
        if (rejected)
            all.push_back({filter, routing::route(input, filter).chosen});
    }
    return all;
}

} // namespace gateway::engine
