#include "http/server.h"

#include "http/server_connection.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>

#include <arpa/inet.h>
#include <cerrno>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gateway::http {
namespace {

constexpr int kBacklog = 4096; // Qt's default of 50 lets a storm of 8,000 connections wait for a minute
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr int kAcceptsAtOnce = 64; // then the connections there are get their turn

// A listening socket made by hand, because SO_REUSEPORT must be set before bind and Qt has no way to say so.
int listeningSocket(const QHostAddress& address, quint16 port, bool sharePort)
{
    const bool v6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    const int fd = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // what is accepted inherits it
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (sharePort)
        ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    int bound = -1;
    if (v6) {
        sockaddr_in6 where{};
        where.sin6_family = AF_INET6;
        where.sin6_port = htons(port);
        where.sin6_scope_id = ::if_nametoindex(address.scopeId().toLatin1().constData());
        const Q_IPV6ADDR bytes = address.toIPv6Address();
        memcpy(&where.sin6_addr, &bytes, sizeof bytes);
        bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where);
    } else {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_port = htons(port);
        where.sin_addr.s_addr = htonl(address.toIPv4Address());
        bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where);
    }
    if (bound < 0 || ::listen(fd, kBacklog) < 0) {
        const int error = errno;
        ::close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

quint16 portOf(int listener)
{
    sockaddr_storage where{};
    socklen_t size = sizeof where;
    if (::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size) != 0)
        return 0;
    return ntohs(where.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(where).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(where).sin_port);
}

// An IPv4 caller on a dual-stack listener has the same name as on a plain one.
QHostAddress nameOf(const sockaddr_storage& peer)
{
    const QHostAddress address(reinterpret_cast<const sockaddr*>(&peer));
    bool mapped = false;
    const quint32 v4 = address.toIPv4Address(&mapped);
    return mapped ? QHostAddress(v4) : address;
}

QHostAddress countedAs(const QHostAddress& peer)
{
    if (peer.protocol() != QAbstractSocket::IPv6Protocol)
        return peer;
    Q_IPV6ADDR bytes = peer.toIPv6Address();
    std::fill(std::begin(bytes.c) + 8, std::end(bytes.c), quint8(0));
    return QHostAddress(bytes);
}

} // namespace

Server::Server(ServerOptions options, RequestHandler& handler, TimerWheel& wheel, const Clock& clock, QObject* parent)
    : QObject(parent),
      m_options(std::move(options)),
      m_handler(handler),
      m_wheel(wheel),
      m_clock(clock),
      m_acceptAgain(wheel, [this] { want(Readable); })
{
}

Server::~Server()
{
    stopListening();
    const auto connections = m_connections;
    for (ServerConnection* connection : connections)
        connection->cut();
}

void Server::stopListening()
{
    m_acceptAgain.stop();
    m_port = 0;
    if (m_listener < 0)
        return;
    unwatch(true);
    ::close(std::exchange(m_listener, -1));
}

// Out of descriptors accepting pauses for a moment: the one that waits would be told of again at once, for ever.
void Server::fdReady(quint32)
{
    for (int i = 0; i < kAcceptsAtOnce && m_listener >= 0; ++i) {
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        const int descriptor =
            ::accept4(m_listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            admit(descriptor, nameOf(peer));
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            want(0);
            m_acceptAgain.start(kAcceptPause);
            return;
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return;
        }
    }
}

api::Outcome Server::start()
{
    QHostAddress address(m_options.host);
    if (m_options.host == QLatin1String("localhost"))
        address = QHostAddress::LocalHost;
    if (address.isNull())
        return api::failure(
            api::Failure::Invalid, QStringLiteral("%1 is not an IP address to listen on").arg(m_options.host));
    const int fd = listeningSocket(address, m_options.port, m_options.sharePort);
    const int error = errno;
    if (fd < 0)
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("cannot listen on %1 port %2: %3")
                .arg(m_options.host)
                .arg(m_options.port)
                .arg(qt_error_string(error)),
            error == EADDRINUSE ? QStringLiteral("another program uses this port; choose another or stop that program")
                                : QString());
    m_listener = fd;
    m_port = portOf(fd);
    watch(fd, Readable);
    return api::Done{};
}

void Server::admit(int descriptor, const QHostAddress& peer)
{
    if (m_draining || (connectionCount() >= m_options.connection.connectionsPerWorker && !makeRoom())) {
        ::close(descriptor);
        return;
    }
    auto* connection = new ServerConnection(*this, ++m_accepted, peer);
    if (!connection->open(descriptor)) {
        ::close(descriptor);
        delete connection;
        return;
    }
    m_connections.insert(connection);
    // counted before anything is read: whatever happens from here on ends in connectionClosed()
    if (++m_perAddress[countedAs(peer)] > m_options.connection.connectionsPerAddress)
        connection->cut();
    else
        connection->begin();
}

bool Server::makeRoom()
{
    if (!m_options.connection.newcomersReplaceWaiting)
        return false;
    ServerConnection* oldest = nullptr;
    for (ServerConnection* connection : m_connections) {
        if (connection->isWaiting() && (!oldest || connection->number() < oldest->number()))
            oldest = connection;
    }
    if (oldest)
        oldest->cut();
    return oldest != nullptr;
}

void Server::connectionClosed(ServerConnection* connection, const QHostAddress& peer)
{
    m_connections.erase(connection);
    const auto found = m_perAddress.find(countedAs(peer));
    if (found != m_perAddress.end() && --found.value() <= 0)
        m_perAddress.erase(found);
}

void Server::drain()
{
    m_draining = true;
    stopListening();
    closeIdle();
}

void Server::closeIdle()
{
    const auto connections = m_connections;
    for (ServerConnection* connection : connections) {
        if (connection->isIdle())
            connection->cut();
    }
}

api::Result<QSslConfiguration> Server::tlsConfiguration(
    const QString& certificateFile, const QString& keyFile, bool only13)
{
    QFile keyData(keyFile);
    const QList<QSslCertificate> chain =
        QSslCertificate::fromPath(certificateFile, QSsl::Pem, QSslCertificate::PatternSyntax::FixedString);
    if (chain.isEmpty())
        return api::failure(api::Failure::Invalid, QStringLiteral("%1 holds no PEM certificate").arg(certificateFile));
    if (!keyData.open(QIODevice::ReadOnly))
        return api::failure(api::Failure::Invalid, QStringLiteral("%1 cannot be read").arg(keyFile));
    const QByteArray pem = keyData.readAll();
    QSslKey key;
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Ec, QSsl::Rsa}) {
        key = QSslKey(pem, algorithm);
        if (!key.isNull())
            break;
    }
    if (key.isNull())
        return api::failure(
            api::Failure::Invalid, QStringLiteral("%1 holds no PEM private key (EC or RSA)").arg(keyFile));
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificateChain(chain);
    configuration.setPrivateKey(key);
    configuration.setProtocol(only13 ? QSsl::TlsV1_3OrLater : QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(
        QSslSocket::VerifyNone); // callers authenticate with a credential, not a certificate
    configuration.setAllowedNextProtocols({QByteArrayLiteral("http/1.1")});
    return configuration;
}

} // namespace gateway::http
