// What the http tests share: a worker thread on EpollDispatcher, a server in it, and plain blocking sockets that say
// exactly which bytes go out and came in. Every read has a deadline; a test waits for a condition, never for a time.
#pragma once

#include "http/epoll_dispatcher.h"
#include "http/message_parser.h"
#include "http/server.h"
#include "http/timer_wheel.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QThread>

#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <functional>
#include <mutex>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace httptest {

using namespace gateway::http;
using namespace std::chrono_literals;

constexpr int kPatienceMs = 20000;

// Waits for a condition that another thread makes true.
inline bool eventually(const std::function<bool()>& condition, int ms = kPatienceMs)
{
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > ms)
            return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

// A thread with our dispatcher; run() executes there and waits.
class Worker
{
public:
    explicit Worker(bool epoll = true)
    {
        if (epoll)
            m_thread.setEventDispatcher(m_dispatcher = new EpollDispatcher);
        m_thread.start();
        m_context.moveToThread(&m_thread);
    }
    ~Worker() { stop(); }
    void stop()
    {
        if (m_thread.isRunning()) {
            run([this] { m_context.moveToThread(nullptr); });
            m_thread.quit();
            m_thread.wait();
        }
    }
    template <typename F>
    void run(F work)
    {
        QMetaObject::invokeMethod(&m_context, std::move(work), Qt::BlockingQueuedConnection);
    }
    template <typename F>
    void post(F work)
    {
        QMetaObject::invokeMethod(&m_context, std::move(work), Qt::QueuedConnection);
    }
    template <typename F>
    auto ask(F question)
    {
        decltype(question()) answer{};
        run([&] { answer = question(); });
        return answer;
    }
    QThread& thread() { return m_thread; }
    EpollDispatcher* dispatcher() { return m_dispatcher; }
    QObject* context() { return &m_context; }

private:
    QThread m_thread;
    QObject m_context;
    EpollDispatcher* m_dispatcher = nullptr;
};

// A blocking socket with deadlines.
class Wire
{
public:
    Wire() = default;
    explicit Wire(int fd) : m_fd(fd) {}
    Wire(Wire&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)), m_buffer(std::move(other.m_buffer)) {}
    Wire& operator=(Wire&& other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        std::swap(m_buffer, other.m_buffer);
        return *this;
    }
    ~Wire() { close(); }

    static Wire to(quint16 port, const char* address = "127.0.0.1", int receiveBuffer = 0)
    {
        const bool v6 = strchr(address, ':') != nullptr;
        const int fd = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (receiveBuffer > 0)
            ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
        int connected = -1;
        if (v6) {
            sockaddr_in6 where{};
            where.sin6_family = AF_INET6;
            where.sin6_port = htons(port);
            inet_pton(AF_INET6, address, &where.sin6_addr);
            connected = ::connect(fd, reinterpret_cast<sockaddr*>(&where), sizeof where);
        } else {
            sockaddr_in where{};
            where.sin_family = AF_INET;
            where.sin_port = htons(port);
            inet_pton(AF_INET, address, &where.sin_addr);
            connected = ::connect(fd, reinterpret_cast<sockaddr*>(&where), sizeof where);
        }
        if (connected < 0) {
            ::close(fd);
            return Wire();
        }
        return Wire(fd);
    }

    bool isOpen() const { return m_fd >= 0; }
    int descriptor() const { return m_fd; }

    // False if the peer does not take it all (closed, reset, or no progress for a long time).
    bool send(QByteArrayView bytes)
    {
        while (!bytes.isEmpty()) {
            pollfd ready{m_fd, POLLOUT, 0};
            if (::poll(&ready, 1, kPatienceMs) <= 0)
                return false;
            const ssize_t sent = ::send(m_fd, bytes.data(), size_t(bytes.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0 && errno != EAGAIN)
                return false;
            if (sent > 0)
                bytes = bytes.sliced(sent);
        }
        return true;
    }

    enum class Got
    {
        Bytes,
        End,
        Reset,
        Nothing
    };
    // One read into the buffer, waiting at most `ms`.
    Got readSome(int ms = kPatienceMs, qsizetype atMost = 64 * 1024)
    {
        pollfd ready{m_fd, POLLIN, 0};
        if (::poll(&ready, 1, ms) <= 0)
            return Got::Nothing;
        QByteArray piece(atMost, Qt::Uninitialized);
        const ssize_t count = ::recv(m_fd, piece.data(), size_t(piece.size()), 0);
        if (count < 0)
            return Got::Reset;
        if (count == 0)
            return Got::End;
        m_buffer.append(piece.constData(), count);
        return Got::Bytes;
    }
    bool readUntil(QByteArrayView mark)
    {
        while (!m_buffer.contains(mark)) {
            if (readSome() != Got::Bytes)
                return false;
        }
        return true;
    }
    bool readAtLeast(qsizetype size)
    {
        while (m_buffer.size() < size) {
            if (readSome() != Got::Bytes)
                return false;
        }
        return true;
    }
    // Everything to the end of the connection; Got::End, Got::Reset, or Got::Nothing if it stays open.
    Got readToEnd(int ms = kPatienceMs)
    {
        while (true) {
            if (const Got got = readSome(ms); got != Got::Bytes)
                return got;
        }
    }
    QByteArray& buffer() { return m_buffer; }
    QByteArray takeBuffer() { return std::exchange(m_buffer, {}); }
    void shutdownWrite() { ::shutdown(m_fd, SHUT_WR); }
    void close()
    {
        if (m_fd >= 0)
            ::close(std::exchange(m_fd, -1));
    }
    void reset()
    {
        const linger now{1, 0};
        ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }

private:
    int m_fd = -1;
    QByteArray m_buffer;
};

