// A provider made of threads and plain sockets: each accepted connection runs a script on a thread of its own and
// counts the requests that arrive, whole or begun. It knows nothing of Qt, so it shares no mistake with what it tests.
#pragma once

#include "http_fixture.h"

namespace httptest {

class ScriptedPeer
{
public:
    // The script gets the connection and its number (0, 1, ...); it may read requests and say anything.
    using Script = std::function<void(Wire&, int)>;

    explicit ScriptedPeer(Script script, int backlog = 64) : m_script(std::move(script))
    {
        m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(m_listener, reinterpret_cast<sockaddr*>(&where), sizeof where);
        ::listen(m_listener, backlog);
        socklen_t size = sizeof where;
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&where), &size);
        m_port = ntohs(where.sin_port);
        m_acceptor = std::thread([this] { acceptAll(); });
    }
    ~ScriptedPeer()
    {
        m_stop = true;
        m_acceptor.join();
        ::close(m_listener);
        for (std::thread& thread : m_threads)
            thread.join();
    }
    quint16 port() const { return m_port; }
    int connections() const { return m_connections; }
    int requests() const { return m_requests; }
    bool isStopping() const { return m_stop; }

    // Reads one request; false if the connection ends first. Counts it as soon as its first byte is there.
    bool readRequest(Wire& wire)
    {
        bool counted = false;
        RequestParser parser{MessageLimits{}};
        parser.begin();
        while (true) {
            if (!wire.buffer().isEmpty() && !counted) {
                counted = true;
                ++m_requests;
            }
            QByteArray bytes = wire.takeBuffer();
            QByteArrayView rest = bytes;
            for (bool more = true; more;) {
                switch (parser.next(rest)) {
                case ParseStep::NeedMore:
                    more = false;
                    break;
                case ParseStep::Complete: {
                    const std::lock_guard lock(m_mutex);
                    m_heads.append(parser.head().bytes);
                    wire.buffer() = rest.toByteArray();
                    return true;
                }
                case ParseStep::Refused:
                    return false;
                default:
                    break;
                }
            }
            Wire::Got got = Wire::Got::Nothing;
            while (got == Wire::Got::Nothing && !m_stop)
                got = wire.readSome(20);
            if (got != Wire::Got::Bytes)
                return false;
        }
    }
    QByteArray lastHead() const
    {
        const std::lock_guard lock(m_mutex);
        return m_heads.isEmpty() ? QByteArray() : m_heads.last();
    }
    // Keeps the connection open until the other end or the peer as a whole goes away.
    void linger(Wire& wire)
    {
        while (!m_stop) {
            const Wire::Got got = wire.readSome(20);
            if (got == Wire::Got::End || got == Wire::Got::Reset)
                return;
        }
    }

private:
    void acceptAll()
    {
        while (!m_stop) {
            pollfd ready{m_listener, POLLIN, 0};
            if (::poll(&ready, 1, 10) <= 0)
                continue;
            const int fd = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0)
                continue;
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            m_threads.emplace_back([this, fd, number = m_connections++] {
                Wire wire(fd);
                m_script(wire, number);
            });
        }
    }

    Script m_script;
    int m_listener = -1;
    quint16 m_port = 0;
    std::atomic<bool> m_stop = false;
    std::atomic<int> m_connections = 0;
    std::atomic<int> m_requests = 0;
    std::thread m_acceptor;
    std::vector<std::thread> m_threads;
    mutable std::mutex m_mutex;
    QList<QByteArray> m_heads;
};

} // namespace httptest
