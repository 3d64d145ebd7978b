#include "fallback/candidate_registry.h"

#include <algorithm>

namespace gateway::fallback {

CandidateRegistry::CandidateRegistry(
    const Clock& clock, BreakerOptions options, quint32 seed, CandidateHealth::Observer observer)
    : m_clock(clock), m_options(options), m_seed(seed), m_observer(std::move(observer))
{
}

std::shared_ptr<CandidateHealth> CandidateRegistry::healthOf(const QString& label)
{
    if (auto known = find(label))
        return known;
    m_healths.removeIf([](auto it) { return it.value().expired(); });
    // each its own jitter: candidates that failed together are not probed together
    auto made = std::make_shared<CandidateHealth>(label, m_clock, m_options, quint32(qHash(label, m_seed)));
    if (m_observer)
        made->setObserver(m_observer);
    m_healths.insert(label, made);
    return made;
}

std::shared_ptr<CandidateHealth> CandidateRegistry::find(const QString& label) const
{
    return m_healths.value(label).lock();
}

std::vector<std::shared_ptr<CandidateHealth>> CandidateRegistry::list() const
{
    std::vector<std::shared_ptr<CandidateHealth>> all;
    for (const auto& known : m_healths) {
        if (auto health = known.lock())
            all.push_back(std::move(health));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->label() < b->label(); });
    return all;
}

} // namespace gateway::fallback
