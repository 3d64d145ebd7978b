// Invariants: standing checks of what the gateway did, made from the records alone, so that a defect of the code that
// decides cannot hide itself. Fed with every finished call. The three classic bugs of gateways:
//   false_refusal   a call refused by a budget or a quota although limit, used, reserved and estimate, as recorded,
//   leave
//                   room for it. Every single one is a violation.
//   degraded_share  first attempts sent to a candidate that was recorded as degraded (breaker open, or more than half
//   of
//                   its attempts failed) while another eligible one was healthy. A share, of the last kRecent cases; up
//                   to kMostDegraded of it is how a scorer keeps an eye on a candidate.
//   scope_subset    a call that was served although its credential does not allow its tenant, alias or feature, or was
//                   revoked or expired before, or is not known. Every single one is a violation.
// Thread: control.
#pragma once

#include "api/call.h"
#include "api/invariant.h"
#include "base/clock.h"

#include <QStringList>
#include <QVector>

#include <deque>
#include <functional>

namespace gateway::observability {

class Invariants
{
public:
    static constexpr int kRecent = 200;
    static constexpr double kMostDegraded = 0.1;
    static constexpr int kLeastDegraded = 3;  // fewer are no share yet
    static constexpr qint64 kRevokeMs = 1000; // until every worker knows of a revocation

    // What a credential allows; lists as in credential::Credential.
    struct Scope
    {
        QString tenant;
        QStringList aliases;    // empty or "*": every alias
        QStringList features;   // empty: every feature
        qint64 expiresAtMs = 0; // 0: never
        qint64 revokedAtMs = 0; // 0: not revoked
    };
    using ScopeOf = std::function<std::optional<Scope>(const QString& credential)>; // empty: nobody knows it

    Invariants(const Clock& clock, ScopeOf scopeOf);

    void add(const api::Call& call);
    QVector<api::Invariant> list() const;

private:
    struct Tally
    {
        qint64 checked = 0;
        qint64 violations = 0;
        qint64 lastMs = 0; // wall time of the last violation
        QString example;
    };
    void count(Tally& tally, const api::Call& call, bool violated);
    api::Invariant describe(const char* name, const Tally& tally, const QString& what, const QString& broken) const;
    double degradedShare() const;

    const Clock& m_clock;
    const ScopeOf m_scopeOf;
    const qint64 m_sinceMs;
    Tally m_falseRefusal;
    qint64 m_withoutNumbers = 0; // refusals that cannot be recomputed
    Tally m_degraded;
    std::deque<bool> m_recentDegraded;
    Tally m_scope;
};

// What one call says of each; empty: nothing to check. Pure functions.
std::optional<bool> isFalseRefusal(const api::Call& call); // empty also without readable numbers
bool isRefusedByLimit(const api::Call& call);
std::optional<bool> wentToDegraded(const api::Call& call);
std::optional<bool> isOutOfScope(const api::Call& call, const Invariants::ScopeOf& scopeOf);

} // namespace gateway::observability
