#include "fallback/fail_back.h"

namespace gateway::fallback {
namespace {

int after(int stage)
{
    return stage < 1 ? 1 : stage < 10 ? 10 : 100;
}

QString enter(Lever& lever, int stage, qint64 nowMs)
{
    lever.stagePercent = stage;
    lever.stageSinceMs = nowMs;
    return stage >= 100 ? QStringLiteral("%1 gets all of its calls again.").arg(lever.provider)
                        : QStringLiteral("%1 gets %2 % of its calls.").arg(lever.provider).arg(stage);
}

} // namespace

QString advance(Lever& lever, const StageEvidence& evidence, qint64 nowMs)
{
    if (lever.kind != LeverKind::Drain || lever.endedAtMs == 0 || lever.stagePercent >= 100)
        return {};
    if (lever.stagePercent < 1)
        return enter(lever, after(0), nowMs);
    const QString stays = QStringLiteral("%1 stays at %2 % of its calls: ").arg(lever.provider).arg(lever.stagePercent);
    const qint64 since = nowMs - lever.stageSinceMs;
    if (since < kStageMs)
        return stays + QStringLiteral("the stage takes a minute.");
    if (evidence.failures * 100 > evidence.attempts * kMostStageFailures) {
        if (evidence.attempts >= kLeastStageAttempts)
            lever.stageSinceMs = nowMs; // the next minute is judged by itself
        return stays + QStringLiteral("%1 of %2 attempts failed.").arg(evidence.failures).arg(evidence.attempts);
    }
    if (evidence.attempts < kLeastStageAttempts && since < kQuietStageMs)
        return stays + QStringLiteral("%1 attempts are too few to tell, it takes %2 or ten minutes.")
                           .arg(evidence.attempts)
                           .arg(kLeastStageAttempts);
    return enter(lever, after(lever.stagePercent), nowMs);
}

} // namespace gateway::fallback
