#include "admin/admin_listener.h"

#include "admin/event_stream_sender.h"
#include "observability/log.h"

#include <QJsonDocument>
#include <QSysInfo>
#include <QUrl>

#include <algorithm>

namespace gateway::admin {
namespace {

using api::Failure;
using http::Response;

constexpr qint64 kLargestBody = 6 * 1024 * 1024; // a config of 4 MiB as a JSON string
constexpr std::size_t kMostStreams = 32;
constexpr int kMostConnections = 256;

Response jsonResponse(const api::AdminReply& reply)
{
    Response response;
    response.status = reply.status;
    response.fields = {
        {"content-type", "application/json"}, {"cache-control", "no-store"}, {"x-content-type-options", "nosniff"}};
    response.body = QJsonDocument(reply.body).toJson(QJsonDocument::Compact);
    return response;
}

Response errorResponse(Failure kind, const QString& message, int status = 0, const QString& hint = {})
{
    api::AdminReply reply = api::errorReply(api::failure(kind, message, hint));
    if (status != 0)
        reply.status = status;
    return jsonResponse(reply);
}

bool isLoopback(const QString& host)
{
    return host == QLatin1String("localhost") || QHostAddress(host).isLoopback();
}

bool isOpenPath(QByteArrayView path)
{
    return path == QByteArrayView("/healthz") || path == QByteArrayView("/readyz");
}

// "[::1]:4181" -> "::1", "localhost:4181" -> "localhost"; empty if it is neither form.
QByteArray hostNameOf(QByteArrayView host)
{
    if (host.startsWith('[')) {
        const qsizetype end = host.indexOf(']');
        const QByteArrayView rest = end < 0 ? QByteArrayView() : host.sliced(end + 1);
        return end > 0 && (rest.isEmpty() || rest.startsWith(':')) ? host.sliced(1, end - 1).toByteArray()
                                                                   : QByteArray();
    }
    const qsizetype colon = host.indexOf(':');
    return (colon < 0 ? host : host.first(colon)).toByteArray().toLower();
}

// The request as the router takes it, or what is wrong with it.
api::Result<api::AdminRequest> requestOf(const http::Exchange& exchange)
{
    const http::RequestHead& head = exchange.head();
    api::AdminRequest request;
    request.method = QString::fromLatin1(head.method);
    request.path = QString::fromLatin1(head.path());
    request.query = QUrlQuery(QString::fromUtf8(head.query()));
    request.idempotencyKey = QString::fromLatin1(head.value("idempotency-key"));
    request.reason = QString::fromUtf8(QByteArray::fromPercentEncoding(head.value("x-signalbox-reason").toByteArray()));
    if (head.has("if-match")) {
        // an entity tag of HTTP: the revision in quotes; the bare number is taken too
        QByteArray tag = head.value("if-match").toByteArray().trimmed();
        if (tag.size() > 2 && tag.startsWith('"') && tag.endsWith('"'))
            tag = tag.mid(1, tag.size() - 2);
        bool isNumber = false;
        const int revision = tag.toInt(&isNumber);
        if (!isNumber || head.count("if-match") != 1)
            return api::failure(
                Failure::Invalid, QStringLiteral("If-Match holds the revision of the config, as \"7\"."));
        request.expectedRevision = revision;
    }
    if (exchange.body().isEmpty())
        return request;
    const QByteArray type = head.value("content-type").toByteArray().split(';').first().trimmed().toLower();
    if (type != "application/json")
        return api::failure(Failure::Invalid, QStringLiteral("The body must be application/json."));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(exchange.body(), &error);
    if (error.error != QJsonParseError::NoError || !document.isObject())
        return api::failure(Failure::Invalid, QStringLiteral("The body is not a JSON object."));
    request.body = document.object();
    return request;
}

} // namespace

AdminListener::AdminListener(AdminListenerOptions options, Router& router, http::TimerWheel& wheel, const Clock& clock)
    : m_options(std::move(options)),
      m_router(router),
      m_wheel(wheel),
      m_clock(clock),
      m_gatekeeper(m_options.token, m_options.principals, clock)
{
}

AdminListener::~AdminListener()
{
    for (EventStreamSender* stream : std::exchange(m_streams, {}))
        delete stream;
}

api::Outcome AdminListener::start()
{
    if (m_options.token.reveal().size() < 32)
        return api::failure(
            Failure::Invalid, QStringLiteral("The admin listener has no usable token, so it does not start."));
    if (!isLoopback(m_options.host) && !m_options.tls) {
        return api::failure(Failure::Invalid,
            QStringLiteral("The admin address %1 can be reached from other machines, so it needs TLS.")
                .arg(m_options.host),
            QStringLiteral(
                "Set server.admin to a loopback address, or write tls: self-signed, or tls: {certificate, key}, under "
                "it."));
    }
    http::ServerOptions server;
    server.host = m_options.host;
    server.port = m_options.port;
    server.tls = m_options.tls;
    if (server.tls)
        server.tls->setProtocol(QSsl::TlsV1_3OrLater);
    server.message.bodyBytes = kLargestBody;
    server.connection.connectionsPerWorker = kMostConnections;
    server.connection.newcomersReplaceWaiting = true; // nobody keeps the owner out by holding connections open
    m_server = std::make_unique<http::Server>(server, *this, m_wheel, m_clock);
    const api::Outcome started = m_server->start();
    if (!started)
        m_server.reset();
    return started;
}

void AdminListener::drain()
{
    if (m_server)
        m_server->drain();
    for (EventStreamSender* stream : std::exchange(m_streams, {})) {
        stream->finish();
        stream->deleteLater();
    }
}

quint16 AdminListener::port() const
{
    return m_server ? m_server->serverPort() : 0;
}

QString AdminListener::url() const
{
    const bool v6 = m_options.host.contains(u':');
    return (m_options.tls ? QStringLiteral("https://") : QStringLiteral("http://")) +
           (v6 ? u'[' + m_options.host + u']' : m_options.host) + u':' + QString::number(port());
}

void AdminListener::setNames(const QStringList& hostNames, const QStringList& origins)
{
    m_options.hostNames = hostNames;
    m_options.origins = origins;
}

void AdminListener::setTls(const QSslConfiguration& tls)
{
    if (m_server)
        m_server->setTls(tls);
}

// A name of ours, or an address of ours. Where the listener takes calls to every address of the machine, any address
// will do: a page that was led here by a name of its own (DNS rebinding) states that name, never an address.
bool AdminListener::isAllowedHost(QByteArrayView host) const
{
    const QString name = QString::fromLatin1(hostNameOf(host));
    if (name.isEmpty())
        return false;
    if (name == QLatin1String("localhost") || name == QLatin1String("127.0.0.1") || name == QLatin1String("::1") ||
        name.compare(m_options.host, Qt::CaseInsensitive) == 0 ||
        m_options.hostNames.contains(name, Qt::CaseInsensitive))
        return true;
    const QHostAddress listen(m_options.host);
    const bool isEvery = listen == QHostAddress(QHostAddress::AnyIPv4) || listen == QHostAddress(QHostAddress::AnyIPv6);
    return isEvery &&
           (!QHostAddress(name).isNull() || name.compare(QSysInfo::machineHostName(), Qt::CaseInsensitive) == 0);
}

Response AdminListener::refusalOf(const Gatekeeper::Refusal& refusal)
{
    Response response = errorResponse(Failure::NotPermitted, refusal.message, refusal.status, refusal.hint);
    if (refusal.status == 401)
        response.fields.append({"www-authenticate", "Bearer"});
    if (refusal.retryAfter.count() > 0)
        response.fields.append({"retry-after", QByteArray::number(qint64(refusal.retryAfter.count()))});
    return response;
}

std::optional<Response> AdminListener::refuseCaller(const http::RequestHead& head, const http::Caller& caller)
{
    if (!isAllowedHost(head.value("host")))
        return errorResponse(Failure::NotPermitted, QStringLiteral("This host name is not one of the admin listener."),
            0, QStringLiteral("Add it under server: admin: hosts: in the config file."));
    if (head.has("origin") && !m_options.origins.contains(QString::fromLatin1(head.value("origin"))))
        return errorResponse(Failure::NotPermitted, QStringLiteral("Requests of web pages are refused."));
    if (isOpenPath(head.path()))
        return std::nullopt;
    const Gatekeeper::Verdict verdict = m_gatekeeper.admit(head, caller);
    const auto* refusal = std::get_if<Gatekeeper::Refusal>(&verdict);
    if (!refusal)
        return std::nullopt;
    if (refusal->status == 401) // those that wait are not logged: a flood would be a flood of lines
        observability::log(
            observability::LogLevel::Warning, "admin.unauthenticated", {{"peer", caller.address.toString()}});
    return refusalOf(*refusal);
}

void AdminListener::handle(std::unique_ptr<http::Exchange> exchange)
{
    const QByteArrayView path = exchange->head().path();
    const bool isGet =
        exchange->head().method == QByteArrayView("GET") || exchange->head().method == QByteArrayView("HEAD");
    if (isOpenPath(path)) {
        if (!isGet)
            return exchange->respond(
                errorResponse(Failure::Invalid, QStringLiteral("This path does not take that method."), 405));
        const bool good = path == QByteArrayView("/healthz") || m_router.engine().isReady();
        exchange->respond(jsonResponse({good ? 200 : 503,
            {{QStringLiteral("status"), good ? QStringLiteral("ok") : QStringLiteral("not ready")}}}));
        return;
    }
    // asked again: the body may have taken a while, and the token may have ended in the meantime
    const Gatekeeper::Verdict verdict = m_gatekeeper.look(exchange->head(), exchange->caller());
    if (const auto* refusal = std::get_if<Gatekeeper::Refusal>(&verdict))
        return exchange->respond(refusalOf(*refusal));
    const auto& principal = std::get<Principal>(verdict);
    if (path == QByteArrayView("/metrics") && isGet)
        return answerMetrics(*exchange, principal);
    handleApi(std::move(exchange), principal);
}

// Any role may; the numbers are of all tenants at once, so whoever is bound to some may not.
void AdminListener::answerMetrics(http::Exchange& exchange, const Principal& principal)
{
    if (principal.by == Principal::By::Pairing || principal.isBound())
        return exchange.respond(errorResponse(
            Failure::NotPermitted, QStringLiteral("%1 may not read the metrics of all tenants.").arg(principal.name)));
    Response response;
    response.fields = {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}, {"cache-control", "no-store"}};
    response.body = m_router.engine().prometheusText();
    exchange.respond(response);
}

