#include "quota/quota_index.h"

#include <QHashFunctions>

#include <algorithm>

namespace gateway::quota {
namespace {

// Members of a scope as bits.
constexpr unsigned kTenant = 1;
constexpr unsigned kFeature = 2;
constexpr unsigned kAgent = 4;
constexpr unsigned kAlias = 8;

unsigned statedMembers(const config::UsageScope& scope)
{
    return (scope.tenant.isEmpty() ? 0u : kTenant) | (scope.feature.isEmpty() ? 0u : kFeature) |
           (scope.agent.isEmpty() ? 0u : kAgent) | (scope.alias.isEmpty() ? 0u : kAlias);
}

config::UsageScope only(unsigned members, const config::UsageScope& scope)
{
    config::UsageScope some;
    if (members & kTenant)
        some.tenant = scope.tenant;
    if (members & kFeature)
        some.feature = scope.feature;
    if (members & kAgent)
        some.agent = scope.agent;
    if (members & kAlias)
        some.alias = scope.alias;
    return some;
}

} // namespace

void QuotaState::configure(const config::QuotaPolicy& quota, Monotonic now)
{
    refill(now);
    policy = quota;
    requests.resize(quota.requestsPerMinute.value_or(0));
    inputTokens.resize(quota.inputTokensPerMinute.value_or(0));
    outputTokens.resize(quota.outputTokensPerMinute.value_or(0));
}

void QuotaState::refill(Monotonic now)
{
    const Monotonic elapsed = std::max(Monotonic(0), now - filled);
    filled = std::max(filled, now);
    requests.refill(elapsed);
    inputTokens.refill(elapsed);
    outputTokens.refill(elapsed);
}

std::size_t QuotaIndex::Hash::operator()(const config::UsageScope& scope) const
{
    return qHashMulti(0, scope.tenant, scope.feature, scope.agent, scope.alias);
}

QuotaIndex::QuotaIndex(const std::vector<QuotaStatePtr>& states)
{
    for (std::size_t i = 0; i < states.size(); ++i) {
        const config::UsageScope& scope = states[i]->policy.scope;
        if (!scope.provider.isEmpty())
            continue; // a provider's limits stand under the provider, see ProviderGate
        const unsigned members = statedMembers(scope);
        if (std::find(m_combinations.begin(), m_combinations.end(), members) == m_combinations.end())
            m_combinations.push_back(members);
        m_states[only(members, scope)].push_back({i, states[i]});
    }
}

std::vector<QuotaStatePtr> QuotaIndex::find(const config::UsageScope& user) const
{
    std::vector<Entry> found;
    const unsigned stated = statedMembers(user);
    for (const unsigned members : m_combinations) {
        if ((members & stated) != members)
            continue;
        const auto at = m_states.find(only(members, user));
        if (at != m_states.end())
            found.insert(found.end(), at->second.begin(), at->second.end());
    }
    std::sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) { return a.order < b.order; });
    std::vector<QuotaStatePtr> states;
    states.reserve(found.size());
    for (Entry& entry : found)
        states.push_back(std::move(entry.state));
    return states;
}

} // namespace gateway::quota
