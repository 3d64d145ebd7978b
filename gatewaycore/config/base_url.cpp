#include "config/base_url.h"

#include <QHostAddress>
#include <QUrl>

#include <algorithm>

namespace gateway::config {
namespace {

bool isHostName(const QString& host)
{
    const auto allowed = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'-' ||
               c == u'.' || c == u'_';
    };
    return !host.isEmpty() && host.size() <= 253 && !host.startsWith(u'.') && !host.contains(QLatin1String("..")) &&
           std::all_of(host.begin(), host.end(), allowed);
}

// QHostAddress also takes "127.1" and "0x7f000001"; only the usual spelling is an address here.
std::optional<QHostAddress> addressOf(const QString& host)
{
    QHostAddress address;
    if (!address.setAddress(host))
        return std::nullopt;
    if (address.protocol() == QAbstractSocket::IPv4Protocol && address.toString() != host)
        return std::nullopt;
    return address;
}

// The host as it was written. QUrl rewrites "127.1" and "0x7f000001" to addresses; such spellings are refused instead.
QString writtenHost(const QString& text)
{
    const qsizetype begin = text.indexOf(QLatin1String("://")) + 3;
    qsizetype end = text.indexOf(u'/', begin);
    if (end < 0)
        end = text.size();
    QString authority = text.mid(begin, end - begin);
    if (authority.startsWith(u'['))
        return authority.mid(1, authority.indexOf(u']') - 1);
    return authority.section(u':', 0, 0);
}

bool looksNumeric(const QString& host)
{
    return std::all_of(host.begin(), host.end(), [](QChar c) { return c.isDigit() || c == u'.'; }) ||
           host.startsWith(QLatin1String("0x"), Qt::CaseInsensitive);
}

} // namespace

std::variant<BaseUrl, QString> parseBaseUrl(const QString& text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.isRelative())
        return QStringLiteral("This is not a URL.");
    if (url.scheme() != QLatin1String("https") && url.scheme() != QLatin1String("http"))
        return QStringLiteral("The URL must begin with https:// or http://.");
    if (!url.userInfo().isEmpty() || text.contains(u'@'))
        return QStringLiteral("A URL must not carry a user or password.");
    if (url.hasQuery() || url.hasFragment())
        return QStringLiteral("A base URL has no query and no fragment.");
    const QString host = url.host(QUrl::FullyEncoded);
    if (writtenHost(text).compare(host, Qt::CaseInsensitive) != 0 ||
        (!addressOf(host) && (!isHostName(host) || looksNumeric(host))))
        return QStringLiteral("The URL has no usable host name.");
    const QByteArray path = url.path(QUrl::FullyEncoded).toLatin1();
    if (path.contains("/../") || path.endsWith("/..") || path.contains("//"))
        return QStringLiteral("The path of the URL must not contain .. or //.");

    BaseUrl result;
    result.origin.tls = url.scheme() == QLatin1String("https");
    result.origin.host = host;
    result.origin.port = quint16(url.port(result.origin.tls ? 443 : 80));
    if (result.origin.port == 0)
        return QStringLiteral("The port of the URL must not be 0.");
    result.path = path;
    while (result.path.endsWith('/'))
        result.path.chop(1);
    return result;
}

bool isLoopback(const QString& host)
{
    if (const auto address = addressOf(host))
        return address->isLoopback();
    return host == QLatin1String("localhost") || host.endsWith(QLatin1String(".localhost"));
}

bool isPrivateHost(const QString& host)
{
    if (isLoopback(host))
        return true;
    if (const auto address = addressOf(host)) {
        static const QPair<QHostAddress, int> kPrivate[] = {
            QHostAddress::parseSubnet(QStringLiteral("10.0.0.0/8")),
            QHostAddress::parseSubnet(QStringLiteral("172.16.0.0/12")),
            QHostAddress::parseSubnet(QStringLiteral("192.168.0.0/16")),
            QHostAddress::parseSubnet(QStringLiteral("100.64.0.0/10")),
            QHostAddress::parseSubnet(QStringLiteral("fc00::/7")),
            QHostAddress::parseSubnet(QStringLiteral("fe80::/10")),
        };
        return std::any_of(
            std::begin(kPrivate), std::end(kPrivate), [&](const auto& net) { return address->isInSubnet(net); });
    }
    return !host.contains(u'.') || host.endsWith(QLatin1String(".local")) || host.endsWith(QLatin1String(".internal"));
}

std::optional<Listener> parseListen(const QString& text)
{
    const qsizetype colon = text.lastIndexOf(u':');
    if (colon < 1)
        return std::nullopt;
    QString host = text.left(colon);
    const bool bracketed = host.startsWith(u'[') && host.endsWith(u']');
    if (bracketed)
        host = host.mid(1, host.size() - 2);
    const auto address = addressOf(host);
    const bool v6 = address && address->protocol() == QAbstractSocket::IPv6Protocol;
    if (bracketed != v6 || (!address && (!isHostName(host) || looksNumeric(host))))
        return std::nullopt;
    bool ok = false;
    const QString digits = text.mid(colon + 1);
    const uint port = digits.toUInt(&ok);
    if (!ok || port > 65535 || QString::number(port) != digits)
        return std::nullopt;
    return Listener{host, quint16(port), {}};
}

} // namespace gateway::config
