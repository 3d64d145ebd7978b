// LiveState: what an engine knows while it runs and a config does not say: money spent, quotas used, candidates'
// health, providers' limits, answers that may be given again, content on its way to be kept. It outlives every config
// revision; bind() lays a revision over it. Made and bound on the control thread; its members are safe to use from any
// thread.
#pragma once

#include "budget/learned_ratio.h"
#include "budget/ledger.h"
#include "content/intake.h"
#include "engine/kept_answers.h"
#include "engine/live_policy.h"
#include "fallback/candidate_registry.h"
#include "quota/quota_plane.h"
#include "quota/wait_queue.h"

#include <QHash>

namespace gateway::engine {

class LiveState
{
public:
    // `breakerChanged` is called on whichever thread changed a breaker's state.
    LiveState(const Clock& clock, fallback::BreakerOptions breaker, quint32 seed,
        fallback::CandidateHealth::Observer breakerChanged);
    Q_DISABLE_COPY_MOVE(LiveState)

    // `simulatorPort`: of the embedded simulator; 0: no provider of this revision is it.
    LivePolicyPtr bind(config::SnapshotPtr snapshot, quint16 simulatorPort);
    // A second revision beside the one in force, for a part of the callers; changes nothing of what is in force. What
    // both know in the same way they share: the health of a candidate, a provider's gate, accounts of budgets and
    // quotas. A provider that is reached in another way has a health and a gate of its own here, so that one that does
    // not work opens no breaker of the other side. All budgets and quotas in force hold here too; those that differ
    // hold in addition: nobody gets more than what is in force (decisions/0162-two-policies-at-once.md).
    LivePolicyPtr bindBeside(config::SnapshotPtr snapshot, const LivePolicy& inForce, quint16 simulatorPort);

    budget::Ledger ledger;
    budget::LearnedRatio learned;
    quota::QuotaPlane quotas;
    quota::WaitCounts waits;
    KeptAnswers kept;
    content::Intake content;
    fallback::CandidateRegistry candidates;

private:
    const Clock& m_clock;
    const fallback::BreakerOptions m_breaker;
    const quint32 m_seed;
    QHash<QString, std::shared_ptr<ProviderLive>> m_providers; // by name; those of configs gone stay, they are few
};

} // namespace gateway::engine