void AdminListener::handleApi(std::unique_ptr<http::Exchange> exchange, const Principal& principal)
{
    const api::Result<api::AdminRequest> request = requestOf(*exchange);
    if (!request) {
        exchange->respond(jsonResponse(api::errorReply(request.error())));
        return;
    }
    const auto parts = pathParts(exchange->head().path());
    if (parts && parts->join(u'/') == QLatin1String("api/v1/events") && request->method == QLatin1String("GET"))
        return openStream(std::move(exchange), *request, principal);
    // held by the reply: the exchange lives until it is answered, and answering one whose caller left does nothing
    const auto held = std::make_shared<std::unique_ptr<http::Exchange>>(std::move(exchange));
    m_router.handle(
        *request, principal, [held](const api::AdminReply& reply) { (*held)->respond(jsonResponse(reply)); });
}

void AdminListener::openStream(
    std::unique_ptr<http::Exchange> exchange, const api::AdminRequest& request, const Principal& principal)
{
    if (const api::Outcome may = m_router.mayFollowEvents(principal); !may) {
        exchange->respond(jsonResponse(api::errorReply(may.error())));
        return;
    }
    qint64 since = -1;
    bool isNumber = true;
    for (const auto& [key, value] : request.query.queryItems(QUrl::FullyDecoded)) {
        if (key == QLatin1String("since"))
            since = value.toLongLong(&isNumber);
        else
            isNumber = false;
    }
    if (!request.query.hasQueryItem(QStringLiteral("since")) && exchange->head().has("last-event-id"))
        since = exchange->head().value("last-event-id").toByteArray().toLongLong(&isNumber);
    if (!isNumber || since < -1 || request.query.queryItems().size() > 1) {
        exchange->respond(errorResponse(Failure::Invalid,
            QStringLiteral("The only query key is since: the number of the last event seen, or -1 for from now on.")));
        return;
    }
    if (m_streams.size() >= kMostStreams) {
        exchange->respond(errorResponse(Failure::Unavailable, QStringLiteral("Too many event streams are open.")));
        return;
    }
    auto* stream = new EventStreamSender(
        m_router.events(), since, std::move(exchange), m_wheel, m_options.heartbeat,
        [this](EventStreamSender* ended) { streamEnded(ended); }, principal);
    stream->setMayGoOn([this, principal] { return m_gatekeeper.isStillGood(principal); });
    m_streams.insert(stream);
    stream->begin();
}

void AdminListener::streamEnded(EventStreamSender* stream)
{
    if (m_streams.erase(stream) > 0)
        stream->deleteLater();
}

Response AdminListener::describe(const http::ParseError& error)
{
    return errorResponse(Failure::Invalid, QString::fromLatin1(error.reason), error.status);
}

} // namespace gateway::admin
