// Verdict: what the guards come to together. Fail as soon as one fails, whatever the others know; pass when all pass
// and the canary has had the calls it needs; otherwise there is too little data, and the sentence says how little.
// Pure; any thread.
#pragma once

#include "rollout/guards.h"

namespace gateway::rollout {

struct Verdict
{
    api::CanaryVerdict verdict = api::CanaryVerdict::InsufficientData;
    QString sentence;
    QVector<api::CanaryGuard> guards;
};

// Below this many callers in an arm the calls are hardly independent, and the verdict says so.
constexpr int kFewCallers = 10;

Verdict judge(const Observation& seen, const config::CanaryPolicy& policy);

} // namespace gateway::rollout
