// Calls for the observability tests: one attempt, times relative to a base that the test's clock also starts from.
#pragma once

#include "api/call.h"

namespace sample {

inline gateway::api::Call call(qint64 startedMs, const QString& provider, const QString& alias, qint64 totalUs)
{
    gateway::api::Call call;
    call.id = QStringLiteral("req_sample");
    call.startedAt = QDateTime::fromMSecsSinceEpoch(startedMs, Qt::UTC);
    call.alias = alias;
    call.surface = QStringLiteral("openai.chat");
    call.outcome = gateway::api::CallOutcome::Answered;
    call.httpStatus = 200;
    gateway::api::Attempt attempt;
    attempt.provider = provider;
    attempt.model = QStringLiteral("model-1");
    attempt.result = gateway::api::AttemptResult::Answered;
    attempt.httpStatus = 200;
    attempt.startUs = 0;
    attempt.firstByteUs = totalUs / 2;
    attempt.endUs = totalUs;
    call.attempts.append(attempt);
    return call;
}

inline gateway::api::Call failed(
    qint64 startedMs, const QString& provider, int httpStatus, gateway::api::ErrorCode error)
{
    gateway::api::Call one = call(startedMs, provider, QStringLiteral("fast"), 1000);
    one.outcome = gateway::api::CallOutcome::Failed;
    one.error = error;
    one.attempts[0].result = gateway::api::AttemptResult::Failed;
    one.attempts[0].httpStatus = httpStatus;
    one.attempts[0].error = error;
    return one;
}

} // namespace sample
