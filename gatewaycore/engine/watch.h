// Watch: what is learned from finished calls, beside the aggregates: the standing invariants, and the scorecards of
// drills. Fed with every committed call. Control thread.
#pragma once

#include "api/result.h"
#include "fallback/drill_card.h"
#include "observability/invariants.h"

#include <map>
#include <memory>
#include <vector>

namespace gateway::engine {

class Watch
{
public:
    Watch(const Clock& clock, observability::Invariants::ScopeOf scopeOf) : m_invariants(clock, std::move(scopeOf)) {}

    void add(const std::vector<std::shared_ptr<const api::Call>>& calls);
    void setLevers(const std::vector<fallback::Lever>& levers); // newest first; drills among them begin and end here
    QVector<api::Invariant> invariants() const { return m_invariants.list(); }
    api::Result<api::DrillCard> drillCard(const QString& id) const;

private:
    static constexpr std::size_t kDrills = 50; // the oldest are forgotten

    observability::Invariants m_invariants;
    std::map<QString, fallback::DrillTally> m_drills; // by the lever's id
};

} // namespace gateway::engine
