// http_proxy_bench: the HTTP room as a plain proxy and nothing else, to be counted and profiled beside nginx: a server
// whose handler sends each request on through the upstream client and the answer back. Not a test: ctest does not run
// it. Its parts are processes of their own, so that strace, perf and callgrind see the proxy alone.
//   http_proxy_bench mock                              a provider on epoll: 300 bytes for every request. Prints its
//   port http_proxy_bench proxy UPSTREAM_PORT SECONDS       one worker. Prints its port, then counts when it ends
//   http_proxy_bench load PORT CALLS CONNECTIONS       keep-alive calls with a body of 1 KB; prints calls per second
#include "http/epoll_dispatcher.h"
#include "http/server.h"
#include "http/timer_wheel.h"
#include "http/upstream.h"

#include <QCoreApplication>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <unordered_map>

using namespace gateway;
using namespace gateway::http;

namespace {

constexpr char kAnswer[] = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 300\r\n"
                           "x-request-id: req_0123456789abcdef\r\n\r\n";

// One call on its way: the caller's exchange and the provider's.
class Relay final : public UpstreamListener, public ExchangeListener
{
public:
    explicit Relay(std::unique_ptr<Exchange> caller) : m_caller(std::move(caller)) { m_caller->setListener(this); }

    void start(UpstreamClient& client, const UpstreamTarget& target)
    {
        UpstreamRequest request;
        request.path = QByteArrayLiteral("/v1/chat/completions");
        request.fields.append({QByteArrayLiteral("content-type"), QByteArrayLiteral("application/json")});
        request.fields.append({QByteArrayLiteral("authorization"), QByteArrayLiteral("Bearer sk-0123456789abcdef")});
        request.fields.append({QByteArrayLiteral("accept"), QByteArrayLiteral("application/json")});
        request.body = m_caller->body();
        m_upstream = client.start(target, {}, std::move(request), *this);
    }
    void upstreamHead(const ResponseHead& head) override
    {
        m_response.status = head.status;
        for (const FieldView& field : head.fields) {
            if (!isFramingField(field.name))
                m_response.fields.append({field.name.toByteArray(), field.value.toByteArray()});
        }
    }
    void upstreamBody(QByteArrayView piece) override { m_response.body.append(piece.data(), piece.size()); }
    void upstreamComplete() override
    {
        m_caller->respond(m_response);
        delete this;
    }
    void upstreamFailed(UpstreamFailure, const QString& text) override
    {
        std::fprintf(stderr, "%s\n", qPrintable(text));
        m_response.status = 502;
        m_caller->respond(m_response);
        delete this;
    }
    void callerLeft() override { delete this; }
    void callerReady() override {}

private:
    std::unique_ptr<Exchange> m_caller;
    std::unique_ptr<UpstreamExchange> m_upstream;
    Response m_response;
};

class ProxyHandler final : public RequestHandler
{
public:
    ProxyHandler(UpstreamClient& client, quint16 port) : m_client(client)
    {
        m_target.host = QStringLiteral("127.0.0.1");
        m_target.port = port;
        m_target.tls = false;
        m_target.hostField = "127.0.0.1:" + QByteArray::number(port);
        m_target.poolKey = "http://" + m_target.hostField;
    }
    void handle(std::unique_ptr<Exchange> exchange) override
    {
        ++m_count;
        (new Relay(std::move(exchange)))->start(m_client, m_target);
    }
    quint64 count() const { return m_count; }

private:
    UpstreamClient& m_client;
    UpstreamTarget m_target;
    quint64 m_count = 0;
};

int proxy(QCoreApplication& app, quint16 upstreamPort, int seconds)
{
    QThread worker;
    auto* dispatcher = new EpollDispatcher;
    worker.setEventDispatcher(dispatcher);
    worker.start();
    auto* context = new QObject;
    context->moveToThread(&worker);
    QMetaObject::invokeMethod(context, [&] {
        static SystemClock clock;
        auto* wheel = new TimerWheel;
        auto* client = new UpstreamClient(*wheel, clock, MessageLimits{});
        auto* handler = new ProxyHandler(*client, upstreamPort);
        auto* server = new Server(ServerOptions{}, *handler, *wheel, clock);
        if (const auto started = server->start(); !started) {
            std::fprintf(stderr, "%s\n", qPrintable(started.error().message));
            app.exit(1);
            return;
        }
        std::printf("{\"port\":%d}\n", server->serverPort());
        std::fflush(stdout);
        QTimer::singleShot(seconds * 1000, context, [=, &app] {
            timespec used{};
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
            const double calls = double(std::max<quint64>(handler->count(), 1));
            std::printf("{\"calls\":%llu,\"cpu_us_per_call\":%.2f,\"epoll_ctl_per_call\":%.4f}\n",
                static_cast<unsigned long long>(handler->count()),
                (double(used.tv_sec) * 1e6 + double(used.tv_nsec) / 1e3) / calls,
                double(dispatcher->epollCtlCalls()) / calls);
            std::fflush(stdout);
            delete server;
            delete client;
            delete handler;
            delete wheel;
            app.quit();
        });
    });
    const int code = app.exec();
    worker.quit();
    worker.wait();
    delete context;
    return code;
}

int socketTo(quint16 port, bool listening)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* address = reinterpret_cast<sockaddr*>(&where);
    const bool good = listening ? ::bind(fd, address, sizeof where) == 0 && ::listen(fd, 4096) == 0
                                : ::connect(fd, address, sizeof where) == 0;
    if (!good) {
        std::perror("socket");
        std::exit(1);
    }
    return fd;
}

