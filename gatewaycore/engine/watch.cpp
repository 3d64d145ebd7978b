#include "engine/watch.h"

#include <algorithm>

namespace gateway::engine {

using observability::Incidents;

namespace {

constexpr int kInvariantTurns = 10; // of tick(): every five seconds

} // namespace

Watch::Watch(const Clock& clock, observability::Invariants::ScopeOf scopeOf, Tell tell)
    : m_tell(tell),
      m_invariants(clock, std::move(scopeOf)),
      m_incidents(
          clock, [tell](const QString& event, const api::Incident& incident) { tell(event, api::toJson(incident)); }),
      m_attribution(clock, [tell](const api::AttributionFinding& finding) {
          tell(QStringLiteral("attribution.finding"), api::toJson(finding));
      })
{
}

void Watch::setSnapshot(const config::PolicySnapshot& snapshot)
{
    QSet<QString> candidates;
    for (const auto& alias : snapshot.aliases) {
        for (const config::Candidate& candidate : alias->candidates)
            candidates.insert(candidate.label);
        for (const config::FallbackStep& step : alias->fallback) {
            if (step.candidate.provider)
                candidates.insert(step.candidate.label);
        }
    }
    m_incidents.setCandidates(candidates);
}

void Watch::breakerChanged(const QString& candidate, const fallback::HealthView& now)
{
    using State = Incidents::BreakerChange::State;
    const State state = now.breaker == fallback::BreakerState::Open       ? State::Open
                        : now.breaker == fallback::BreakerState::HalfOpen ? State::HalfOpen
                                                                          : State::Closed;
    m_incidents.breakerChanged({candidate, state, now.forced, now.reason, now.changes});
}

void Watch::tick()
{
    m_incidents.tick();
    m_attribution.tick();
    if (++m_turns % kInvariantTurns == 0)
        tellOfInvariants();
}

// An invariant that no longer holds is told of once; again when it has held meanwhile.
void Watch::tellOfInvariants()
{
    for (const api::Invariant& invariant : m_invariants.list()) {
        if (invariant.state != QLatin1String("broken")) {
            m_broken.remove(invariant.name);
        } else if (!m_broken.contains(invariant.name)) {
            m_broken.insert(invariant.name);
            m_tell(QStringLiteral("invariant.failed"), api::toJson(invariant));
        }
    }
}

void Watch::add(const std::vector<std::shared_ptr<const api::Call>>& calls)
{
    for (const auto& call : calls) {
        m_invariants.add(*call);
        m_incidents.add(*call);
        m_attribution.add(*call);
        for (auto& [id, tally] : m_drills)
            tally.add(*call);
    }
}

void Watch::setLevers(const std::vector<fallback::Lever>& levers)
{
    for (const fallback::Lever& lever : levers) {
        if (lever.kind != fallback::LeverKind::Drill)
            continue;
        const auto [tally, isNew] = m_drills.try_emplace(lever.id, lever);
        if (lever.endedAtMs > 0 && tally->second.drill().endedAtMs == 0)
            tally->second.end(lever.endedAtMs);
    }
    while (m_drills.size() > kDrills) {
        m_drills.erase(std::min_element(m_drills.begin(), m_drills.end(),
            [](const auto& a, const auto& b) { return a.second.drill().setAtMs < b.second.drill().setAtMs; }));
    }
}

api::Result<api::DrillCard> Watch::drillCard(const QString& id) const
{
    const auto found = m_drills.find(id);
    if (found == m_drills.end())
        return api::failure(api::Failure::NotFound, QStringLiteral("There is no drill %1.").arg(id.left(64)));
    return found->second.card();
}

} // namespace gateway::engine
