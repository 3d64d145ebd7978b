#include "api/http_transport.h"

#include "http_event_stream.h"
#include "http_request.h"

#include <QHostAddress>
#include <QJsonDocument>
#include <QNetworkProxy>
#include <QPromise>
#include <QUuid>

namespace gateway::api {
namespace {

constexpr qint64 kLargestReply = 64 * 1024 * 1024;

} // namespace

QNetworkRequest networkRequest(const HttpTransportOptions& options, const QString& path, const QUrlQuery& query)
{
    QUrl url = options.base;
    url.setPath(path, QUrl::TolerantMode);
    url.setQuery(query);
    QNetworkRequest request(url);
    request.setRawHeader("authorization", "Bearer " + options.token);
    request.setRawHeader("accept-encoding", "identity");
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    return request;
}

Error unreachable(const HttpTransportOptions& options, const QNetworkReply& reply)
{
    const QString where = options.base.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
    if (reply.error() == QNetworkReply::OperationCanceledError || reply.error() == QNetworkReply::TimeoutError)
        return failure(Failure::Unreachable, QStringLiteral("The engine at %1 did not answer in time.").arg(where));
    return failure(Failure::Unreachable,
        QStringLiteral("The engine at %1 cannot be reached: %2").arg(where, reply.errorString()),
        QStringLiteral("Is it running, and is the address right?"));
}

QString messageOf(const QByteArray& body, int status)
{
    const QString message = QJsonDocument::fromJson(body)
                                .object()
                                .value(QLatin1String("error"))
                                .toObject()
                                .value(QLatin1String("message"))
                                .toString();
    return message.isEmpty() ? QStringLiteral("The engine answered with status %1.").arg(status) : message;
}

HttpTransport::HttpTransport(HttpTransportOptions options) : m_options(std::move(options))
{
    if (QHostAddress(m_options.base.host()).isLoopback() || m_options.base.host() == QLatin1String("localhost"))
        m_network.setProxy(QNetworkProxy(QNetworkProxy::NoProxy));
}

HttpTransport::~HttpTransport() = default;

QString HttpTransport::description() const
{
    return m_options.base.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
}

QFuture<Result<AdminReply>> HttpTransport::send(const AdminRequest& request)
{
    QNetworkRequest out = networkRequest(m_options, request.path, request.query);
    out.setTransferTimeout(int(m_options.timeout.count()));
    const bool isRead = request.method == QLatin1String("GET");
    QByteArray body;
    if (!request.body.isEmpty()) {
        body = QJsonDocument(request.body).toJson(QJsonDocument::Compact);
        out.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("application/json"));
    }
    if (!isRead) {
        const QString key = request.idempotencyKey.isEmpty() ? QUuid::createUuid().toString(QUuid::WithoutBraces)
                                                             : request.idempotencyKey;
        out.setRawHeader("idempotency-key", key.toUtf8());
    }
    if (!request.reason.isEmpty())
        out.setRawHeader("x-signalbox-reason", request.reason.toUtf8().toPercentEncoding());

    const auto promise = std::make_shared<QPromise<Result<AdminReply>>>();
    promise->start();
    QNetworkReply* reply = m_network.sendCustomRequest(out, request.method.toUtf8(), body);
    // the reply is a child of m_network: when the transport goes, it goes, and the guard ends the future
    const std::shared_ptr<void> guard(nullptr, [promise, where = description()](void*) {
        if (promise->future().resultCount() == 0)
            promise->addResult(Result<AdminReply>(
                failure(Failure::Unreachable, QStringLiteral("The connection to %1 was given up.").arg(where))));
        promise->finish();
    });
    connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received, qint64) {
        if (received > kLargestReply)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, reply, [this, reply, promise, guard] {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const bool cut =
            reply->error() != QNetworkReply::NoError && reply->error() < QNetworkReply::ContentAccessDenied;
        if (status == 0 || cut) {
            promise->addResult(Result<AdminReply>(unreachable(m_options, *reply)));
            return;
        }
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(reply->readAll(), &error);
        if (error.error != QJsonParseError::NoError || !document.isObject()) {
            promise->addResult(Result<AdminReply>(failure(Failure::Unreachable,
                QStringLiteral("What answers at %1 is not a Signalbox engine.").arg(description()))));
            return;
        }
        promise->addResult(Result<AdminReply>(AdminReply{status, document.object()}));
    });
    return promise->future();
}

std::unique_ptr<EventStream> HttpTransport::subscribe(qint64 since)
{
    return std::make_unique<HttpEventStream>(m_options, m_network, since);
}

} // namespace gateway::api
