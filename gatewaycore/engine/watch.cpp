#include "engine/watch.h"

#include <algorithm>

namespace gateway::engine {

void Watch::add(const std::vector<std::shared_ptr<const api::Call>>& calls)
{
    for (const auto& call : calls) {
        m_invariants.add(*call);
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