// How many whole requests or answers (by content-length) lie at the front; they are taken away.
int takeMessages(QByteArray& bytes)
{
    int count = 0;
    while (true) {
        const qsizetype end = bytes.indexOf("\r\n\r\n");
        if (end < 0)
            return count;
        const qsizetype at = bytes.indexOf("ontent-length: ");
        const qsizetype length = at > 0 && at < end ? qsizetype(std::atol(bytes.constData() + at + 15)) : 0;
        if (bytes.size() < end + 4 + length)
            return count;
        bytes.remove(0, end + 4 + length);
        ++count;
    }
}

int mock()
{
    const int listener = socketTo(0, true);
    sockaddr_in where{};
    socklen_t size = sizeof where;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size);
    std::printf("{\"port\":%d}\n", ntohs(where.sin_port));
    std::fflush(stdout);
    const QByteArray answer = QByteArray(kAnswer) + QByteArray(300, 'x');
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const auto add = [epoll](int fd) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    };
    add(listener);
    std::unordered_map<int, QByteArray> waiting;
    std::vector<char> buffer(256 * 1024);
    while (true) {
        epoll_event events[128];
        const int count = epoll_wait(epoll, events, 128, -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[i].data.fd;
            if (fd == listener) {
                const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (accepted >= 0)
                    add(accepted);
                continue;
            }
            const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                waiting.erase(fd);
                ::close(fd);
                continue;
            }
            QByteArray& bytes = waiting[fd];
            bytes.append(buffer.data(), got);
            for (int n = takeMessages(bytes); n > 0; --n)
                ::send(fd, answer.constData(), std::size_t(answer.size()), MSG_NOSIGNAL);
        }
    }
}

int load(quint16 port, int calls, int connections)
{
    const QByteArray body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + QByteArray(960, 'p') + "\"}]}";
    const QByteArray request =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(port) +
        "\r\nUser-Agent: bench/1\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
        "Authorization: Bearer sbx_0123456789abcdef\r\ncontent-length: " +
        QByteArray::number(body.size()) + "\r\n\r\n" + body;
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    std::unordered_map<int, QByteArray> waiting;
    int sent = 0;
    int done = 0;
    const auto ask = [&](int fd) {
        ++sent;
        ::send(fd, request.constData(), std::size_t(request.size()), MSG_NOSIGNAL);
    };
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < connections; ++i) {
        const int fd = socketTo(port, false);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
        waiting[fd];
        ask(fd);
    }
    std::vector<char> buffer(64 * 1024);
    while (done < sent) {
        epoll_event events[128];
        const int count = epoll_wait(epoll, events, 128, 60'000);
        if (count <= 0)
            break;
        for (int i = 0; i < count; ++i) {
            const int fd = events[i].data.fd;
            const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                std::fprintf(stderr, "a connection was closed\n");
                return 1;
            }
            QByteArray& bytes = waiting[fd];
            bytes.append(buffer.data(), got);
            for (int n = takeMessages(bytes); n > 0; --n) {
                ++done;
                if (sent < calls)
                    ask(fd);
            }
        }
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    std::printf("{\"calls\":%d,\"calls_per_second\":%.0f}\n", done, done / seconds);
    return done == calls ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    const auto number = [&](int at) { return arguments.value(at).toInt(); };
    const QString what = arguments.value(1);
    if (what == QLatin1String("mock"))
        return mock();
    if (what == QLatin1String("proxy"))
        return proxy(app, quint16(number(2)), std::max(1, number(3)));
    if (what == QLatin1String("load"))
        return load(quint16(number(2)), std::max(1, number(3)), std::max(1, number(4)));
    std::fprintf(stderr, "mock | proxy UPSTREAM_PORT SECONDS | load PORT CALLS CONNECTIONS\n");
    return 2;
}
