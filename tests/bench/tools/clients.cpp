#include "clients.h"

#include "clock.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace bench {
namespace {

constexpr std::size_t kPerAddress = 2000;
constexpr int kSmallestBuffer = 4096; // of a reader that never reads

sockaddr_in loopback(std::uint32_t last, int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(std::uint16_t(port));
    address.sin_addr.s_addr = htonl(0x7f000000u | last);
    return address;
}

} // namespace

const char* nameOf(Failure failure)
{
    switch (failure) {
    case Failure::Connect:
        return "connect";
    case Failure::ClosedBeforeAnswer:
        return "closed_before_answer";
    case Failure::ClosedMidAnswer:
        return "closed_mid_answer";
    case Failure::BadAnswer:
        return "bad_answer";
    case Failure::Timeout:
        return "timeout";
    case Failure::ClosedIdle:
        return "closed_idle";
    }
    return "";
}

Clients::Clients(Handler& handler) : m_handler(handler), m_epoll(::epoll_create1(EPOLL_CLOEXEC)) {}

Clients::~Clients()
{
    ::close(m_epoll);
}

void Clients::watch(Connection& connection, int operation)
{
    epoll_event event{};
    event.events = (connection.neverReads ? 0u : std::uint32_t(EPOLLIN)) |
                   (connection.watchesWrite ? std::uint32_t(EPOLLOUT) : 0u);
    event.data.ptr = &connection;
    ::epoll_ctl(m_epoll, operation, connection.fd, &event);
}

void Clients::connect(Connection& connection)
{
    ++m_connects;
    connection.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connection.neverReads)
        ::setsockopt(connection.fd, SOL_SOCKET, SO_RCVBUF, &kSmallestBuffer, sizeof kSmallestBuffer);
    if (connection.index >= kPerAddress) {
        const sockaddr_in from = loopback(std::uint32_t(1 + connection.index / kPerAddress), 0);
        ::setsockopt(connection.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        ::bind(connection.fd, reinterpret_cast<const sockaddr*>(&from), sizeof from);
    }
    const sockaddr_in to = loopback(1, connection.target->port);
    connection.connecting = ::connect(connection.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0;
    if (connection.connecting && errno != EINPROGRESS) {
        fail(connection, Failure::Connect);
        return;
    }
    connection.watchesWrite = connection.connecting;
    watch(connection, EPOLL_CTL_ADD);
}

void Clients::ask(Connection& connection, std::int64_t askedNs)
{
    connection.askedNs = askedNs;
    connection.sent = 0;
    connection.waiting = true;
    connection.reader.begin();
    if (connection.fd < 0)
        connect(connection);
    if (connection.fd >= 0 && !connection.connecting)
        send(connection);
}

void Clients::send(Connection& connection)
{
    Target& target = *connection.target;
    if (connection.sent == 0)
        target.stamp(++m_calls);
    const ssize_t n = ::send(
        connection.fd, target.request.data() + connection.sent, target.request.size() - connection.sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        // what the peer may have said before it closed is still to be read
        if (errno != EPIPE && errno != ECONNRESET) {
            fail(connection, Failure::ClosedBeforeAnswer);
            return;
        }
        connection.sent = target.request.size();
    }
    connection.sent += n > 0 ? std::size_t(n) : 0;
    const bool more = connection.sent < target.request.size();
    if (more != connection.watchesWrite) {
        connection.watchesWrite = more;
        watch(connection, EPOLL_CTL_MOD);
    }
}

void Clients::poll(std::int64_t untilNs)
{
    const std::int64_t left = std::max<std::int64_t>(0, untilNs - nowNs());
    const timespec timeout{time_t(left / 1'000'000'000), long(left % 1'000'000'000)};
    epoll_event events[512];
    const int n = ::epoll_pwait2(m_epoll, events, 512, &timeout, nullptr);
    for (int i = 0; i < n; ++i) {
        Connection& connection = *static_cast<Connection*>(events[i].data.ptr);
        if (connection.connecting) {
            int error = 0;
            socklen_t size = sizeof error;
            ::getsockopt(connection.fd, SOL_SOCKET, SO_ERROR, &error, &size);
            if (error != 0) {
                fail(connection, Failure::Connect);
                continue;
            }
            connection.connecting = false;
            if (connection.waiting)
                send(connection);
        } else {
            if (connection.watchesWrite && (events[i].events & EPOLLOUT))
                send(connection);
            if (connection.fd >= 0 && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
                receive(connection);
        }
    }
}

void Clients::receive(Connection& connection)
{
    static char buffer[256 * 1024];
    const ssize_t n = ::recv(connection.fd, buffer, sizeof buffer, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    const std::int64_t now = nowNs();
    if (n <= 0) {
        if (!connection.waiting) {
            fail(connection, Failure::ClosedIdle);
        } else if (n == 0 && connection.reader.closed()) {
            close(connection);
            connection.waiting = false;
            m_handler.answered(connection, now);
        } else {
            fail(connection, connection.reader.begun() ? Failure::ClosedMidAnswer : Failure::ClosedBeforeAnswer);
        }
        return;
    }
    if (connection.neverReads)
        return; // only to learn that the peer is gone
    if (!connection.waiting) {
        fail(connection, Failure::BadAnswer);
        return;
    }
    const std::size_t taken = connection.reader.feed(
        {buffer, std::size_t(n)}, [&](std::string_view piece) { m_handler.piece(connection, piece, now); });
    if (connection.reader.state() == MessageReader::State::Bad ||
        (connection.reader.state() == MessageReader::State::Done && taken != std::size_t(n))) {
        fail(connection, Failure::BadAnswer);
    } else if (connection.reader.state() == MessageReader::State::Done) {
        connection.waiting = false;
        if (!connection.reader.keepsAlive())
            close(connection);
        m_handler.answered(connection, now);
    }
}

void Clients::sweep(Connection& connection, std::int64_t timeoutNs)
{
    if (connection.waiting && nowNs() - connection.askedNs > timeoutNs)
        fail(connection, Failure::Timeout);
}

void Clients::fail(Connection& connection, Failure failure)
{
    close(connection);
    connection.waiting = false;
    m_handler.failed(connection, failure);
}

void Clients::close(Connection& connection)
{
    if (connection.fd >= 0)
        ::close(connection.fd);
    connection.fd = -1;
    connection.connecting = connection.watchesWrite = false;
}

} // namespace bench
