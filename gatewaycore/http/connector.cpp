#include "http/connector.h"

#include <QHostInfo>

#include <cerrno>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gateway::http {
namespace {

socklen_t socketAddress(const QHostAddress& address, quint16 port, sockaddr_storage& where)
{
    memset(&where, 0, sizeof where);
    if (address.protocol() == QAbstractSocket::IPv6Protocol) {
        auto* six = reinterpret_cast<sockaddr_in6*>(&where);
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        const Q_IPV6ADDR bytes = address.toIPv6Address();
        memcpy(&six->sin6_addr, &bytes, sizeof bytes);
        const QByteArray scope = address.scopeId().toLatin1();
        bool isNumber = false;
        six->sin6_scope_id = scope.toUInt(&isNumber);
        if (!isNumber && !scope.isEmpty())
            six->sin6_scope_id = ::if_nametoindex(scope.constData());
        return sizeof *six;
    }
    auto* four = reinterpret_cast<sockaddr_in*>(&where);
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    four->sin_addr.s_addr = htonl(address.toIPv4Address());
    return sizeof *four;
}

} // namespace

Connector::~Connector()
{
    drop();
}

void Connector::drop()
{
    if (m_fd < 0)
        return;
    unwatch(true);
    ::close(std::exchange(m_fd, -1));
}

void Connector::start(const QString& host, quint16 port)
{
    const QHostAddress literal(host);
    if (!literal.isNull()) {
        start(QList{literal}, port);
        return;
    }
    QHostInfo::lookupHost(host, &m_context, [this, host, port](const QHostInfo& found) {
        if (found.addresses().isEmpty()) {
            const QString why = found.errorString();
            m_owner.connectorFailed(
                StreamFailure::Resolve, why.isEmpty() ? QStringLiteral("the host %1 has no address").arg(host) : why);
            return;
        }
        start(found.addresses(), port);
    });
}

void Connector::start(QList<QHostAddress> addresses, quint16 port)
{
    m_addresses = std::move(addresses);
    m_port = port;
    m_next = 0;
    tryNext();
}

// The next address that takes an attempt; the failure of the last one stands for all.
void Connector::tryNext()
{
    while (m_next < m_addresses.size()) {
        if (begin(m_addresses.at(m_next++)))
            return;
    }
    failLater(m_error == ETIMEDOUT ? StreamFailure::ConnectTimeout : StreamFailure::Connect, qt_error_string(m_error));
}

bool Connector::begin(const QHostAddress& address)
{
    const bool six = address.protocol() == QAbstractSocket::IPv6Protocol;
    m_fd = ::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_fd < 0) {
        m_error = errno;
        return false;
    }
    const int on = 1;
    ::setsockopt(m_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_storage where;
    const socklen_t size = socketAddress(address, m_port, where);
    if (::connect(m_fd, reinterpret_cast<const sockaddr*>(&where), size) == 0 || errno == EINPROGRESS ||
        errno == EINTR) {
        watch(m_fd, Writable); // also where it is done already: the owner is told from the event loop
        return true;
    }
    m_error = errno;
    ::close(std::exchange(m_fd, -1));
    return false;
}

void Connector::fdReady(quint32)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(m_fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    if (error == 0) {
        unwatch();
        m_owner.connectorDone(std::exchange(m_fd, -1));
        return;
    }
    m_error = error;
    drop();
    tryNext();
}

void Connector::failLater(StreamFailure failure, const QString& text)
{
    QMetaObject::invokeMethod(
        &m_context, [this, failure, text] { m_owner.connectorFailed(failure, text); }, Qt::QueuedConnection);
}

} // namespace gateway::http
