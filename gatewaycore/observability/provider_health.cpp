#include "observability/provider_health.h"

namespace gateway::observability {

HealthVerdict judge(const HealthEvidence& evidence)
{
    if (evidence.attempts == 0)
        return {api::Health::Unknown, QStringLiteral("No attempt in the last 5 minutes, so nothing is known.")};

    const qint64 judged = evidence.attempts - evidence.callersFault;
    const qint64 failed = evidence.failures - evidence.callersFault;
    QString setAside;
    if (evidence.callersFault > 0) {
        setAside =
            QStringLiteral(" %1 more were rejected because of the request itself and are not counted against it.")
                .arg(evidence.callersFault);
    }
    if (judged <= 0)
        return {api::Health::Unknown,
            QStringLiteral("Every attempt of the last 5 minutes was rejected because of the request itself.")};

    const QString window = QStringLiteral(" of %1 attempts in the last 5 minutes").arg(judged);
    if (failed == 0) {
        const QString all = judged == 1 ? QStringLiteral("The one attempt of the last 5 minutes did not fail.")
                                        : QStringLiteral("None") + window + QStringLiteral(" failed.");
        return {api::Health::Ok, all + setAside};
    }
    const QString share = judged == 1 ? QStringLiteral("The one attempt of the last 5 minutes failed")
                                      : QString::number(failed) + window + QStringLiteral(" failed");
    const QString cause =
        evidence.mostFrequent.isEmpty() ? QString() : QStringLiteral(", mostly %1").arg(evidence.mostFrequent);
    if (judged < kLeastAttempts) {
        return {api::Health::Unknown,
            share + cause + QStringLiteral("; fewer than %1 are too few to judge.").arg(kLeastAttempts) + setAside};
    }
    const double ratio = double(failed) / double(judged);
    const api::Health health = ratio >= kDownRatio       ? api::Health::Down
                               : ratio >= kDegradedRatio ? api::Health::Degraded
                                                         : api::Health::Ok;
    return {health, share + QStringLiteral(" (%1 %)").arg(ratio * 100, 0, 'f', 1) + cause + u'.' + setAside};
}

} // namespace gateway::observability
