#include "engine/live_state.h"

#include "engine/upstream_target.h"

namespace gateway::engine {

LiveState::LiveState(const Clock& clock, fallback::BreakerOptions breaker, quint32 seed,
    fallback::CandidateHealth::Observer breakerChanged)
    : ledger(clock),
      quotas(clock),
      kept(clock),
      candidates(clock, breaker, seed, std::move(breakerChanged)),
      m_clock(clock)
{
}

LivePolicyPtr LiveState::bind(config::SnapshotPtr snapshot, quint16 simulatorPort)
{
    auto policy = std::make_shared<LivePolicy>();
    policy->health.resize(std::size_t(snapshot->candidateCount));
    const auto bindHealth = [&](const config::Candidate& candidate) {
        if (candidate.provider)
            policy->health[std::size_t(candidate.index)] = candidates.healthOf(candidate.label);
    };
    for (const auto& alias : snapshot->aliases) {
        for (const config::Candidate& candidate : alias->candidates)
            bindHealth(candidate);
        for (const config::FallbackStep& step : alias->fallback)
            bindHealth(step.candidate);
    }
    for (const auto& provider : snapshot->providers) {
        std::shared_ptr<ProviderLive>& live = m_providers[provider->name];
        if (!live)
            live = std::make_shared<ProviderLive>(provider->name, m_clock);
        live->gate.configure(provider->limits);
        policy->providers.push_back(live);
        policy->targets.push_back(upstreamTarget(*provider, simulatorPort));
    }
    policy->budgets = ledger.configure(snapshot->budgets);
    policy->quotas = quotas.configure(snapshot->quotas);
    policy->snapshot = std::move(snapshot);
    return policy;
}

} // namespace gateway::engine
