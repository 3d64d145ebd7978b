#include "engine/worker_loop.h"

#include "engine/reply.h"
#include "transform/surfaces/openai_chat.h"

namespace gateway::engine {
namespace {

using api::ErrorCode;

constexpr qint64 kCheckBeforeBody = 64 * 1024; // a larger body is read only from a caller who has a credential

http::Response json(int status, QByteArray body)
{
    http::Response response;
    response.status = status;
    response.fields.append({QByteArrayLiteral("content-type"), QByteArrayLiteral("application/json")});
    response.body = std::move(body);
    return response;
}

// Admin tokens and pairing codes are another kind of thing, whether they are good or not; empty: nothing to add.
QString whyUnauthenticated(const http::RequestHead& head)
{
    const QByteArrayView key = presentedKey(head);
    if (key.startsWith("sba_") || key.startsWith("sbp_"))
        return QStringLiteral(
            "This is a token of the admin API. It calls no models; a gateway credential (sbx_) does.");
    return {};
}

} // namespace

WorkerLoop::WorkerLoop(WorkerServices& services)
    : m_services(services),
      m_watchedLoop(services.loops.watchThisThread(QThread::currentThread()->objectName())),
      m_ids(services.clock, services.random),
      m_upstream(m_wheel, services.clock, http::MessageLimits{}),
      m_waiting(m_wheel, services.clock, services.live.waits),
      m_tokens(m_wheel, m_upstream, services.clock),
      m_context{services.clock, m_ids, m_wheel, m_upstream, m_tokens, services.recorder, *this, services.openCalls,
          services.metrics, services.live, m_waiting, {}, {}, {}}
{
    // what the control thread may ask of us is put down once a second: nobody waits for a worker
    connect(&m_gaugeTimer, &QTimer::timeout, this, [this] {
        QHash<QString, int> open;
        for (const auto& provider : m_context.policy->snapshot->providers)
            open.insert(provider->name, m_upstream.openConnections(m_context.policy->targetOf(*provider).poolKey));
        const std::lock_guard lock(m_gaugeMutex);
        m_upstreamConnections = open;
    });
    m_gaugeTimer.start(1000);
    attach();
}

WorkerLoop::~WorkerLoop()
{
    m_calls.clear();
    m_server.reset();
}

api::Result<quint16> WorkerLoop::listen(http::ServerOptions options)
{
    m_server = std::make_unique<http::Server>(std::move(options), *this, m_wheel, m_services.clock);
    if (const api::Outcome started = m_server->start(); !started)
        return started.error();
    return m_server->serverPort();
}

void WorkerLoop::setPolicy(WorkerPolicy policy)
{
    m_context.policy = std::move(policy.policy);
    m_context.tried = std::move(policy.tried);
    m_context.levers = std::move(policy.levers);
    m_services.metrics.setLabels(std::move(policy.labels));
}

int WorkerLoop::upstreamConnections(const QString& provider) const
{
    const std::lock_guard lock(m_gaugeMutex);
    return m_upstreamConnections.value(provider);
}

void WorkerLoop::closeIdleConnections()
{
    m_server->closeIdle();
}

void WorkerLoop::cutCalls()
{
    for (const auto& [token, call] : m_calls)
        call->stop();
    beforeWaiting(); // now: when this returns the store may go
}

std::optional<http::Response> WorkerLoop::refuseEarly(const http::RequestHead& head, const QHostAddress&)
{
    const bool small = head.framing == http::BodyFraming::None ||
                       (head.framing == http::BodyFraming::Length && head.contentLength <= kCheckBeforeBody);
    if (small)
        return std::nullopt;
    const DataPath path = dataPath(head);
    if (path.what != DataPath::What::Call)
        return refusal(*path.surface, ErrorCode::InvalidRequest,
            QStringLiteral("There is nothing at this path that takes a body."));
    if (!resolve(head)) {
        m_services.metrics.unauthenticated();
        return refusal(*path.surface, ErrorCode::Unauthenticated, whyUnauthenticated(head));
    }
    return std::nullopt;
}

void WorkerLoop::handle(std::unique_ptr<http::Exchange> exchange)
{
    const DataPath path = dataPath(exchange->head());
    const credential::Credential* credential = path.needsCredential() ? resolve(exchange->head()) : nullptr;
    if (path.needsCredential() && !credential) {
        m_services.metrics.unauthenticated();
        exchange->respond(refusal(*path.surface, ErrorCode::Unauthenticated, whyUnauthenticated(exchange->head())));
        return;
    }
    switch (path.what) {
    case DataPath::What::Nothing:
    case DataPath::What::WrongMethod:
        answerNoPath(*exchange, path);
        break;
    case DataPath::What::Call:
        beginCall(std::move(exchange), path, *credential);
        break;
    case DataPath::What::ModelList:
    case DataPath::What::Model:
        answerModels(*exchange, path, *credential);
        break;
    case DataPath::What::Health:
        exchange->respond(json(200, QByteArrayLiteral("{\"status\":\"ok\"}")));
        break;
    case DataPath::What::Ready:
        answerReady(*exchange);
        break;
    }
}

http::Response WorkerLoop::describe(const http::ParseError& error)
{
    http::Response response = refusal(transform::openAiChat(), ErrorCode::InvalidRequest,
        QStringLiteral("Not a request this gateway reads: %1.").arg(QLatin1String(error.reason)));
    response.status = error.status;
    response.close = true;
    return response;
}

http::Response WorkerLoop::refusal(const transform::Surface& surface, ErrorCode code, const QString& message)
{
    transform::CallError error;
    error.code = code;
    error.message = message;
    return plainError(error, m_ids.callId(), surface);
}

const credential::Credential* WorkerLoop::resolve(const http::RequestHead& head)
{
    return m_keys.resolve(m_context.credentials, presentedKey(head), m_services.clock.wallMs());
}

void WorkerLoop::answerNoPath(http::Exchange& exchange, const DataPath& path)
{
    const bool known = path.what == DataPath::What::WrongMethod;
    http::Response response = refusal(*path.surface, ErrorCode::InvalidRequest,
        known ? QStringLiteral("This path does not take that method.")
              : QStringLiteral("There is nothing at this path. The gateway answers at /v1/chat/completions, "
                               "/v1/responses, /v1/embeddings, /v1/messages, /v1beta/models and /v1/models."));
    response.status = known ? 405 : 404;
    exchange.respond(response);
}

void WorkerLoop::answerReady(http::Exchange& exchange)
{
    const bool draining = m_services.state.draining.load(std::memory_order_relaxed);
    const bool ready =
        m_services.state.ready.load(std::memory_order_relaxed) && !draining && m_services.recorder.accepting();
    http::Response response =
        json(ready ? 200 : 503, ready      ? QByteArrayLiteral("{\"status\":\"ready\"}")
                                : draining ? QByteArrayLiteral("{\"status\":\"draining\"}")
                                           : QByteArrayLiteral("{\"status\":\"not ready\",\"part\":\"audit\"}"));
    response.close = draining;
    exchange.respond(response);
}

void WorkerLoop::answerModels(http::Exchange& exchange, const DataPath& path, const credential::Credential& credential)
{
    QStringList aliases;
    const LivePolicyPtr& policy = policyFor(m_context.policy, m_context.tried, credential.tenant, credential.id);
    for (const auto& alias : policy->snapshot->aliases) {
        if (credential.allowsAlias(alias->name))
            aliases.append(alias->name);
    }
    const QString& one = path.path.alias;
    if (path.what == DataPath::What::Model && !aliases.contains(one)) {
        exchange.respond(refusal(
            *path.surface, ErrorCode::AliasUnknown, QStringLiteral("There is no alias \"%1\".").arg(one.left(64))));
        return;
    }
    http::Response response = json(200,
        path.what == DataPath::What::Model ? modelBody(*path.surface, one) : modelListBody(*path.surface, aliases));
    const QByteArray id = m_ids.callId().toLatin1();
    response.fields.append({QByteArrayLiteral("x-request-id"), id});
    response.fields.append({QByteArrayLiteral("request-id"), id});
    exchange.respond(response);
}

void WorkerLoop::beginCall(
    std::unique_ptr<http::Exchange> exchange, const DataPath& path, const credential::Credential& credential)
{
    if (m_services.state.draining.load(std::memory_order_relaxed)) {
        http::Response response = refusal(*path.surface, ErrorCode::GatewayDependencyDown,
            QStringLiteral("This gateway is shutting down; another one answers."));
        response.close = true;
        exchange->respond(response);
        return;
    }
    const quint64 token = m_nextToken++;
    auto call = std::make_unique<Call>(m_context, std::move(exchange), path, credential, token);
    Call& begun = *call;
    m_calls.emplace(token, std::move(call));
    m_services.metrics.callBegan();
    m_services.state.callsInFlight.fetch_add(1, std::memory_order_relaxed);
    begun.begin();
}

// The records of a turn wake the journal once.
void WorkerLoop::beforeWaiting()
{
    if (std::exchange(m_context.recorded, false))
        m_services.recorder.endOfTurn();
}

void WorkerLoop::recordsSettled(std::vector<audit::Acknowledgement> acknowledgements)
{
    bool wake = false;
    {
        const std::lock_guard lock(m_settledMutex);
        wake = m_settled.empty();
        if (wake)
            m_settled = std::move(acknowledgements);
        else
            m_settled.insert(m_settled.end(), acknowledgements.begin(), acknowledgements.end());
    }
    // one queued call per batch: the loop takes all that came in the meantime
    if (wake)
        QMetaObject::invokeMethod(this, &WorkerLoop::settleRecords, Qt::QueuedConnection);
}

void WorkerLoop::settleRecords()
{
    std::vector<audit::Acknowledgement> settled;
    {
        const std::lock_guard lock(m_settledMutex);
        settled.swap(m_settled);
    }
    for (const audit::Acknowledgement& acknowledgement : settled) {
        const auto found = m_calls.find(acknowledgement.token);
        if (found == m_calls.end())
            continue;
        const std::unique_ptr<Call> call = std::move(found->second);
        m_calls.erase(found);
        call->recordSettled(acknowledgement.durability);
        m_services.state.callsInFlight.fetch_sub(1, std::memory_order_relaxed);
    }
}

} // namespace gateway::engine
