#include "replay/quota_replay.h"

namespace gateway::replay {

QuotaReplay::QuotaReplay(const config::PolicySnapshot& snapshot, qint64 fromMs) : m_limits(!snapshot.quotas.empty())
{
    m_clock.moveTo(fromMs);
    m_plane = std::make_unique<quota::QuotaPlane>(m_clock);
    m_index = m_plane->configure(snapshot.quotas);
}

QuotaReplay::~QuotaReplay()
{
    while (!m_held.empty())
        m_held.pop(); // leases must not outlive the plane
}

bool QuotaReplay::admits(const ReplayCase& call)
{
    if (!m_limits)
        return true;
    while (!m_held.empty() && m_held.top().endMs <= call.startedMs) {
        const Held ended = m_held.top();
        m_held.pop();
        m_clock.moveTo(ended.endMs);
        ended.lease->settle(ended.used);
    }
    m_clock.moveTo(call.startedMs);
    // as Call::takeQuota asks
    quota::Demand demand;
    demand.inputTokens = (call.bodyBytes + 3) / 4;
    demand.outputTokens = call.request.maxOutputTokens.value_or(0) * call.request.choices;
    demand.choices = call.request.choices;
    quota::Grant grant = m_plane->take(*m_index, {call.tenant, call.feature, call.agent, call.alias, {}}, demand);
    if (!grant.admitted) {
        m_refusedBy = grant.limit.scope;
        return false;
    }
    if (grant.lease.isOpen()) {
        const quota::Demand used{call.tokens.input(), call.tokens.output()};
        m_held.push({call.startedMs + std::max<qint64>(0, call.endUs) / 1000, used,
            std::make_shared<quota::Lease>(std::move(grant.lease))});
    }
    return true;
}

} // namespace gateway::replay
