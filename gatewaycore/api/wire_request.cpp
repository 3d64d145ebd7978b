#include "wire_connection.h"

#include <QHostAddress>
#include <QJsonDocument>

#include <algorithm>

namespace gateway::api {
namespace {

bool isVisible(const QByteArray& text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

QByteArray hostField(const QUrl& base)
{
    const QString host = base.host(QUrl::FullyEncoded);
    QByteArray field = host.contains(u':') ? '[' + host.toLatin1() + ']' : host.toLatin1();
    if (base.port() > 0)
        field += ':' + QByteArray::number(base.port());
    return field;
}

// What this program says of itself is ours; still it may come from a build's version string.
QByteArray clientField(const QByteArray& client)
{
    QByteArray plain = client.left(100);
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return c < ' ' || c >= 127; }, '?');
    return plain;
}

QByteArray headOf(const HttpTransportOptions& options, const QByteArray& method, const QUrl& url)
{
    QByteArray head = method + ' ' + url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment) +
                      " HTTP/1.1\r\nhost: " + hostField(options.base) + "\r\naccept-encoding: identity\r\n";
    if (!options.token.isEmpty())
        head += "authorization: Bearer " + options.token + "\r\n";
    if (!options.client.isEmpty())
        head += "user-agent: " + clientField(options.client) + "\r\n";
    return head;
}

QUrl urlOf(const HttpTransportOptions& options, const QString& path, const QUrlQuery& query)
{
    QUrl url = options.base;
    url.setPath(path, QUrl::TolerantMode);
    if (!query.isEmpty())
        url.setQuery(query);
    else
        url.setQuery(QString());
    return url;
}

} // namespace

QString describe(const QUrl& base)
{
    return base.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemovePath | QUrl::RemoveFragment);
}

bool isLoopback(const QString& host)
{
    return host == QLatin1String("localhost") || QHostAddress(host).isLoopback();
}

Result<QByteArray> wireRequest(const HttpTransportOptions& options, const AdminRequest& request)
{
    const QByteArray method = request.method.toLatin1();
    const bool isMethod =
        !method.isEmpty() && std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!isMethod || !request.path.startsWith(u'/'))
        return failure(Failure::Invalid, QStringLiteral("This is not a request of the admin API."));
    if (!isVisible(options.token))
        return failure(Failure::Invalid, QStringLiteral("The token holds characters that a token cannot have."),
            QStringLiteral("Copy it again, without spaces and line ends."));
    const QByteArray key = request.idempotencyKey.toUtf8();
    if (!isVisible(key) || key.size() > 128)
        return failure(Failure::Invalid, QStringLiteral("An Idempotency-Key is plain text of at most 128 characters."));

    QByteArray body;
    if (!request.body.isEmpty())
        body = QJsonDocument(request.body).toJson(QJsonDocument::Compact);
    QByteArray head = headOf(options, method, urlOf(options, request.path, request.query));
    if (!key.isEmpty())
        head += "idempotency-key: " + key + "\r\n";
    if (request.expectedRevision)
        head += "if-match: \"" + QByteArray::number(*request.expectedRevision) + "\"\r\n";
    if (!request.reason.isEmpty())
        head += "x-signalbox-reason: " + request.reason.toUtf8().toPercentEncoding() + "\r\n";
    if (!body.isEmpty())
        head += "content-type: application/json\r\n";
    if (!body.isEmpty() || method != "GET")
        head += "content-length: " + QByteArray::number(body.size()) + "\r\n";
    return head + "\r\n" + body;
}

QByteArray wireStreamRequest(const HttpTransportOptions& options, qint64 since)
{
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("since"), QString::number(since));
    return headOf(options, "GET", urlOf(options, QStringLiteral("/api/v1/events"), query)) +
           "accept: text/event-stream\r\n\r\n";
}

} // namespace gateway::api
