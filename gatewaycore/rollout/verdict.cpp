#include "rollout/verdict.h"

#include <QStringList>

#include <algorithm>

namespace gateway::rollout {
namespace {

using api::CanaryGuard;
using api::CanaryVerdict;

QString spoken(const QString& name)
{
    return QString(name).replace(u'_', u' ');
}

// Error rates are of callers who behave alike. A few callers, each with habits of its own, are fewer witnesses than
// their calls.
QString clustering(const Observation& seen, const api::CanaryArm& control, const api::CanaryArm& canary)
{
    const bool byTenant = seen.stickyBy() == api::StickyBy::Tenant;
    const QString callers = byTenant ? QStringLiteral("tenants") : QStringLiteral("credentials");
    QString text = QStringLiteral(" Callers: %1 %2 in the canary, %3 in the control.")
                       .arg(canary.callers)
                       .arg(callers)
                       .arg(control.callers);
    if (std::min(canary.callers, control.callers) < kFewCallers) {
        text +=
            QStringLiteral(" So few may differ by themselves: the error rates stated are of callers who are alike.");
        if (byTenant)
            text += QStringLiteral(" A canary that is sticky by credential spreads over more.");
    }
    return text;
}

} // namespace

Verdict judge(const Observation& seen, const config::CanaryPolicy& policy)
{
    Verdict verdict;
    verdict.guards = judgeGuards(seen, policy);
    const api::CanaryArm canary = seen.arm(true);
    const api::CanaryArm control = seen.arm(false);
    QStringList failed;
    QStringList open;
    for (const CanaryGuard& guard : std::as_const(verdict.guards)) {
        if (guard.verdict == CanaryVerdict::Fail)
            failed.append(spoken(guard.name) + QStringLiteral(": ") + guard.sentence);
        else if (guard.verdict == CanaryVerdict::InsufficientData)
            open.append(spoken(guard.name));
    }
    const QString n = QStringLiteral("n = %1 canary and %2 control calls").arg(canary.calls).arg(control.calls);
    if (!failed.isEmpty()) {
        verdict.verdict = CanaryVerdict::Fail;
        verdict.sentence = QStringLiteral("Fails on %1 (%2).").arg(failed.join(QStringLiteral("; ")), n);
    } else if (open.isEmpty() && canary.calls >= policy.leastCalls) {
        verdict.verdict = CanaryVerdict::Pass;
        verdict.sentence = QStringLiteral("Passes: no guard is worse than tolerated (%1).").arg(n);
    } else if (open.isEmpty()) {
        verdict.sentence =
            QStringLiteral("Insufficient data: %1, and %2 canary calls are asked for.").arg(n).arg(policy.leastCalls);
    } else {
        verdict.sentence =
            QStringLiteral("Insufficient data: %1 show nothing yet on %2.").arg(n, open.join(QStringLiteral(", ")));
    }
    verdict.sentence += clustering(seen, control, canary);
    return verdict;
}

} // namespace gateway::rollout
