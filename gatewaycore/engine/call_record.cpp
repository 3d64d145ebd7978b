// The end of a call: its record, and the caller's last byte.
#include "engine/call.h"

#include "observability/log.h"

namespace gateway::engine {
namespace {

using api::CallOutcome;
using api::ErrorCode;
using transform::CallError;

constexpr int kSlotsKeptFree = 1024; // fewer, and answers wait for their record even where it is only queued

bool wasSent(const api::Attempt& attempt)
{
    return attempt.result != api::AttemptResult::Skipped;
}

// The gateway's own part of a call: all of it, less reading the request and less waiting for providers, that is for
// their connections, their answers and their limits.
qint64 ownTime(const api::Call& record, qint64 waitedUs)
{
    qint64 own = record.endUs - record.receivedUs - waitedUs;
    for (const api::Attempt& attempt : record.attempts) {
        const qint64 waitedFrom = attempt.connectionReused ? attempt.sentUs : attempt.startUs;
        if (wasSent(attempt) && waitedFrom >= 0 && attempt.endUs >= 0)
            own -= attempt.endUs - waitedFrom;
    }
    return std::max<qint64>(0, own);
}

} // namespace

// What the attempts were together. Tokens, end and times are the last one's; money is everybody's.
void Call::sumUp()
{
    std::optional<api::Money> cost = api::Money();
    std::optional<api::Money> estimated;
    const api::Attempt* last = nullptr;
    for (const api::Attempt& attempt : std::as_const(m_record.attempts)) {
        if (!wasSent(attempt))
            continue;
        last = &attempt;
        cost = cost && attempt.cost ? cost->plus(*attempt.cost) : std::nullopt;
        if (attempt.costEstimated)
            estimated = estimated.value_or(api::Money()).plus(*attempt.costEstimated);
    }
    m_record.cost = cost;
    m_record.costEstimated = estimated;
    if (!last)
        return;
    m_record.tokens = last->tokens;
    m_record.finishReason = last->finishReason;
    m_record.streamEnd = last->streamEnd;
    m_record.firstTokenUs = last->firstTokenUs;
}

void Call::conclude(CallOutcome outcome, const CallError* error)
{
    if (m_recorded)
        return;
    m_time.stop();
    m_pause.stop();
    m_heartbeat.stop();
    m_ticket.reset();
    m_permit.release();
    m_record.outcome = outcome;
    if (m_inputs.request && m_record.decision.isEmpty()) // refused, or repeated, before it was routed
        m_record.decision = textOf(m_inputs);
    if (error) {
        m_error = *error;
        m_record.error = error->code;
        m_record.errorDetail = m_ownDetail.isEmpty() ? error->recordText() : m_ownDetail;
        if (error->limit)
            m_record.decision.insert(QStringLiteral("limit"), api::toJson(*error->limit));
    }
    m_record.httpStatus = m_streamBegun || !error ? 200 : m_surface.errorStatus(*error);
    if (outcome == CallOutcome::Refused || outcome == CallOutcome::Failed) {
        m_record.servedBy.clear();
        m_record.fallbackKind.clear();
        m_record.degraded = false;
    }
    sumUp();
    m_quota.settle({m_record.tokens.input(), m_record.tokens.output()});
    m_record.responseBytes = m_exchange->bytesSent() + m_answer.size();
    m_record.endUs = sinceBegun();
    m_record.overheadUs = ownTime(m_record, m_waitedUs);
    keepContent();
    keepAnswer();
    m_recorded = std::make_shared<const api::Call>(std::move(m_record));
    m_context.metrics.callFinished(*m_recorded);
    if (outcome == CallOutcome::Failed || outcome == CallOutcome::Truncated) {
        observability::log(observability::LogLevel::Warning, "call.failed",
            {{"id", m_recorded->id}, {"tenant", m_recorded->tenant}, {"alias", m_recorded->alias},
                {"provider", m_recorded->attempts.isEmpty() ? QString() : m_recorded->attempts.last().provider},
                {"code", api::nameOf(m_recorded->error)}, {"detail", m_recorded->errorDetail},
                {"total_ms", m_recorded->endUs / 1000}});
    }
    // the record may follow the answer, but not by more than the list of open calls can hold: beyond that the store's
    // pace is the callers' pace, and nobody is refused for being quick
    const bool follows = m_policy->snapshot->audit.acknowledge == config::Acknowledge::Queued &&
                         m_context.openCalls.freeSlots() > kSlotsKeptFree;
    m_context.recorder.record(
        m_recorded, &m_context.sink, m_token, follows ? audit::Haste::Relaxed : audit::Haste::EndOfTurn);
    m_context.recorded = true;
    if (follows)
        release();
}

QByteArray Call::cacheKey() const
{
    return exactKey({m_record.tenant.toUtf8(), m_record.zone.toUtf8(), m_alias->name.toUtf8(), m_surface.name(),
        m_request.streamAsArray ? "array"
        : m_request.stream      ? "stream"
                                : "whole",
        m_request.body, m_policy->snapshot->revision});
}

// What the caller was given of the model, or will be.
QByteArray Call::answerSoFar() const
{
    const bool fromEvents = m_request.stream && m_answer.isEmpty();
    return fromEvents ? (m_streamBegun ? m_kept : m_heldBack) + m_tail : m_answer;
}

// Off our hands: whether there is room for it is the keeper's affair.
void Call::keepContent()
{
    if (!m_contentFor)
        return;
    content::KeptCall kept;
    kept.call = m_record.id;
    kept.tenant = m_record.tenant;
    kept.startedMs = m_record.startedAt.toMSecsSinceEpoch();
    kept.keptMs = m_context.clock.wallMs();
    kept.expiresMs = kept.keptMs + m_contentFor->count();
    kept.request = m_exchange->body();
    kept.answer = answerSoFar();
    kept.answerCut = m_kept.size() > KeptAnswers::kLargest || m_record.outcome != CallOutcome::Answered;
    m_context.live.content.offer(std::move(kept));
}

// For a repetition with the same idempotency-key, and for a fallback step of kind `cached`.
void Call::keepAnswer()
{
    const bool answered = m_record.outcome == CallOutcome::Answered;
    const bool fresh = answered && m_record.cache == QLatin1String("bypass");
    const QByteArray key = std::exchange(m_idempotencyKey, {});
    if (!key.isEmpty() && !fresh)
        m_context.live.kept.forget(key);
    const bool forCache = fresh && m_alias->cache.exactTtl && !m_record.degraded;
    if (!fresh || (key.isEmpty() && !forCache))
        return;
    KeptAnswer answer;
    answer.body = answerSoFar();
    answer.callId = m_record.id;
    answer.servedBy = m_record.servedBy;
    answer.finishReason = m_record.finishReason;
    if (forCache)
        m_context.live.kept.keep(cacheKey(), answer);
    if (!key.isEmpty())
        m_context.live.kept.finish(key, std::move(answer));
}

void Call::recordSettled(audit::Durability durability)
{
    if (m_slot >= 0)
        m_context.openCalls.close(m_slot);
    m_slot = -1;
    if (durability == audit::Durability::Lost && !m_released) {
        // what is not recorded is not answered: the caller is told, and may ask again
        CallError error;
        error.code = ErrorCode::GatewayDependencyDown;
        error.message = QStringLiteral("The call could not be recorded, so its answer is withheld.");
        m_error = error;
        // nor is it given to a repetition
        if (!m_recorded->idempotency.isEmpty())
            m_context.live.kept.forget(QByteArray::fromHex(m_recorded->idempotency.toLatin1()));
    }
    release();
}

Reply Call::reply() const
{
    return {m_surface, m_request, m_warnings};
}

QByteArray Call::streamEnd()
{
    if (!m_error)
        return m_tail;
    return m_lastAttempt ? m_lastAttempt->failedTail(*m_error) : QByteArray();
}

// The caller's last byte.
void Call::release()
{
    if (std::exchange(m_released, true))
        return;
    const bool keptStream = !m_answer.isEmpty() && m_request.stream; // a kept answer has its end mark
    if (m_recorded->outcome == CallOutcome::Cancelled) {
        m_exchange->abort();
    } else if (m_streamBegun) {
        m_exchange->finishStream(streamEnd());
    } else if (m_error) {
        m_exchange->respond(errorReply(*m_recorded, *m_error, reply()));
    } else if (m_request.stream) {
        // complete without any content (a refusal to say anything): still a stream to the caller
        m_exchange->beginStream(200, {}, streamLines(*m_recorded, nullptr, m_recorded->overheadUs, reply()));
        m_exchange->finishStream(keptStream ? m_answer : m_heldBack + m_tail);
    } else {
        m_exchange->respond(answerReply(*m_recorded, std::move(m_answer), reply()));
    }
}

} // namespace gateway::engine
