// The steps of a call up to its first attempt. The attempts are in call_attempts.cpp, the end in call_record.cpp.
#include "engine/call.h"

#include "base/utc_day.h"
#include "content/content_gate.h"
#include "content/retention.h"
#include "engine/zone.h"

#include <QDateTime>

#include <utility>
#include <vector>

namespace gateway::engine {
namespace {

using namespace std::chrono;
using api::CallOutcome;
using api::ErrorCode;
using transform::CallError;

// The surfaces are a handful of constants: each has its name as a text once, which the records share.
QString nameTextOf(const transform::Surface& surface)
{
    static thread_local std::vector<std::pair<const transform::Surface*, QString>> names;
    for (const auto& [known, name] : names) {
        if (known == &surface)
            return name;
    }
    names.emplace_back(&surface, QString::fromLatin1(surface.name()));
    return names.back().second;
}

} // namespace

Call::Call(WorkerContext& context, std::unique_ptr<http::Exchange> exchange, const DataPath& path,
    const credential::Credential& credential, quint64 token)
    : m_context(context),
      m_policy(policyFor(context.policy, context.tried, credential.tenant, credential.id)),
      m_credentials(context.credentials),
      m_credential(credential),
      m_token(token),
      m_exchange(std::move(exchange)),
      m_begun(m_exchange->begun()),
      m_surface(*path.surface),
      m_path(path.path),
      m_time(context.wheel, [this] { timeIsUp(); }),
      m_pause(context.wheel,
          [this] {
              noteWait();
              tryStep();
          }),
      m_heartbeat(context.wheel, [this] {
          m_exchange->send(m_surface.heartbeat());
          m_heartbeat.start(kHeartbeat);
      })
{
    m_exchange->setListener(this);
    m_record.id = context.ids.callId();
    const qint64 ageMs = duration_cast<milliseconds>(context.clock.monotonic() - m_begun).count();
    m_record.startedAt = QDateTime::fromMSecsSinceEpoch(context.clock.wallMs() - ageMs, Qt::UTC);
    m_record.surface = nameTextOf(m_surface);
    m_record.credential = credential.id;
    m_record.tenant = credential.tenant;
    m_record.revision = m_policy->snapshot->revision;
    m_record.priceBook = m_policy->snapshot->prices->version();
    m_record.requestBytes = m_exchange->head().bytes.size() + m_exchange->body().size();
    m_record.receivedUs = duration_cast<microseconds>(m_exchange->received() - m_begun).count();
    m_seed = seedOf(m_record.id.toLatin1());
}

Call::~Call()
{
    if (!m_idempotencyKey.isEmpty())
        m_context.live.kept.forget(m_idempotencyKey);
}

qint64 Call::sinceBegun() const
{
    return duration_cast<microseconds>(m_context.clock.monotonic() - m_begun).count();
}

void Call::begin()
{
    m_record.authenticatedUs = sinceBegun();
    m_contentFor = content::keptFor(*m_policy->snapshot, m_record.tenant, m_record.id);
    m_keepEvents = m_contentFor.has_value();
    if (readRequest() && checkScope() && checkRepetition() && takeQuota() && findZone() && route() && open())
        tryStep();
}

bool Call::refuse(CallError error)
{
    conclude(CallOutcome::Refused, &error);
    return false;
}

bool Call::refuse(ErrorCode code, QString message, QString hint)
{
    CallError error;
    error.code = code;
    error.message = std::move(message);
    error.hint = std::move(hint);
    return refuse(error);
}

bool Call::readRequest()
{
    auto hints = callerHints(m_exchange->head());
    if (const auto* error = std::get_if<CallError>(&hints))
        return refuse(*error);
    const CallerHints& caller = std::get<CallerHints>(hints);
    // names of the config are names, so what is not one is nobody's feature, agent or zone anyway
    m_record.feature = content::statedName(caller.feature);
    m_record.agent = content::statedName(caller.agent);
    m_record.user = content::statedName(caller.user);
    m_record.zone = content::statedName(caller.zone);
    m_record.traceparent = caller.traceparent;
    m_inputs.zone = m_record.zone; // as asked; in the record it becomes the one in force
    m_inputs.costCeiling = caller.costCeiling;
    m_inputs.latencyBudget = caller.latencyBudget;
    m_inputs.degradeServes = caller.degradeServes.value_or(true);
    if (!caller.requestId.isEmpty())
        m_inputs.seed = m_seed = seedOf(caller.requestId);
    // a credential that is made for one feature proves it; otherwise the feature is what the caller says
    if (m_credential.features.size() == 1) {
        m_record.featureProved = m_record.feature.isEmpty() || m_record.feature == m_credential.features.first();
        if (m_record.feature.isEmpty())
            m_record.feature = m_credential.features.first();
    }

    auto parsed = m_surface.parse(m_path, m_exchange->head(), m_exchange->body());
    if (const auto* error = std::get_if<CallError>(&parsed))
        return refuse(*error);
    m_request = std::move(std::get<transform::CallRequest>(parsed));
    m_inputs.request = &m_request;
    m_workloadClass = classOf(m_request, caller.workloadClass);
    m_record.workloadClass = config::nameOf(m_workloadClass);
    m_record.alias = content::askedAlias(m_request.alias);
    m_latencyBudget = caller.latencyBudget;
    m_costCeiling = caller.costCeiling;
    m_degradeServes = caller.degradeServes.value_or(true);
    if (!caller.idempotencyKey.isEmpty()) {
        m_idempotencyRequest = KeptAnswers::digest(
            {m_exchange->head().path(), m_request.streamAsArray ? "array" : "", m_exchange->body()});
        m_record.idempotency = QString::fromLatin1(
            KeptAnswers::digest({"idempotency", m_credential.id.toUtf8(), caller.idempotencyKey}).toHex());
    }

    if (!caller.tenant.isEmpty() && caller.tenant != m_credential.tenant)
        return refuse(ErrorCode::TenantMismatch);
    return true;
}

bool Call::checkScope()
{
    m_alias = m_policy->snapshot->aliasByName.value(m_request.alias);
    if (!m_alias) {
        CallError error;
        error.code = ErrorCode::AliasUnknown;
        error.message = QStringLiteral("There is no alias \"%1\".").arg(m_request.alias.left(64));
        error.hint = QStringLiteral("GET /v1/models lists the aliases this credential may use.");
        error.foreign = m_record.alias != m_request.alias;
        return refuse(error);
    }
    if (!m_credential.allowsAlias(m_alias->name)) {
        return refuse(ErrorCode::ScopeDenied,
            QStringLiteral("The credential %1 may not use the alias \"%2\".").arg(m_credential.id, m_alias->name));
    }
    if (!m_credential.allowsFeature(m_record.feature)) {
        return refuse(ErrorCode::ScopeDenied,
            QStringLiteral("The credential %1 may not be used for this feature.").arg(m_credential.id),
            QStringLiteral("Send one of its features in x-signalbox-feature."));
    }
    m_spender = {m_record.tenant, m_record.feature, m_record.agent, m_alias->name, {}};
    m_latencyBudget = latencyBudgetOf(*m_alias, m_workloadClass, m_latencyBudget);
    m_costCeiling = ceilingOf(*m_alias, m_costCeiling);
    m_degradeServes = m_degradeServes && m_alias->degradeServes;
    m_keepEvents = m_keepEvents || m_alias->cache.exactTtl.has_value();
    return true;
}

// A request repeated with its idempotency-key gets the outcome of the first one, and is not charged again.
bool Call::checkRepetition()
{
    if (m_record.idempotency.isEmpty())
        return true;
    const QByteArray key = QByteArray::fromHex(m_record.idempotency.toLatin1());
    const KeptAnswers::Result before = m_context.live.kept.begin(key, m_idempotencyRequest);
    CallError error;
    error.code = ErrorCode::IdempotencyConflict;
    switch (before.found) {
    case KeptAnswers::Found::Nothing:
        m_idempotencyKey = key;
        m_keepEvents = true;
        return true;
    case KeptAnswers::Found::Answer:
        m_record.cache = QStringLiteral("repetition");
        m_record.servedBy = before.answer->servedBy;
        m_record.finishReason = before.answer->finishReason;
        m_record.idempotency.clear(); // the first call has it
        m_answer = before.answer->body;
        conclude(CallOutcome::Answered, nullptr);
        return false;
    case KeptAnswers::Found::InFlight:
        error.message = QStringLiteral("A call with this idempotency key is still under way.");
        error.retriable = true;
        error.retryAfterMs = 1000;
        break;
    case KeptAnswers::Found::Conflict:
        break;
    case KeptAnswers::Found::Gone:
        error.message = QStringLiteral("A call with this idempotency key was answered as %1; its answer is not kept.")
                            .arg(before.answer->callId);
        break;
    }
    m_record.idempotency.clear();
    return refuse(error);
}

bool Call::findZone()
{
    const config::PolicySnapshot& snapshot = *m_policy->snapshot;
    const config::Tenant* tenant = snapshot.tenantByName.value(m_credential.tenant);
    if (!tenant && !snapshot.tenants.empty()) {
        return refuse(ErrorCode::ScopeDenied,
            QStringLiteral("The tenant %1 of this credential is not in the config.").arg(m_credential.tenant));
    }
    const auto zone = effectiveZone(snapshot, tenant, m_record.zone);
    if (!zone) {
        const ZoneRefusal why = zoneRefusal(snapshot, tenant, m_credential.tenant);
        return refuse(ErrorCode::NoRouteInZone, why.message, why.hint);
    }
    m_zone = *zone;
    m_record.zone = m_zone ? m_zone->name : QString();
    return true;
}

bool Call::route()
{
    const qint64 nowMs = m_context.clock.wallMs();
    const CallMoments moments(*m_policy, *m_context.levers, m_request, *m_alias, m_record.tenant, m_seed, nowMs);
    routing::RouteInput input;
    input.alias = m_alias;
    input.workloadClass = m_workloadClass;
    input.zone = m_zone;
    input.seed = m_seed;
    input.today = utcDay(nowMs);
    input.needs = needsOf(m_request);
    input.ceiling = m_costCeiling;
    m_inputs.elapsedMs = sinceBegun() / 1000;
    input.remaining = remainingOf(m_latencyBudget, milliseconds(m_inputs.elapsedMs));
    input.moments = &moments;
    if (input.today != utcDay(m_record.startedAt.toMSecsSinceEpoch()))
        m_inputs.today = input.today;
    Plan plan = makePlan(input, m_degradeServes);
    m_record.decision = textOf(input, plan, m_policy->snapshot->revision, moments.drill(), &m_inputs);
    m_record.routedUs = sinceBegun();
    m_chain = fallback::Chain(std::move(plan.steps));
    if (m_chain.step())
        return true;

    CallError error;
    error.code = plan.decision.refusal;
    if (error.code == ErrorCode::ProviderUnavailable) {
        error.status = 503;
        error.message =
            QStringLiteral("No candidate of %1 takes calls at the moment: breakers are open or providers drained.")
                .arg(m_alias->name);
        for (const routing::CandidateVerdict& row : plan.decision.candidates) {
            if (const auto probe = m_policy->healthOf(*row.candidate).glance().nextProbeAtMs) {
                const qint64 wait = std::max<qint64>(1000, *probe - nowMs);
                error.retryAfterMs = std::min(wait, error.retryAfterMs.value_or(wait));
            }
        }
    } else if (error.code == ErrorCode::InvalidRequest) {
        QStringList why;
        for (const routing::CandidateVerdict& row : plan.decision.candidates)
            why.append(QStringLiteral("%1: %2").arg(row.candidate->label, routing::sentence(row, input)));
        error.message = QStringLiteral("No candidate of %1 can do what is asked: %2.")
                            .arg(m_alias->name, why.join(QStringLiteral("; ")));
    }
    return refuse(error);
}

// The caller's own limits: all that apply, or none.
bool Call::takeQuota()
{
    quota::Demand demand;
    demand.inputTokens = (m_request.body.size() + 3) / 4;
    demand.outputTokens = m_request.maxOutputTokens.value_or(0) * m_request.choices;
    demand.choices = m_request.choices;
    quota::Grant grant = m_context.live.quotas.take(*m_policy->quotas, m_spender, demand);
    if (grant.admitted) {
        m_quota = std::move(grant.lease);
        return true;
    }
    CallError error;
    error.code = ErrorCode::QuotaCaller;
    error.limit = grant.limit;
    error.message = QStringLiteral("The quota of %1 is used up for now: %2 of %3 per minute.")
                        .arg(grant.limit.scope, grant.limit.unit, grant.limit.limit);
    // 0: when another call ends, which nobody knows; a second is a guess, and better than none
    if (grant.retryAfter.count() >= 0)
        error.retryAfterMs = grant.retryAfter.count() > 0 ? grant.retryAfter.count() : 1000;
    error.retriable = grant.retryAfter.count() >= 0;
    return refuse(error);
}

// The point of no return: from here on the call stands in the list of open calls, whatever happens to this process.
bool Call::open()
{
    if (!m_context.recorder.accepting()) {
        return refuse(ErrorCode::GatewayDependencyDown,
            QStringLiteral("The record of calls cannot be written, so no call is started."));
    }
    m_slot = m_context.openCalls.open(m_record);
    if (m_slot < 0)
        return refuse(ErrorCode::GatewayDependencyDown, QStringLiteral("Too many calls are open at once."));
    return true;
}

} // namespace gateway::engine
