#include "engine/call.h"

#include "engine/reply.h"
#include "observability/log.h"
#include "routing/route.h"
#include "transform/surfaces/openai_chat.h"

#include <QDateTime>

namespace gateway::engine {
namespace {

using namespace std::chrono;
using api::CallOutcome;
using api::ErrorCode;
using transform::CallError;

constexpr int kSlotsKeptFree = 1024; // fewer, and answers wait for their record even where it is only queued
constexpr seconds kHeartbeat{15};    // proxies on the way give up on a silent stream after 30 to 60 s

quint64 seedOf(const QString& callId)
{
    return qHash(callId, 0x5167a1b0);
}

// The gateway's own part of a call: all of it, less reading the request and less waiting for providers, that is for
// their connections and for their answers.
qint64 ownTime(const api::Call& record)
{
    qint64 own = record.endUs - record.receivedUs;
    for (const api::Attempt& attempt : record.attempts) {
        const qint64 waitedFrom = attempt.connectionReused ? attempt.sentUs : attempt.startUs;
        if (waitedFrom >= 0 && attempt.endUs >= 0)
            own -= attempt.endUs - waitedFrom;
    }
    return std::max<qint64>(0, own);
}

} // namespace

Call::Call(WorkerContext& context, std::unique_ptr<http::Exchange> exchange, const credential::Credential& credential,
    quint64 token)
    : m_context(context),
      m_snapshot(context.snapshot),
      m_credentials(context.credentials),
      m_credential(credential),
      m_token(token),
      m_exchange(std::move(exchange)),
      m_begun(m_exchange->begun()),
      m_total(context.wheel, [this] { timeIsUp(); }),
      m_heartbeat(context.wheel, [this] {
          m_exchange->send(": ping\n\n");
          m_heartbeat.start(kHeartbeat);
      })
{
    m_exchange->setListener(this);
    m_record.id = context.ids.callId();
    const qint64 ageMs = duration_cast<milliseconds>(context.clock.monotonic() - m_begun).count();
    m_record.startedAt = QDateTime::fromMSecsSinceEpoch(context.clock.wallMs() - ageMs, Qt::UTC);
    m_record.surface = QStringLiteral("openai.chat");
    m_record.credential = credential.id;
    m_record.tenant = credential.tenant;
    m_record.revision = m_snapshot->revision;
    m_record.requestBytes = m_exchange->head().bytes.size() + m_exchange->body().size();
    m_record.receivedUs = duration_cast<microseconds>(m_exchange->received() - m_begun).count();
}

Call::~Call() = default;

qint64 Call::sinceBegun() const
{
    return duration_cast<microseconds>(m_context.clock.monotonic() - m_begun).count();
}

void Call::begin()
{
    m_record.authenticatedUs = sinceBegun();
    if (readRequest() && checkScope() && route() && open())
        attempt();
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
    m_record.feature = caller.feature;
    m_record.agent = caller.agent;
    m_record.user = caller.user;
    m_record.zone = caller.zone;

    auto parsed = transform::openai_chat::parse(m_exchange->body());
    if (const auto* error = std::get_if<CallError>(&parsed))
        return refuse(*error);
    m_request = std::move(std::get<transform::ChatRequest>(parsed));
    m_workloadClass = caller.workloadClass.value_or(
        m_request.stream ? config::WorkloadClass::Streaming : config::WorkloadClass::Interactive);
    m_record.workloadClass = config::nameOf(m_workloadClass);
    m_record.alias = m_request.alias.left(64);

    if (!caller.tenant.isEmpty() && caller.tenant != m_credential.tenant)
        return refuse(ErrorCode::TenantMismatch);
    return true;
}

bool Call::checkScope()
{
    m_alias = m_snapshot->aliasByName.value(m_request.alias);
    if (!m_alias) {
        return refuse(ErrorCode::AliasUnknown,
            QStringLiteral("There is no alias \"%1\".").arg(m_request.alias.left(64)),
            QStringLiteral("GET /v1/models lists the aliases this credential may use."));
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
    return true;
}

bool Call::route()
{
    const config::Tenant* tenant = m_snapshot->tenantByName.value(m_credential.tenant);
    if (!tenant && !m_snapshot->tenants.empty()) {
        return refuse(ErrorCode::ScopeDenied,
            QStringLiteral("The tenant %1 of this credential is not in the config.").arg(m_credential.tenant));
    }
    m_zone = tenant ? tenant->zone : nullptr;
    // a request may tighten its zone: every region it then allows must already be allowed
    if (!m_record.zone.isEmpty() && (!m_zone || m_record.zone != m_zone->name)) {
        const config::Zone* asked = nullptr;
        for (const auto& zone : m_snapshot->zones) {
            if (zone->name == m_record.zone)
                asked = zone.get();
        }
        const bool within =
            asked &&
            (!m_zone || std::all_of(asked->regions.begin(), asked->regions.end(),
                            [this](const QString& region) { return m_zone->regions.contains(region); })) &&
            (!m_zone || m_zone->retention.isEmpty() || m_zone->retention == QLatin1String("any") ||
                m_zone->retention == asked->retention);
        if (!within)
            return refuse(
                ErrorCode::NoRouteInZone, QStringLiteral("A request may tighten its privacy zone, not widen it."));
        m_zone = asked;
    }
    m_record.zone = m_zone ? m_zone->name : QString();

    const routing::RouteInput input{m_alias, m_workloadClass, m_zone, seedOf(m_record.id)};
    const routing::RouteDecision decision = routing::route(input);
    m_record.decision = routing::toJson(input, decision, m_snapshot->revision);
    m_record.routedUs = sinceBegun();
    m_candidate = decision.chosen;
    return decision.chosen || refuse(decision.refusal);
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

void Call::attempt()
{
    m_context.openCalls.note(m_slot, m_candidate->label, std::nullopt);
    m_record.servedBy = m_candidate->label;
    m_attempt = std::make_unique<Attempt>(
        m_context, *m_candidate, int(m_record.attempts.size()) + 1, m_begun, static_cast<AttemptListener&>(*this));
    m_total.start(m_candidate->provider->timeouts.total);
    m_attempt->start(m_request, m_record.id);
}

void Call::attemptStreams(QByteArrayView events, bool content)
{
    if (!m_streamBegun && !content) {
        m_heldBack.append(events.data(), events.size());
        return;
    }
    if (!m_streamBegun)
        beginStream();
    m_exchange->send(events);
    m_heartbeat.start(kHeartbeat);
    if (m_attempt && m_exchange->isBufferFull())
        m_attempt->pause();
}

void Call::beginStream()
{
    m_streamBegun = true;
    m_record.firstByteUs = sinceBegun();
    api::Call soFar = m_record;
    soFar.attempts.append(m_attempt->record());
    m_exchange->beginStream(200, streamFields(soFar, m_attempt->record().startUs - m_record.receivedUs));
    if (!m_heldBack.isEmpty())
        m_exchange->send(std::exchange(m_heldBack, {}));
}

void Call::attemptAnswered(QByteArray body)
{
    m_answer = std::move(body);
    conclude(CallOutcome::Answered, nullptr);
}

void Call::attemptStreamComplete()
{
    conclude(CallOutcome::Answered, nullptr);
}

void Call::attemptFailed(const CallError& error)
{
    conclude(m_streamBegun ? CallOutcome::Truncated : CallOutcome::Failed, &error);
}

void Call::timeIsUp()
{
    CallError error;
    error.code = ErrorCode::DeadlineExceeded;
    error.message = QStringLiteral("%1 did not finish within the time allowed.").arg(m_candidate->provider->name);
    m_attempt->cancel(api::AttemptResult::Failed, error.code, error.message);
    attemptFailed(error);
}

void Call::stop()
{
    CallError error;
    error.code = ErrorCode::GatewayDependencyDown;
    error.message = QStringLiteral("The gateway was stopped before the call ended.");
    if (m_attempt)
        m_attempt->cancel(api::AttemptResult::Refused, error.code, error.message);
    attemptFailed(error);
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
    conclude(CallOutcome::Cancelled, &error);
}

void Call::callerReady()
{
    if (m_attempt)
        m_attempt->resume();
}

void Call::conclude(CallOutcome outcome, const CallError* error)
{
    if (m_recorded)
        return;
    m_total.stop();
    m_heartbeat.stop();
    if (m_attempt)
        m_record.attempts.append(m_attempt->record());
    m_record.outcome = outcome;
    if (error) {
        m_error = *error;
        m_record.error = error->code;
        m_record.errorDetail = error->text();
    }
    m_record.httpStatus = m_streamBegun || !error ? 200 : error->httpStatus();
    if (outcome == CallOutcome::Refused || outcome == CallOutcome::Failed)
        m_record.servedBy.clear();
    if (m_attempt) {
        const api::Attempt& last = m_attempt->record();
        m_record.tokens = last.tokens;
        m_record.finishReason = last.finishReason;
        m_record.streamEnd = last.streamEnd;
        m_record.firstTokenUs = last.firstTokenUs;
    }
    m_record.responseBytes = m_exchange->bytesSent() + m_answer.size();
    if (m_attempt)
        m_attempt->resume(); // nobody pauses an answer that is over: its connection can go back to the pool
    m_record.endUs = sinceBegun();
    m_record.overheadUs = ownTime(m_record);
    m_recorded = std::make_shared<const api::Call>(std::move(m_record));
    m_context.metrics.callFinished(*m_recorded);
    if (outcome == CallOutcome::Failed || outcome == CallOutcome::Truncated) {
        observability::log(observability::LogLevel::Warning, "call.failed",
            {{"id", m_recorded->id}, {"tenant", m_recorded->tenant}, {"alias", m_recorded->alias},
                {"provider", m_candidate->provider->name}, {"code", api::nameOf(m_recorded->error)},
                {"detail", m_recorded->errorDetail}, {"total_ms", m_recorded->endUs / 1000}});
    }
    m_context.recorder.record(m_recorded, &m_context.sink, m_token);
    // the record may follow the answer, but not by more than the list of open calls can hold: beyond that the store's
    // pace is the callers' pace, and nobody is refused for being quick
    if (m_snapshot->audit.acknowledge == config::Acknowledge::Queued &&
        m_context.openCalls.freeSlots() > kSlotsKeptFree)
        release();
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
    }
    release();
}

// The caller's last byte.
void Call::release()
{
    if (std::exchange(m_released, true))
        return;
    if (m_recorded->outcome == CallOutcome::Cancelled) {
        m_exchange->abort();
    } else if (m_streamBegun) {
        m_exchange->finishStream(
            m_error ? transform::openai_chat::errorEvent(*m_error, m_recorded->id) : QByteArray("data: [DONE]\n\n"));
    } else if (m_error) {
        m_exchange->respond(errorReply(*m_recorded, *m_error));
    } else if (m_request.stream) {
        // complete without any content (a refusal to say anything): still a stream to the caller
        m_exchange->beginStream(200, streamFields(*m_recorded, m_recorded->overheadUs));
        m_exchange->finishStream(m_heldBack + "data: [DONE]\n\n");
    } else {
        m_exchange->respond(answerReply(*m_recorded, std::move(m_answer)));
    }
}

} // namespace gateway::engine
