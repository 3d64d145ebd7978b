#include "pages/server/gateway_probe.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPromise>

namespace ui {
namespace {

constexpr int kProbeTimeoutMs = 3000;
constexpr int kTestTimeoutMs = 60'000;

QNetworkRequest requestTo(const QString& url, int timeoutMs)
{
    QNetworkRequest request{QUrl(url)};
    request.setTransferTimeout(timeoutMs);
    // A redirect would be somebody else's answer.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    return request;
}

double elapsedMs(const QElapsedTimer& since)
{
    return double(since.nsecsElapsed()) / 1e6;
}

// Who did what; Qt's own sentences name neither.
QString sentenceOf(const QNetworkReply& reply)
{
    const QString host = QStringLiteral("%1:%2").arg(reply.url().host()).arg(reply.url().port());
    switch (reply.error()) {
    case QNetworkReply::ConnectionRefusedError:
        return QStringLiteral("Nothing listens at %1; the connection was refused.").arg(host);
    case QNetworkReply::HostNotFoundError:
        return QStringLiteral("The host name of %1 is not known here.").arg(host);
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError:
        return QStringLiteral("%1 did not answer in time.").arg(host);
    case QNetworkReply::RemoteHostClosedError:
        return QStringLiteral("%1 closed the connection without an answer.").arg(host);
    case QNetworkReply::SslHandshakeFailedError:
        return QStringLiteral("The TLS handshake with %1 failed.").arg(host);
    default:
        return QStringLiteral("%1 gave no answer: %2.").arg(host, reply.errorString());
    }
}

} // namespace

QNetworkAccessManager& HttpGatewayProbe::network()
{
    if (!m_network)
        m_network = new QNetworkAccessManager(this);
    return *m_network;
}

QFuture<ProbeResult> HttpGatewayProbe::probe(const QString& gatewayUrl)
{
    auto promise = std::make_shared<QPromise<ProbeResult>>();
    promise->start();
    QElapsedTimer since;
    since.start();
    QNetworkReply* reply = network().get(requestTo(gatewayUrl + QStringLiteral("/healthz"), kProbeTimeoutMs));
    connect(reply, &QNetworkReply::finished, this, [promise, reply, since] {
        reply->deleteLater();
        ProbeResult result;
        result.ms = elapsedMs(since);
        result.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (result.status == 0)
            result.error = sentenceOf(*reply);
        promise->addResult(result);
        promise->finish();
    });
    return promise->future();
}

QFuture<TestResult> HttpGatewayProbe::sendTest(const QString& gatewayUrl, const QString& key, const QString& alias)
{
    auto promise = std::make_shared<QPromise<TestResult>>();
    promise->start();
    const QString url = gatewayUrl + QStringLiteral("/v1/chat/completions");
    QNetworkRequest request = requestTo(url, kTestTimeoutMs);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("application/json"));
    request.setRawHeader("Authorization", "Bearer " + key.toUtf8());
    request.setRawHeader("x-signalbox-feature", "console-test");
    const QJsonObject message{
        {QStringLiteral("role"), QStringLiteral("user")}, {QStringLiteral("content"), QStringLiteral("Say hello")}};
    const QJsonObject body{{QStringLiteral("model"), alias}, {QStringLiteral("messages"), QJsonArray{message}},
        {QStringLiteral("max_tokens"), 64}};
    QElapsedTimer since;
    since.start();
    QNetworkReply* reply = network().post(request, QJsonDocument(body).toJson(QJsonDocument::Compact));
    connect(reply, &QNetworkReply::finished, this, [promise, reply, since, url] {
        reply->deleteLater();
        TestResult result;
        result.ms = elapsedMs(since);
        result.requestUrl = url;
        result.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        result.callId = QString::fromLatin1(reply->rawHeader("x-request-id"));
        result.body = reply->readAll();
        if (result.status == 0)
            result.error = sentenceOf(*reply);
        promise->addResult(result);
        promise->finish();
    });
    return promise->future();
}

} // namespace ui
