#include "engine/permit.h"

#include "base/utc_day.h"
#include "engine/attempt_cost.h"
#include "engine/estimate.h"
#include "engine/zone.h"
#include "routing/route.h"

namespace gateway::engine {
namespace {

using api::ErrorCode;
using fallback::AttemptEnd;
using transform::CallError;

CallError errorOf(ErrorCode code, QString message = {})
{
    CallError error;
    error.code = code;
    error.message = std::move(message);
    return error;
}

// What the breaker learns from an attempt.
AttemptEnd endOf(const api::Attempt& attempt)
{
    switch (attempt.result) {
    case api::AttemptResult::Answered:
        return AttemptEnd::Good;
    case api::AttemptResult::Failed:
        break;
    case api::AttemptResult::Skipped:
    case api::AttemptResult::Refused:
    case api::AttemptResult::Cancelled:
        return AttemptEnd::Neutral;
    }
    switch (attempt.error) {
    case ErrorCode::ProviderThrottled:
    case ErrorCode::ProviderOverloaded:
        return AttemptEnd::Throttled;
    case ErrorCode::ProviderBadRequest:
    case ErrorCode::ContextTooLong:
    case ErrorCode::ContentRefused:
        return AttemptEnd::Neutral; // it did its part; the request was at fault
    default:
        return AttemptEnd::Failed;
    }
}

std::optional<std::chrono::microseconds> span(qint64 from, qint64 to)
{
    return from >= 0 && to >= from ? std::optional(std::chrono::microseconds(to - from)) : std::nullopt;
}

QString sentenceOf(const api::LimitFacts& limit)
{
    return QStringLiteral(
        "The budget of %1 is used up for now: %2 of %3 USD are settled, %4 reserved, and this call could "
        "cost %5.")
        .arg(limit.scope, limit.used, limit.limit, limit.reserved, limit.estimate);
}

} // namespace

Permit::Answer Permit::take(WorkerContext& context, const PermitRequest& asked)
{
    const config::Candidate& candidate = asked.candidate;
    const config::Provider& provider = *candidate.provider;
    const auto skip = [](ErrorCode code, const QString& why) { return Answer{Verdict::Skip, errorOf(code, why), {}}; };
    // the zone in force now: a config that tightened it in the meantime counts at once
    const config::PolicySnapshot& now = *context.policy->snapshot;
    if (*attemptObjection(candidate, asked.zone, now, asked.spender.tenant)) {
        const config::Tenant* tenant = now.tenantByName.value(asked.spender.tenant);
        const bool own = asked.zone && *routing::zoneObjection(candidate, asked.zone);
        const config::Zone* zone = own || !tenant ? asked.zone : tenant->zone;
        return skip(
            ErrorCode::NoRouteInZone, zone ? QStringLiteral("It lies outside the privacy zone %1.").arg(zone->name)
                                           : QStringLiteral("The tenant has no privacy zone any more."));
    }

    // an operator's hand counts at once, also for a call that was routed before
    const qint64 nowMs = context.clock.wallMs();
    const fallback::LeverSet& levers = *context.levers;
    if (!levers.isEmpty() &&
        (levers.drained(provider.name, asked.seed, nowMs) != fallback::LeverSet::Drained::No ||
            levers.drill(provider.name, asked.spender.alias, asked.spender.tenant, asked.seed, nowMs)))
        return skip(
            ErrorCode::ProviderUnavailable, QStringLiteral("The provider is drained, or a drill treats it so."));

    m_day = utcDay(nowMs);
    m_bound = upperBoundOf(candidate, asked.request, m_day);
    config::UsageScope spender = asked.spender;
    spender.provider = provider.name;
    budget::Asked money;
    money.upperBound = m_bound;
    if (m_bound)
        money.learned = context.live.learned.reservation(spender.alias, *m_bound);
    money.degraded = asked.degraded;
    budget::Decision decision = context.live.ledger.reserve(*asked.policy.budgets, spender, money);
    if (decision.admission != budget::Admission::Admitted) {
        CallError error = errorOf(ErrorCode::BudgetHard);
        error.retriable = false;
        error.limit = decision.limit;
        if (decision.priceUnknown) {
            error.message = QStringLiteral("No price is known for %1, so the budget of %2 cannot be kept.")
                                .arg(candidate.label, decision.limit.scope);
            error.hint = QStringLiteral("Add the model to the price book; an explicit 0 is a price.");
        } else {
            const config::Price* price = priceOn(candidate, m_day); // there is one: the bound rests on it
            const budget::Bound bound = *boundOf(candidate, asked.request);
            error.message = sentenceOf(decision.limit);
            error.limit->formula = budget::formula(*price, bound);
            error.limit->largestMaxOutputTokens = budget::largestOutput(*price, bound, decision.available);
            if (error.limit->largestMaxOutputTokens)
                error.hint = QStringLiteral("With max_completion_tokens of at most %1 this call would be admitted now.")
                                 .arg(*error.limit->largestMaxOutputTokens);
        }
        const bool degrade = decision.admission == budget::Admission::Degrade;
        return {degrade ? Verdict::Degrade : Verdict::Refused, error, {}};
    }

    fallback::CandidateHealth& health = asked.policy.healthOf(candidate);
    const fallback::AttemptPass leave = health.admit();
    if (!leave) {
        CallError error = errorOf(ErrorCode::ProviderUnavailable, QStringLiteral("Its breaker is open."));
        if (const auto probe = health.glance().nextProbeAtMs)
            error.retryAfterMs = std::max<qint64>(1000, *probe - nowMs);
        return {Verdict::Skip, error, {}};
    }
    // providers count the prompt and the output limit against their tokens per minute before they begin
    const qint64 tokens =
        (asked.request.body.size() + 3) / 4 + asked.request.maxOutputTokens.value_or(0) * asked.request.choices;
    ProviderLive& live = asked.policy.liveOf(provider);
    const quota::ProviderGate::Pass pass = live.gate.take(asked.workloadClass, tokens);
    if (!pass.admitted) {
        health.report(leave, AttemptEnd::Neutral, {}, {}, {});
        CallError error = errorOf(
            ErrorCode::QuotaProvider, QStringLiteral("The limits of provider %1 are used up.").arg(provider.name));
        error.retryAfterMs = pass.retryAfter.count();
        return {Verdict::Wait, error, pass.retryAfter};
    }
    m_open = true;
    m_context = &context;
    m_snapshot = asked.policy.snapshot.get();
    m_candidate = &candidate;
    m_health = &health;
    m_pass = leave;
    m_provider = &live;
    m_alias = spender.alias;
    m_gatePass = pass;
    m_reservation = std::move(decision.reservation);
    m_overWarned = decision.overWarned;
    if (!m_bound)
        context.live.ledger.countUnpriced(*asked.policy.budgets, spender);
    return {};
}

void Permit::settle(api::Attempt& attempt, bool endedByUs, std::optional<std::chrono::milliseconds> retryAfter,
    QByteArrayView serviceTier)
{
    if (!m_open)
        return;
    m_open = false;
    const config::Provider& provider = *m_candidate->provider;
    const config::Price* price = nullptr;
    if (!attempt.modelReported.isEmpty() && attempt.modelReported != m_candidate->model)
        price = m_snapshot->prices->find(provider.name, nameOf(provider.kind), attempt.modelReported, m_day);
    if (!price)
        price = priceOn(*m_candidate, m_day);
    const AttemptCost cost = costOfAttempt(attempt, price, m_bound, endedByUs, serviceTier);
    attempt.costEstimated = m_bound;
    attempt.cost = cost.cost;
    attempt.costKnown = cost.known;
    if (m_reservation.isOpen())
        m_reservation.settle(cost.cost.value_or(m_bound.value_or(api::Money())), cost.known && cost.cost);
    if (m_bound && cost.cost && cost.known && attempt.result == api::AttemptResult::Answered)
        m_context->live.learned.observe(m_alias, *m_bound, *cost.cost);
    const bool unknown = attempt.tokens.source == api::TokenSource::None && endedByUs;
    m_provider->gate.settle(m_gatePass, unknown ? m_gatePass.taken : attempt.tokens.input() + attempt.tokens.output());
    if (attempt.httpStatus == 429)
        m_provider->gate.throttled();
    m_health->report(m_pass, endOf(attempt), span(attempt.startUs, attempt.firstTokenUs),
        attempt.result == api::AttemptResult::Answered ? span(attempt.startUs, attempt.endUs) : std::nullopt,
        retryAfter);
}

void Permit::release()
{
    if (!std::exchange(m_open, false))
        return;
    m_reservation = budget::Reservation();
    m_provider->gate.settle(m_gatePass, 0);
    m_health->report(m_pass, AttemptEnd::Neutral, {}, {}, {});
}

} // namespace gateway::engine
