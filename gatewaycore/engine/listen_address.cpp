#include "engine/listen_address.h"

#include <QSslCertificate>
#include <QSslSocket>

namespace gateway::engine {

api::Result<http::ServerOptions> listenOptions(const config::Listener& configured, const QString& given, bool only13)
{
    http::ServerOptions options;
    options.host = configured.host;
    options.port = configured.port;
    if (!given.isEmpty()) {
        const qsizetype colon = given.lastIndexOf(u':');
        bool isPort = false;
        options.port = given.mid(colon + 1).toUShort(&isPort);
        options.host = given.left(std::max<qsizetype>(0, colon));
        if (options.host.startsWith(u'[') && options.host.endsWith(u']'))
            options.host = options.host.mid(1, options.host.size() - 2);
        if (!isPort || options.host.isEmpty())
            return api::failure(api::Failure::Invalid, QStringLiteral("%1 is not HOST:PORT").arg(given));
    }
    if (configured.tls) {
        auto tls = http::Server::tlsConfiguration(configured.tls->certificate, configured.tls->key, only13);
        if (!tls)
            return tls.error();
        options.tls = std::move(*tls);
        if (!configured.tls->clientCa.isEmpty()) {
            const QList<QSslCertificate> authorities = QSslCertificate::fromPath(
                configured.tls->clientCa, QSsl::Pem, QSslCertificate::PatternSyntax::FixedString);
            if (authorities.isEmpty())
                return api::failure(
                    api::Failure::Invalid, QStringLiteral("%1 holds no PEM certificate").arg(configured.tls->clientCa));
            // asked for, not required: others come with a token (http/server_connection tells which was verified)
            options.tls->setCaCertificates(authorities);
            options.tls->setPeerVerifyMode(QSslSocket::QueryPeer);
        }
    }
    return options;
}

QString listenUrl(const http::ServerOptions& options)
{
    const QString host = options.host.contains(u':') ? u'[' + options.host + u']' : options.host;
    return (options.tls ? QStringLiteral("https://") : QStringLiteral("http://")) + host + u':' +
           QString::number(options.port);
}

} // namespace gateway::engine
