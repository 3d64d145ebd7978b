#include "observability/attempt_facts.h"

#include <algorithm>

namespace gateway::observability {

using api::AttemptResult;
using api::ErrorCode;
using api::FailureClass;
using api::StreamEnd;

bool wasSent(const api::Attempt& attempt)
{
    return attempt.result != AttemptResult::Skipped && attempt.result != AttemptResult::Refused;
}

std::optional<FailureClass> failureClassOf(const api::Attempt& attempt)
{
    if (attempt.result != AttemptResult::Failed)
        return std::nullopt;
    if (attempt.streamEnd == StreamEnd::Truncated || attempt.streamEnd == StreamEnd::Stalled ||
        attempt.error == ErrorCode::StreamTruncated)
        return FailureClass::Truncated;
    if (attempt.error == ErrorCode::DeadlineExceeded)
        return FailureClass::Timeout;
    if (attempt.httpStatus == 429 || attempt.error == ErrorCode::ProviderThrottled)
        return FailureClass::Http429;
    if (attempt.httpStatus >= 500)
        return FailureClass::Http5xx;
    if (attempt.httpStatus == 0 && attempt.error == ErrorCode::ProviderUnavailable)
        return FailureClass::Connection;
    return FailureClass::Other;
}

bool isCallersFault(const api::Attempt& attempt)
{
    return attempt.result == AttemptResult::Failed &&
           (attempt.error == ErrorCode::ProviderBadRequest || attempt.error == ErrorCode::ContextTooLong ||
               attempt.error == ErrorCode::ContentRefused || attempt.error == ErrorCode::InvalidRequest);
}

qint64 firstTokenUs(const api::Attempt& attempt)
{
    const qint64 first = attempt.firstTokenUs >= 0                     ? attempt.firstTokenUs
                         : attempt.streamEnd == StreamEnd::NotStreamed ? attempt.firstByteUs
                                                                       : -1;
    return first >= 0 && attempt.startUs >= 0 ? std::max<qint64>(0, first - attempt.startUs) : -1;
}

qint64 totalUs(const api::Attempt& attempt)
{
    return attempt.endUs >= 0 && attempt.startUs >= 0 ? std::max<qint64>(0, attempt.endUs - attempt.startUs) : -1;
}

qint64 generationUs(const api::Attempt& attempt)
{
    if (attempt.streamEnd != StreamEnd::NotStreamed && attempt.firstTokenUs >= 0 &&
        attempt.endUs > attempt.firstTokenUs)
        return attempt.endUs - attempt.firstTokenUs;
    return totalUs(attempt);
}

qint64 endedAtMs(const api::Call& call, const api::Attempt& attempt)
{
    const qint64 offset = attempt.endUs >= 0 ? attempt.endUs : std::max<qint64>(0, attempt.startUs);
    return call.startedAt.toMSecsSinceEpoch() + offset / 1000;
}

} // namespace gateway::observability
