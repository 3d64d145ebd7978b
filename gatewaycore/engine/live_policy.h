// LivePolicy: a config revision bound to what lives longer than it: the health of its candidates, the limits and retry
// budgets of its providers, the accounts of its budgets and quotas. Made by LiveState on the control thread for every
// revision, then immutable; workers swap it as a whole and a call keeps the one it began with. What it points to is
// safe to use from any thread.
#pragma once

#include "budget/ledger.h"
#include "config/policy_snapshot.h"
#include "fallback/candidate_health.h"
#include "fallback/retry_budget.h"
#include "http/upstream.h"
#include "quota/provider_gate.h"
#include "quota/quota_plane.h"

#include <memory>
#include <vector>

namespace gateway::engine {

struct ProviderLive
{
    ProviderLive(const QString& name, const Clock& clock) : gate(name, clock) {}
    quota::ProviderGate gate;
    fallback::RetryBudget retries;
};

struct LivePolicy
{
    config::SnapshotPtr snapshot;
    std::vector<std::shared_ptr<fallback::CandidateHealth>> health; // by Candidate::index
    std::vector<std::shared_ptr<ProviderLive>> providers;           // by Provider::index
    std::vector<http::UpstreamTarget> targets;                      // by Provider::index: what is dialled
    budget::BudgetIndexPtr budgets;
    quota::QuotaIndexPtr quotas;

    fallback::CandidateHealth& healthOf(const config::Candidate& candidate) const
    {
        return *health[std::size_t(candidate.index)];
    }
    const http::UpstreamTarget& targetOf(const config::Provider& provider) const
    {
        return targets[std::size_t(provider.index)];
    }
    ProviderLive& liveOf(const config::Provider& provider) const { return *providers[std::size_t(provider.index)]; }
};

using LivePolicyPtr = std::shared_ptr<const LivePolicy>;

} // namespace gateway::engine
