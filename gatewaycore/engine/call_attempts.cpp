// The attempts of a call: what is tried, in which order, and what follows from how it ended.
#include "engine/call.h"

#include "content/content_gate.h"
#include "engine/estimate.h"
#include "engine/reply.h"

namespace gateway::engine {
namespace {

using namespace std::chrono;
using api::CallOutcome;
using api::ErrorCode;
using fallback::ChainStep;
using transform::CallError;

// How long a call of each class may wait for a provider's limits or between two attempts, where no latency budget says.
constexpr std::array kLongestWait{milliseconds(10'000), milliseconds(10'000), milliseconds(120'000),
    milliseconds(600'000)}; // interactive, streaming, background, batch

} // namespace

std::optional<milliseconds> Call::remaining() const
{
    return remainingOf(m_latencyBudget, milliseconds(sinceBegun() / 1000));
}

milliseconds Call::longestWait() const
{
    const milliseconds usual = kLongestWait[std::size_t(m_workloadClass)];
    return std::min(usual, remaining().value_or(usual));
}

PermitRequest Call::permitRequest(const ChainStep& step) const
{
    return {*m_policy, *step.candidate, m_request, m_zone, m_spender, m_workloadClass, step.degraded(), m_seed};
}

// Goes down the chain until an attempt is under way, a wait has begun, or the call is over.
void Call::tryStep()
{
    while (const ChainStep* step = m_chain.step()) {
        if (remaining() == milliseconds(0)) {
            CallError error;
            error.code = ErrorCode::DeadlineExceeded;
            error.message = QStringLiteral("The latency budget of %1 ms ran out.").arg(m_latencyBudget->count());
            m_lastError = error;
            m_chain = {};
            break;
        }
        if (step->kind == config::FallbackKind::Refuse)
            break;
        if (m_onlyDegraded && !step->degraded()) {
            m_chain.skip();
            continue;
        }
        if (!step->candidate) {
            if (answerFromCache())
                return;
            m_chain.skip();
            continue;
        }
        // who comes new does not try its luck past those who wait
        const QString& provider = step->candidate->provider->name;
        const Permit::Answer answer = m_context.waiting.hasWaitingBefore(provider, m_workloadClass)
                                          ? othersWait(provider)
                                          : m_permit.take(m_context, permitRequest(*step));
        if (act(*step, answer))
            return;
    }
    giveUp();
}

Permit::Answer Call::othersWait(const QString& provider) const
{
    CallError error;
    error.code = ErrorCode::QuotaProvider;
    error.message = QStringLiteral("The limits of provider %1 are used up, and calls wait for them.").arg(provider);
    error.retryAfterMs = 1000;
    return {Permit::Verdict::Wait, error, {}};
}

// True: an attempt or a wait has begun, or the call is over. False: the chain goes on.
bool Call::act(const ChainStep& step, const Permit::Answer& answer)
{
    switch (answer.verdict) {
    case Permit::Verdict::Granted:
        return startAttempt(step);
    case Permit::Verdict::Wait: {
        // an equal candidate with room is better than a place in a queue
        const bool equalNext = m_chain.hasNext() && !m_chain.steps()[m_chain.position() + 1].degraded();
        if (equalNext && !m_chain.isRepetition()) {
            skipStep(step, answer.error);
            return false;
        }
        m_lastError = answer.error;
        if (waitForProvider(step, answer.retryAfter))
            return true;
        skipStep(step, answer.error);
        return false;
    }
    case Permit::Verdict::Skip:
        skipStep(step, answer.error);
        return false;
    case Permit::Verdict::Degrade:
        m_onlyDegraded = true;
        m_lastError = answer.error;
        m_record.decision.insert(QStringLiteral("limit"), api::toJson(*answer.error.limit));
        return false;
    case Permit::Verdict::Refused:
        conclude(m_sent > 0 ? CallOutcome::Failed : CallOutcome::Refused, &answer.error);
        return true;
    }
    return false;
}

void Call::skipStep(const ChainStep& step, const CallError& why)
{
    api::Attempt skipped;
    skipped.number = int(m_record.attempts.size()) + 1;
    skipped.provider = step.candidate->provider->name;
    skipped.model = step.candidate->model;
    skipped.region = step.candidate->provider->region;
    skipped.result = api::AttemptResult::Skipped;
    skipped.error = why.code;
    skipped.reason = why.recordText();
    skipped.startUs = skipped.endUs = sinceBegun();
    skipped.cost = api::Money();
    m_record.attempts.append(skipped);
    noteWords(why);
    m_lastError = why;
    m_chain.skip();
}

// False: the tenant's queue is full, or nothing would come of waiting.
bool Call::waitForProvider(const ChainStep& step, milliseconds retryAfter)
{
    if (retryAfter > longestWait())
        return false;
    m_waitSince = m_context.clock.monotonic();
    m_ticket = m_context.waiting.join(
        step.candidate->provider->name, m_record.tenant, m_workloadClass, longestWait(),
        [this] {
            const ChainStep* now = m_chain.step();
            m_permitAnswer = m_permit.take(m_context, permitRequest(*now));
            return m_permitAnswer.verdict == Permit::Verdict::Wait
                       ? std::max(m_permitAnswer.retryAfter, milliseconds(1))
                       : milliseconds(0);
        },
        [this](quota::WaitEnd end) { waitEnded(end); });
    return m_ticket != nullptr;
}

void Call::waitEnded(quota::WaitEnd end)
{
    m_ticket.reset();
    noteWait();
    const ChainStep* step = m_chain.step();
    if (end == quota::WaitEnd::TimeIsUp) {
        skipStep(*step, *m_lastError);
        tryStep();
        return;
    }
    if (!act(*step, m_permitAnswer))
        tryStep();
}

void Call::noteWait()
{
    m_waitedUs += duration_cast<microseconds>(m_context.clock.monotonic() - m_waitSince).count();
}

// False: this candidate cannot be given the request after all; the chain goes on.
bool Call::startAttempt(const ChainStep& step)
{
    if (countLocally(step))
        return true;
    const config::Candidate& candidate = *step.candidate;
    m_attempt = std::make_unique<Attempt>(m_context, *m_policy, candidate, int(m_record.attempts.size()) + 1, m_begun,
        static_cast<AttemptListener&>(*this));
    const bool bounded = !m_policy->snapshot->budgets.empty() || m_costCeiling;
    std::optional<CallError> cannot =
        m_attempt->prepare(m_request, bounded ? limitToSend(candidate, m_request) : std::nullopt,
            {m_record.id, m_record.alias, m_record.startedAt.toSecsSinceEpoch()});
    if (!cannot)
        cannot = noteLosses(step);
    if (cannot) {
        m_permit.release();
        m_attempt.reset(); // not m_lastAttempt: the failed attempt in there may still be on the stack
        m_warnings.clear();
        skipStep(step, *cannot);
        return false;
    }
    m_context.openCalls.note(m_slot, candidate.label, m_permit.reserved());
    m_record.servedBy = candidate.label;
    m_record.fallbackKind = step.kind ? config::nameOf(*step.kind) : QString();
    m_record.degraded = step.degraded();
    ++m_sent;
    if (m_permit.overWarned())
        m_record.decision.insert(QStringLiteral("over_budget"), true);
    ProviderLive& live = m_policy->liveOf(*candidate.provider);
    if (!m_chain.isRepetition())
        live.retries.firstAttempt();
    const milliseconds total = candidate.provider->timeouts.total;
    m_time.start(std::min(total, m_chain.share(remaining()).value_or(total)));
    m_attempt->start();
    return true;
}

// What the translation could not carry stands in the record and, if this attempt answers, in its warnings; an alias may
// rather have the candidate passed over.
std::optional<CallError> Call::noteLosses(const ChainStep& step)
{
    const transform::Losses& losses = m_attempt->losses();
    m_warnings = losses.headerValue();
    if (losses.isEmpty())
        return std::nullopt;
    QJsonArray rows = m_record.decision.value(QLatin1String("translation")).toArray();
    rows.append(QJsonObject{{QStringLiteral("attempt"), m_attempt->record().number},
        {QStringLiteral("candidate"), step.candidate->label},
        {QStringLiteral("dialect"), QLatin1String(transform::nameOf(m_attempt->dialect().dialect()))},
        {QStringLiteral("losses"), losses.toJson()}});
    m_record.decision.insert(QStringLiteral("translation"), rows);
    if (m_alias->onLoss == config::OnLoss::Report)
        return std::nullopt;
    CallError error;
    error.code = ErrorCode::TransformError;
    error.status = 400;
    error.retriable = false;
    error.message = QStringLiteral("%1 cannot be given the whole request (%2), and %3 refuses losses.")
                        .arg(step.candidate->provider->name, QString::fromLatin1(m_warnings), m_alias->name);
    error.foreign = true; // it names fields as the caller spelled them; the decision has those of a dialect
    return error;
}

// Counting tokens where the provider has no such call: by the size of the text, and said so.
bool Call::countLocally(const ChainStep& step)
{
    if (m_request.operation != transform::Operation::CountTokens)
        return false;
    const transform::ProviderDialect& dialect =
        transform::providerDialect(step.candidate->provider->kind, step.candidate->modelUtf8, m_surface.dialect());
    if (dialect.canCountTokens())
        return false;
    m_permit.release();
    transform::Answer answer;
    answer.countedTokens = (m_request.body.size() + 3) / 4;
    m_warnings = "estimated input_tokens";
    m_record.servedBy = step.candidate->label;
    m_answer =
        m_surface.answerBody(m_request, answer, {m_record.id, m_record.alias, m_record.startedAt.toSecsSinceEpoch()});
    conclude(CallOutcome::Answered, nullptr);
    return true;
}

void Call::attemptStreams(QByteArrayView events, bool content)
{
    if (!m_streamBegun && !content) {
        m_heldBack.append(events.data(), events.size());
        return;
    }
    if (!m_streamBegun)
        beginStream();
    sendEvents(events);
    if (m_recorded)
        return; // the caller left while it was being sent to
    if (!m_surface.heartbeat().isEmpty())
        m_heartbeat.start(kHeartbeat);
    if (m_attempt && m_exchange->isBufferFull())
        m_attempt->pause();
}

void Call::sendEvents(QByteArrayView events)
{
    if (m_keepEvents && m_kept.size() <= KeptAnswers::kLargest)
        m_kept.append(events.data(), events.size());
    m_exchange->send(events);
}

void Call::beginStream()
{
    m_streamBegun = true;
    m_record.firstByteUs = sinceBegun();
    m_time.start(m_chain.step()->candidate->provider->timeouts.total); // the first content is here: the budget was kept
    const api::Attempt& underWay = m_attempt->record();
    m_exchange->beginStream(
        200, {}, streamLines(m_record, &underWay, underWay.startUs - m_record.receivedUs - m_waitedUs, reply()));
    if (!m_heldBack.isEmpty())
        sendEvents(std::exchange(m_heldBack, {}));
}

void Call::attemptAnswered(QByteArray body)
{
    m_answer = std::move(body);
    settleAttempt();
    conclude(CallOutcome::Answered, nullptr);
}

void Call::attemptStreamComplete(QByteArray tail)
{
    m_tail = std::move(tail);
    settleAttempt();
    conclude(CallOutcome::Answered, nullptr);
}

void Call::attemptFailed(const CallError& error)
{
    failedAttempt(error, false);
}

void Call::timeIsUp()
{
    if (!m_attempt)
        return;
    CallError error;
    error.code = ErrorCode::DeadlineExceeded;
    error.message = QStringLiteral("%1 did not answer within its share of the time.")
                        .arg(m_chain.step()->candidate->provider->name);
    m_attempt->cancel(api::AttemptResult::Failed, error.code, error.message);
    failedAttempt(error, true);
}

// The attempt's record is complete: what it cost and what it says of the candidate is settled, once.
void Call::settleAttempt()
{
    m_time.stop();
    if (!m_attempt)
        return;
    m_attempt->resume(); // nobody pauses an answer that is over: its connection can go back to the pool
    api::Attempt attempt = m_attempt->takeRecord();
    attempt.fallbackKind = m_record.fallbackKind;
    const QByteArray& served = m_attempt->serviceTier();
    const QByteArray& tier = served.isEmpty() ? m_request.serviceTier : served;
    if (!tier.isEmpty())
        m_record.decision.insert(QStringLiteral("service_tier"), content::serviceTier(tier));
    m_permit.settle(attempt, m_attempt->endedByUs(), m_attempt->retryAfter(), tier);
    m_context.openCalls.settled(m_slot, attempt.cost, attempt.costKnown);
    content::clean(attempt, m_request.body);
    m_record.attempts.append(std::move(attempt));
    m_lastAttempt = std::move(m_attempt);
}

void Call::failedAttempt(const CallError& error, bool outOfTime)
{
    settleAttempt();
    noteWords(error);
    if (m_streamBegun) {
        conclude(CallOutcome::Truncated, &error);
        return;
    }
    m_heldBack.clear();
    m_lastError = error;
    const ChainStep* step = m_chain.step();
    fallback::Failed failed;
    failed.code = error.code;
    failed.retriable = error.mayRetry();
    failed.outOfTime = outOfTime;
    if (error.retryAfterMs)
        failed.retryAfter = milliseconds(*error.retryAfterMs);
    failed.longestPause = longestWait();
    failed.random = quint32(m_seed >> (8 * (m_sent % 4)));
    const fallback::Chain::Next next = m_chain.after(failed, m_policy->liveOf(*step->candidate->provider).retries);
    if (next.what == fallback::Chain::Next::Do::GiveUp) {
        giveUp();
    } else if (next.pause.count() > 0) {
        m_waitSince = m_context.clock.monotonic();
        m_pause.start(next.pause);
    } else {
        tryStep();
    }
}

// A step of kind `cached`: an earlier answer to the same request, if the alias keeps them and one is fresh.
bool Call::answerFromCache()
{
    if (!m_alias->cache.exactTtl)
        return false;
    const std::shared_ptr<const KeptAnswer> kept = m_context.live.kept.find(cacheKey(), *m_alias->cache.exactTtl);
    if (!kept)
        return false;
    m_warnings.clear(); // those of an attempt that failed
    m_record.servedBy = kept->servedBy;
    m_record.fallbackKind = config::nameOf(config::FallbackKind::Cached);
    m_record.degraded = true;
    m_record.cache = QStringLiteral("hit");
    m_record.finishReason = kept->finishReason;
    m_answer = kept->body;
    conclude(CallOutcome::Answered, nullptr);
    return true;
}

// What was said of the attempt that came last, where the record has it in other words.
void Call::noteWords(const CallError& error)
{
    if (!error.foreign || m_record.attempts.isEmpty())
        return;
    m_words.resize(std::size_t(m_record.attempts.size()));
    m_words.back() = error.text();
}

// `foreign`: with the providers' own words, for the caller alone.
QString Call::whatHappened(bool foreign) const
{
    QString what;
    for (qsizetype i = 0; i < m_record.attempts.size(); ++i) {
        const api::Attempt& attempt = m_record.attempts[i];
        const bool theirs = foreign && std::size_t(i) < m_words.size() && !m_words[std::size_t(i)].isEmpty();
        what += QStringLiteral("%1%2/%3: %4")
                    .arg(what.isEmpty() ? QString() : QStringLiteral("; "), attempt.provider, attempt.model,
                        theirs ? m_words[std::size_t(i)] : attempt.reason);
    }
    return QStringLiteral("Nobody could answer. %1").arg(what);
}

void Call::giveUp()
{
    CallError error = m_lastError.value_or(CallError());
    if (!m_lastError)
        error.code = ErrorCode::ChainExhausted;
    // one candidate's own words where it was the only one asked; else what happened to the chain
    const bool onlyOne =
        std::all_of(m_record.attempts.cbegin(), m_record.attempts.cend(), [&](const api::Attempt& one) {
            const api::Attempt& first = m_record.attempts.first();
            return one.provider == first.provider && one.model == first.model;
        });
    const bool ownWords = onlyOne || error.code == ErrorCode::DeadlineExceeded || error.code == ErrorCode::BudgetHard ||
                          !api::facts(error.code).retriable;
    if (!ownWords) {
        error.code = ErrorCode::ChainExhausted;
        error.status = 0;
        error.retriable = std::nullopt;
        error.foreign = !m_words.empty();
        error.message = whatHappened(true);
        if (error.foreign)
            m_ownDetail = whatHappened(false);
    }
    error.retriedByUs = m_sent > 1;
    conclude(m_sent > 0 ? CallOutcome::Failed : CallOutcome::Refused, &error);
}

void Call::stop()
{
    CallError error;
    error.code = ErrorCode::GatewayDependencyDown;
    error.message = QStringLiteral("The gateway was stopped before the call ended.");
    if (m_attempt)
        m_attempt->cancel(api::AttemptResult::Refused, error.code, error.message);
    settleAttempt();
    conclude(m_streamBegun ? CallOutcome::Truncated : CallOutcome::Failed, &error);
}

void Call::callerLeft()
{
    if (m_recorded)
        return; // it left after the answer was decided: the record stands
    CallError error;
    error.code = ErrorCode::ClientClosed;
    if (m_attempt)
        m_attempt->cancel(
            api::AttemptResult::Cancelled, error.code, QStringLiteral("The caller closed the connection."));
    settleAttempt();
    conclude(CallOutcome::Cancelled, &error);
}

void Call::callerReady()
{
    if (m_attempt)
        m_attempt->resume();
}

} // namespace gateway::engine
