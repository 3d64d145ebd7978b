// CandidateRegistry: one CandidateHealth per candidate label, shared by all configs and workers that name it. A config
// compiled anew finds the health of the candidates it keeps, with all they have measured; one that no config and no
// call holds any more is forgotten. Thread: control makes and lists; the healths themselves are for any thread.
#pragma once

#include "fallback/candidate_health.h"

#include <QHash>

#include <vector>

namespace gateway::fallback {

class CandidateRegistry
{
public:
    // `observer` is given to every health made, see CandidateHealth::setObserver; it may be empty.
    CandidateRegistry(
        const Clock& clock, BreakerOptions options, quint32 seed, CandidateHealth::Observer observer = {});
    Q_DISABLE_COPY_MOVE(CandidateRegistry)

    std::shared_ptr<CandidateHealth> healthOf(const QString& label);   // finds or makes
    std::shared_ptr<CandidateHealth> find(const QString& label) const; // nullptr: nobody uses this candidate
    std::vector<std::shared_ptr<CandidateHealth>> list() const;        // in use, by label

private:
    const Clock& m_clock;
    const BreakerOptions m_options;
    const quint32 m_seed;
    const CandidateHealth::Observer m_observer;
    QHash<QString, std::weak_ptr<CandidateHealth>> m_healths;
};

} // namespace gateway::fallback
