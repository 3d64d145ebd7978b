#include "engine/live_state.h"

#include "engine/upstream_target.h"

#include <algorithm>
#include <tuple>

namespace gateway::engine {

namespace {

bool sameSecret(const Secret& one, const Secret& other)
{
    return one.isEmpty() == other.isEmpty() && (one.isEmpty() || one.equals(other.reveal()));
}

bool sameAccess(const std::optional<config::AwsCredentials>& one, const std::optional<config::AwsCredentials>& other)
{
    if (one.has_value() != other.has_value())
        return false;
    return !one || (sameSecret(one->accessKey, other->accessKey) && sameSecret(one->secretKey, other->secretKey) &&
                       sameSecret(one->sessionToken, other->sessionToken));
}

// Reached in the same way: what is learned of it under one config is true under the other.
bool isSame(const config::Provider& one, const config::Provider& other)
{
    const auto reach = [](const config::Provider& provider) {
        return std::tuple(provider.kind, provider.origin.key(), provider.origin.caFile, provider.basePath,
            provider.awsRegion, provider.project, provider.region, provider.timeouts.connect,
            provider.timeouts.firstByte, provider.timeouts.idle, provider.timeouts.total);
    };
    return reach(one) == reach(other) && sameSecret(one.key, other.key) &&
           sameAccess(one.awsCredentials, other.awsCredentials);
}

template <typename Bind>
void forEachCandidate(const config::PolicySnapshot& snapshot, Bind&& bind)
{
    for (const auto& alias : snapshot.aliases) {
        for (const config::Candidate& candidate : alias->candidates) {
            if (candidate.provider)
                bind(candidate);
        }
        for (const config::FallbackStep& step : alias->fallback) {
            if (step.candidate.provider)
                bind(step.candidate);
        }
    }
}

} // namespace

LiveState::LiveState(const Clock& clock, fallback::BreakerOptions breaker, quint32 seed,
    fallback::CandidateHealth::Observer breakerChanged)
    : ledger(clock),
      quotas(clock),
      kept(clock),
      candidates(clock, breaker, seed, std::move(breakerChanged)),
      m_clock(clock),
      m_breaker(breaker),
      m_seed(seed)
{
}

LivePolicyPtr LiveState::bind(config::SnapshotPtr snapshot, quint16 simulatorPort)
{
    auto policy = std::make_shared<LivePolicy>();
    policy->health.resize(std::size_t(snapshot->candidateCount));
    forEachCandidate(*snapshot, [&](const config::Candidate& candidate) {
        policy->health[std::size_t(candidate.index)] = candidates.healthOf(candidate.label);
    });
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

LivePolicyPtr LiveState::bindBeside(config::SnapshotPtr snapshot, const LivePolicy& inForce, quint16 simulatorPort)
{
    auto policy = std::make_shared<LivePolicy>();
    std::vector<bool> shared; // by Provider::index
    for (const auto& provider : snapshot->providers) {
        const auto& known = inForce.snapshot->providers;
        const auto same = std::find_if(known.begin(), known.end(),
            [&](const auto& each) { return each->name == provider->name && isSame(*each, *provider); });
        shared.push_back(same != known.end());
        if (shared.back()) {
            policy->providers.push_back(inForce.providers[std::size_t((*same)->index)]);
        } else {
            auto live = std::make_shared<ProviderLive>(provider->name, m_clock);
            live->gate.configure(provider->limits);
            policy->providers.push_back(std::move(live));
        }
        policy->targets.push_back(upstreamTarget(*provider, simulatorPort));
    }
    fallback::CandidateRegistry own(m_clock, m_breaker, m_seed);
    policy->health.resize(std::size_t(snapshot->candidateCount));
    forEachCandidate(*snapshot, [&](const config::Candidate& candidate) {
        auto& health = policy->health[std::size_t(candidate.index)];
        health = shared[std::size_t(candidate.provider->index)] ? candidates.healthOf(candidate.label)
                                                                : own.healthOf(candidate.label);
    });
    policy->budgets = ledger.beside(snapshot->budgets);
    policy->quotas = quotas.beside(snapshot->quotas);
    policy->snapshot = std::move(snapshot);
    return policy;
}

} // namespace gateway::engine
