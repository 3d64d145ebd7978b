// The way back of a drained provider: when its drain has ended it gets 1, then 10, then all of its calls, a minute each
// at least, so that the whole herd does not run into a provider that is not well yet. A stage is left only when its
// attempts say so: at least kLeastAttempts, of which at most a tenth failed. One that failed too often begins its
// minute anew. Where too few calls come to tell, ten minutes without trouble are enough: a trickle is no herd. Pure
// functions; any thread. Who drains again ends nothing: the newer lever wins (LeverSet::drained).
#pragma once

#include "fallback/lever.h"

namespace gateway::fallback {

constexpr qint64 kStageMs = 60'000;
constexpr qint64 kQuietStageMs = 600'000;
constexpr qint64 kLeastStageAttempts = 5;
constexpr qint64 kMostStageFailures = 10; // percent

// The provider's attempts since the lever's stageSinceMs.
struct StageEvidence
{
    qint64 attempts = 0;
    qint64 failures = 0;
};

// Takes an ended drain one step further, if it is time: stagePercent and stageSinceMs change. Tells in one sentence
// where it stands and why; empty for a lever that does not fail back.
QString advance(Lever& lever, const StageEvidence& evidence, qint64 nowMs);

} // namespace gateway::fallback
