// Watch: what is learned from finished calls, beside the aggregates: the standing invariants, the scorecards of drills,
// incidents with providers, and what does not look right about attribution. Fed with every committed call and every
// change of a breaker; what opens, closes or is found is told as an event. Control thread.
#pragma once

#include "api/result.h"
#include "config/policy_snapshot.h"
#include "fallback/candidate_health.h"
#include "fallback/drill_card.h"
#include "observability/attribution_watch.h"
#include "observability/incidents.h"
#include "observability/invariants.h"

#include <QSet>

#include <map>
#include <memory>
#include <vector>

namespace gateway::engine {

class Watch
{
public:
    using Tell = std::function<void(const QString& event, const QJsonObject& data)>;
    Watch(const Clock& clock, observability::Invariants::ScopeOf scopeOf, Tell tell);

    void add(const std::vector<std::shared_ptr<const api::Call>>& calls);
    void setLevers(const std::vector<fallback::Lever>& levers); // newest first; drills among them begin and end here
    void setSnapshot(const config::PolicySnapshot& snapshot);   // at start and after every new config
    void breakerChanged(const QString& candidate, const fallback::HealthView& now);
    void tick(); // twice a second or so: incidents close with time, a new day begins

    QVector<api::Invariant> invariants() const { return m_invariants.list(); }
    QVector<api::Incident> incidents() const { return m_incidents.list(); }
    observability::Incidents& incidentRegister() { return m_incidents; } // for what makes it durable
    QVector<api::AttributionFinding> findings(const QDateTime& since) const { return m_attribution.findings(since); }
    api::Result<api::DrillCard> drillCard(const QString& id) const;

private:
    void tellOfInvariants();

    static constexpr std::size_t kDrills = 50; // the oldest are forgotten

    const Tell m_tell;
    QSet<QString> m_broken; // invariants that were told of
    int m_turns = 0;
    observability::Invariants m_invariants;
    observability::Incidents m_incidents;
    observability::AttributionWatch m_attribution;
    std::map<QString, fallback::DrillTally> m_drills; // by the lever's id
};

} // namespace gateway::engine