// One answer as a strict client reads it.
struct Answer
{
    int status = 0;
    QByteArray head;
    QByteArray body;
    bool complete = false;
    bool keepAlive = false;
};

inline Answer parseAnswer(QByteArray& bytes, bool bodiless = false, bool closed = false)
{
    MessageLimits limits;
    limits.bodyBytes = 256 << 20;
    ResponseParser parser(limits);
    parser.begin(bodiless);
    Answer answer;
    QByteArrayView rest = bytes;
    for (bool more = true; more;) {
        switch (parser.next(rest)) {
        case ParseStep::Head:
            answer.status = parser.head().status;
            answer.head = parser.head().bytes.toLower();
            answer.keepAlive = parser.head().keepAlive;
            break;
        case ParseStep::Body:
            answer.body.append(parser.body().data(), parser.body().size());
            break;
        case ParseStep::Complete:
            answer.complete = true;
            more = false;
            break;
        case ParseStep::Refused:
            answer.status = -1;
            more = false;
            break;
        case ParseStep::NeedMore:
            more = false;
            break;
        }
    }
    if (!answer.complete && closed)
        answer.complete = parser.finishAtClose();
    if (answer.complete)
        bytes = rest.toByteArray();
    return answer;
}

inline Answer readAnswer(Wire& wire, bool bodiless = false)
{
    while (true) {
        const bool enough = wire.buffer().contains("\r\n\r\n");
        if (enough) {
            QByteArray copy = wire.buffer();
            Answer answer = parseAnswer(copy, bodiless);
            if (answer.complete || answer.status < 0) {
                wire.buffer() = copy;
                return answer;
            }
        }
        if (wire.readSome() != Wire::Got::Bytes)
            return parseAnswer(wire.buffer(), bodiless, true);
    }
}

// A handler whose behaviour a test gives it, called on the worker's thread.
class Handler final : public RequestHandler
{
public:
    std::function<void(std::unique_ptr<Exchange>)> onRequest;
    std::function<std::optional<Response>(const RequestHead&)> onHead;
    std::atomic<int> handled = 0;

    void handle(std::unique_ptr<Exchange> exchange) override
    {
        ++handled;
        onRequest(std::move(exchange));
    }
    std::optional<Response> refuseEarly(const RequestHead& head, const QHostAddress&) override
    {
        return onHead ? onHead(head) : std::nullopt;
    }
};

inline Response plain(int status, QByteArray body)
{
    Response response;
    response.status = status;
    response.fields.append({QByteArrayLiteral("content-type"), QByteArrayLiteral("text/plain")});
    response.body = std::move(body);
    return response;
}

// A server in a worker of its own. Its handler first answers with "METHOD target body-length".
class ServerHost
{
public:
    explicit ServerHost(ServerOptions options = {})
    {
        handler.onRequest = [](std::unique_ptr<Exchange> exchange) {
            exchange->respond(
                plain(200, exchange->head().method.toByteArray() + ' ' + exchange->head().target.toByteArray() + ' ' +
                               QByteArray::number(exchange->body().size())));
        };
        worker.run([&] {
            m_wheel = new TimerWheel;
            m_server = new Server(options, handler, *m_wheel, m_clock);
            started = m_server->start().ok();
            m_port = m_server->serverPort();
        });
    }
    ~ServerHost()
    {
        worker.run([this] {
            m_server->disconnect();
            delete m_server;
            beforeWheel();
            delete m_wheel;
        });
        worker.stop();
    }
    quint16 port() const { return m_port; }
    Wire connect(const char* address = "127.0.0.1", int receiveBuffer = 0)
    {
        return Wire::to(m_port, address, receiveBuffer);
    }
    int connections()
    {
        return worker.ask([this] { return m_server->connectionCount(); });
    }
    Server& server() { return *m_server; }
    TimerWheel& wheel() { return *m_wheel; }
    const gateway::SystemClock& clock() const { return m_clock; }

    Handler handler;
    Worker worker;
    bool started = false;
    std::function<void()> beforeWheel = [] {};

private:
    gateway::SystemClock m_clock;
    TimerWheel* m_wheel = nullptr;
    Server* m_server = nullptr;
    quint16 m_port = 0;
};

} // namespace httptest
