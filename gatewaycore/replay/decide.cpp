#include "replay/decide.h"

#include "engine/zone.h"
#include "replay/quota_replay.h"

#include <algorithm>

namespace gateway::replay {
namespace {

using api::ErrorCode;
using routing::Moment;

// What is measured of one candidate, over what follows from request and config.
void lay(const Moment& known, Moment& over)
{
    over.breaker = known.breaker;
    over.lever = known.lever;
    over.p95 = known.p95;
    over.failurePermille = known.failurePermille;
    over.weight = known.weight;
}

class RecordedMoments final : public routing::Moments
{
public:
    RecordedMoments(const ReplayCase& call, const Neighbours* neighbours) : m_call(call), m_neighbours(neighbours) {}

    Moment of(const config::Candidate& candidate) const override
    {
        Moment moment = engine::momentOf(candidate, m_call.request, m_call.today);
        if (const RecordedRow* row = rowOf(candidate)) {
            lay(row->moment, moment);
            ++m_ground.recorded;
            return moment;
        }
        const auto near =
            m_neighbours ? m_neighbours->of(candidate.label, m_call.request.stream, m_call.startedMs) : std::nullopt;
        if (near) {
            lay(near->moment, moment);
            moment.weight.reset(); // of another alias, perhaps
            ++(near->withLatency ? m_ground.borrowed : m_ground.assumed);
        } else {
            ++m_ground.assumed;
        }
        // an operator's hand lies on all of a provider
        moment.lever = leverOf(candidate);
        const bool drained = m_neighbours && m_neighbours->isDrained(candidate.provider->name, m_call.startedMs);
        if (moment.lever == Moment::Lever::None && drained)
            moment.lever = Moment::Lever::Drained;
        return moment;
    }

    Ground ground() const { return m_ground; }

private:
    template <typename Predicate>
    const RecordedRow* find(Predicate wanted) const
    {
        for (const auto* rows : {&m_call.candidates, &m_call.fallback}) {
            const auto found = std::find_if(rows->begin(), rows->end(), wanted);
            if (found != rows->end())
                return &*found;
        }
        return nullptr;
    }
    const RecordedRow* rowOf(const config::Candidate& candidate) const
    {
        return find([&](const RecordedRow& row) { return row.isOf(candidate); });
    }
    Moment::Lever leverOf(const config::Candidate& candidate) const
    {
        const RecordedRow* row = find([&](const RecordedRow& one) {
            return one.moment.lever != Moment::Lever::None && one.provider == candidate.provider->name;
        });
        return row ? row->moment.lever : Moment::Lever::None;
    }

    const ReplayCase& m_call;
    const Neighbours* m_neighbours;
    mutable Ground m_ground;
};

} // namespace

void Neighbours::note(const ReplayCase& call)
{
    for (const auto* rows : {&call.candidates, &call.fallback}) {
        for (const RecordedRow& row : *rows) {
            if (row.provider.isEmpty())
                continue;
            m_seen[call.request.stream ? 1 : 0].insert(row.label(), {call.startedMs, row.moment});
            m_levers.insert(row.provider, {call.startedMs, row.moment.lever});
        }
    }
}

// Only a drain is the same for every call; a stage of a fail-back and a drill let some through.
bool Neighbours::isDrained(const QString& provider, qint64 atMs) const
{
    const auto found = m_levers.constFind(provider);
    return found != m_levers.cend() && atMs - found->first <= kAgeMs && found->second == Moment::Lever::Drained;
}

std::optional<Neighbours::Known> Neighbours::of(const QString& label, bool stream, qint64 atMs) const
{
    const auto fresh = [&](bool streamed) -> const Seen* {
        const auto found = m_seen[streamed ? 1 : 0].constFind(label);
        return found != m_seen[streamed ? 1 : 0].cend() && atMs - found->atMs <= kAgeMs ? &*found : nullptr;
    };
    const Seen* same = fresh(stream);
    const Seen* other = fresh(!stream);
    if (!same && !other)
        return std::nullopt;
    // breaker and failures are the candidate's, whichever call saw them last; the latency is of its own kind
    Moment moment = !other || (same && same->atMs >= other->atMs) ? same->moment : other->moment;
    moment.p95 = same ? same->moment.p95 : std::nullopt;
    return Known{moment, same != nullptr};
}

const config::Candidate* Decision::first() const
{
    if (plan.decision.chosen)
        return plan.decision.chosen;
    return plan.steps.empty() ? nullptr : plan.steps.front().candidate;
}

// The steps before the quota, in the engine's order. What rests on the caller and not on the config stays as recorded.
ErrorCode Decider::scopeOf(const ReplayCase& call, const config::Alias* alias) const
{
    if (call.error == ErrorCode::TenantMismatch)
        return ErrorCode::TenantMismatch;
    if (!alias)
        return ErrorCode::AliasUnknown;
    // one that got further was within its scope
    if (call.routed || (call.error != ErrorCode::ScopeDenied && call.error != ErrorCode::AliasUnknown))
        return ErrorCode::None;
    if (const credential::Credential* found = m_credentials ? m_credentials->find(call.credential) : nullptr)
        return found->allowsAlias(alias->name) && found->allowsFeature(call.feature) ? ErrorCode::None
                                                                                     : ErrorCode::ScopeDenied;
    return call.error == ErrorCode::ScopeDenied ? ErrorCode::ScopeDenied : ErrorCode::None;
}

Decision Decider::decide(const ReplayCase& call, const Neighbours* neighbours, QuotaReplay* quotas) const
{
    Decision decision;
    decision.alias = m_snapshot.aliasByName.value(call.alias);
    decision.refusal = scopeOf(call, decision.alias);
    if (decision.isRefused())
        return decision;
    if (quotas && !quotas->admits(call)) {
        decision.refusal = ErrorCode::QuotaCaller;
        return decision;
    }
    const config::Tenant* tenant = m_snapshot.tenantByName.value(call.tenant);
    if (!tenant && !m_snapshot.tenants.empty()) {
        decision.refusal = ErrorCode::ScopeDenied;
        return decision;
    }
    const auto zone = engine::effectiveZone(m_snapshot, tenant, call.zoneAsked);
    if (!zone) {
        decision.refusal = ErrorCode::NoRouteInZone;
        return decision;
    }
    decision.zone = *zone;

    const config::Alias& alias = *decision.alias;
    const RecordedMoments moments(call, neighbours);
    routing::RouteInput& input = decision.input;
    input.alias = &alias;
    input.workloadClass = call.workloadClass;
    input.zone = decision.zone;
    input.seed = call.seed;
    input.today = call.today;
    input.needs = engine::needsOf(call.request);
    input.ceiling = engine::ceilingOf(alias, call.ceilingAsked);
    input.remaining =
        engine::remainingOf(engine::latencyBudgetOf(alias, call.workloadClass, call.budgetAsked), call.elapsed);
    input.moments = &moments;
    decision.plan = engine::makePlan(input, call.degradeServes && alias.degradeServes);
    input.moments = nullptr;
    decision.routed = true;
    decision.ground = moments.ground();
    const bool anybody = std::any_of(decision.plan.steps.begin(), decision.plan.steps.end(),
        [](const fallback::ChainStep& step) { return step.kind != config::FallbackKind::Refuse; });
    if (!anybody) // a chain that says nothing but "refuse" ends as one that is exhausted
        decision.refusal = decision.plan.steps.empty() ? decision.plan.decision.refusal : ErrorCode::ChainExhausted;
    return decision;
}

} // namespace gateway::replay
