// The verdict on a provider from its last five minutes, with the sentence of evidence that goes with it. Without calls
// it is unknown, never ok; with fewer than five attempts a failure is not judged. Pure function; thresholds are here.
#pragma once

#include "api/engine_status.h"

namespace gateway::observability {

struct HealthEvidence
{
    qint64 attempts = 0;
    qint64 failures = 0;
    qint64 callersFault = 0; // of the failures: the request was at fault, not held against the provider
    QString mostFrequent;    // class of failure, "5xx"; may be empty
};

constexpr qint64 kLeastAttempts = 5;
constexpr double kDegradedRatio = 0.05;
constexpr double kDownRatio = 0.5;

struct HealthVerdict
{
    api::Health health = api::Health::Unknown;
    QString why;
};

HealthVerdict judge(const HealthEvidence& evidence);

} // namespace gateway::observability
