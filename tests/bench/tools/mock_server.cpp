#include "mock_server.h"

#include "clock.h"
#include "delta_mark.h"
#include "json_writer.h"
#include "usage.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace bench {
namespace {

constexpr std::size_t kReadSize = 256 * 1024;
constexpr int kEvents = 256; // between two looks at the wheel
constexpr int kCatchUpMs = 4;

MockConnection& ownerOf(Wheel::Timer& timer)
{
    return *reinterpret_cast<MockConnection*>(reinterpret_cast<char*>(&timer) - offsetof(MockConnection, timer));
}

void appendChunk(std::string& to, std::string_view data)
{
    char size[20];
    to.append(size, std::size_t(std::snprintf(size, sizeof size, "%zx\r\n", data.size())));
    to.append(data).append("\r\n");
}

std::string chunkHead(std::uint64_t stream)
{
    return R"(data: {"id":"chatcmpl-)" + std::to_string(stream) +
           R"(","object":"chat.completion.chunk","created":1795305600,"model":"m-2026-09-01","choices":[)";
}

} // namespace

MockServer::MockServer(unsigned thinkMs) : m_thinkMs(thinkMs), m_wheel(nowNs() / 1'000'000)
{
    m_epoll = ::epoll_create1(EPOLL_CLOEXEC);
    resetStats();
}

MockServer::~MockServer()
{
    for (const auto& connection : m_connections)
        ::close(connection->fd);
    ::close(m_listener);
    ::close(m_epoll);
}

int MockServer::listen(int port)
{
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(m_listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(std::uint16_t(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr;
    if (::bind(m_listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(m_listener, 4096) != 0 ||
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
        ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_listener, &event) != 0)
        return -1;
    return ntohs(address.sin_port);
}

void MockServer::run()
{
    epoll_event events[kEvents];
    while (true) {
        // up to the next full millisecond in which something is due
        const std::int64_t left = (m_wheel.nowMs() + m_wheel.quietMs(1000)) * 1'000'000 - nowNs();
        const timespec timeout{time_t(std::max<std::int64_t>(0, left) / 1'000'000'000),
            long(std::max<std::int64_t>(0, left) % 1'000'000'000)};
        const int n = ::epoll_pwait2(m_epoll, events, kEvents, &timeout, nullptr);
        for (int i = 0; i < n; ++i) {
            auto* connection = static_cast<MockConnection*>(events[i].data.ptr);
            if (!connection) {
                accept();
                continue;
            }
            if (!connection->gone && (events[i].events & EPOLLOUT))
                writable(*connection);
            if (!connection->gone && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
                readFrom(*connection);
        }
        // a few at a time: a mock that has fallen behind must go on reading, or catching up takes ever longer
        const std::int64_t until = std::min(nowNs() / 1'000'000, m_wheel.nowMs() + kCatchUpMs);
        m_wheel.advance(until, [this](Wheel::Timer& timer) { due(timer); });
        m_gone.clear();
    }
}

void MockServer::accept()
{
    for (int i = 0; i < 64; ++i) {
        const int fd = ::accept4(m_listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        auto connection = std::make_unique<MockConnection>();
        connection->fd = fd;
        connection->place = m_connections.size();
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = connection.get();
        ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, fd, &event);
        m_connections.push_back(std::move(connection));
        m_counters.mostConnections = std::max(m_counters.mostConnections, m_connections.size());
    }
}

void MockServer::readFrom(MockConnection& connection)
{
    static char buffer[kReadSize];
    const ssize_t n = ::recv(connection.fd, buffer, sizeof buffer, 0);
    if (n > 0)
        take(connection, {buffer, std::size_t(n)});
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        close(connection);
}

void MockServer::take(MockConnection& connection, std::string_view bytes)
{
    while (!bytes.empty() && !connection.gone) {
        if (connection.busy) {
            connection.in.append(bytes);
            if (connection.in.size() > 64u * 1024 * 1024)
                close(connection);
            return;
        }
        const std::size_t taken = connection.reader.feed(bytes, [&](std::string_view piece) {
            if (!connection.plan)
                connection.plan = planOf(connection.reader.path());
            if (connection.plan && connection.plan->kind != MockPlan::Kind::Plain)
                connection.body.append(piece);
        });
        bytes.remove_prefix(taken);
        if (connection.reader.state() == MessageReader::State::Bad)
            close(connection);
        else if (connection.reader.state() == MessageReader::State::Done)
            requestRead(connection);
    }
}

void MockServer::requestRead(MockConnection& connection)
{
    connection.busy = true;
    connection.receivedNs = nowNs();
    if (connection.reader.isGet()) {
        answerGet(connection);
        return;
    }
    ++m_counters.requests;
    if (!connection.plan)
        connection.plan = planOf(connection.reader.path());
    if (!connection.plan) {
        ++m_counters.refused;
        send(connection, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
        finished(connection);
        return;
    }
    const MockPlan& plan = *connection.plan;
    connection.streaming = plan.kind == MockPlan::Kind::Stream ||
                           (plan.kind == MockPlan::Kind::Auto && saysTrue(connection.body, "\"stream\""));
    connection.wantsUsage = connection.streaming && saysTrue(connection.body, "\"include_usage\"");
    std::string().swap(connection.body);
    if (connection.streaming) {
        connection.stream = m_nextStream++;
        connection.nextDelta = 0;
        ++m_counters.streams;
    }
    const unsigned think = plan.thinkMs + m_thinkMs;
    if (think > 0)
        m_wheel.set(connection.timer, connection.receivedNs / 1'000'000 + think);
    else
        answer(connection);
}

void MockServer::answer(MockConnection& connection)
{
    if (connection.streaming) {
        sendDeltas(connection);
        return;
    }
    send(connection, connection.plan->plain);
    finished(connection);
}

// The deltas that are due: one, or all of them when there is no pace.
void MockServer::sendDeltas(MockConnection& connection)
{
    const MockPlan& plan = *connection.plan;
    std::string& out = m_scratch;
    out.clear();
    if (connection.nextDelta == 0)
        out += "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n"
               "transfer-encoding: chunked\r\n\r\n";
    const std::string head = chunkHead(connection.stream);
    std::string data;
    do {
        const bool first = connection.nextDelta == 0;
        char mark[kLongestMark + 1];
        const char* const end =
            writeMark(mark, {connection.stream, connection.nextDelta, nowNs(), first ? connection.receivedNs : 0});
        data = head;
        data += first ? R"({"index":0,"delta":{"role":"assistant","content":")" : R"({"index":0,"delta":{"content":")";
        data.append(mark, std::size_t(end - mark)).append(" word").append(plan.padding, 'x');
        data += "\"},\"finish_reason\":null}]}\n\n";
        appendChunk(out, data);
        ++connection.nextDelta;
        ++m_counters.deltas;
    } while (plan.paceMs == 0 && connection.nextDelta < plan.deltas);
    if (connection.nextDelta < plan.deltas) {
        // from when this one was due; from now when the mock is far behind, so that it sends no bursts
        const std::int64_t now = nowNs() / 1'000'000;
        const std::int64_t dueMs = (now - m_wheel.nowMs() > 4 * kCatchUpMs ? now : m_wheel.nowMs()) + plan.paceMs;
        send(connection, out);
        if (!connection.gone && connection.out.empty())
            m_wheel.set(connection.timer, dueMs);
        return;
    }
    appendChunk(out, head + "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    if (connection.wantsUsage)
        appendChunk(out, head + R"(],"usage":{"prompt_tokens":18,"completion_tokens":)" + std::to_string(plan.deltas) +
                             R"(,"total_tokens":)" + std::to_string(plan.deltas + 18) + "}}\n\n");
    appendChunk(out, "data: [DONE]\n\n");
    out += "0\r\n\r\n";
    send(connection, out);
    finished(connection);
}

void MockServer::due(Wheel::Timer& timer)
{
    MockConnection& connection = ownerOf(timer);
    if (connection.streaming && connection.nextDelta > 0)
        m_counters.late.add(nowNs() - timer.dueMs * 1'000'000);
    answer(connection);
}

void MockServer::send(MockConnection& connection, std::string_view bytes)
{
    if (connection.out.empty()) {
        const ssize_t n = ::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            close(connection);
            return;
        }
        bytes.remove_prefix(n > 0 ? std::size_t(n) : 0);
        if (bytes.empty())
            return;
    }
    ++m_counters.blocked;
    connection.out.append(bytes);
    if (!connection.watchesWrite) {
        connection.watchesWrite = true;
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT;
        event.data.ptr = &connection;
        ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, connection.fd, &event);
    }
}

void MockServer::writable(MockConnection& connection)
{
    const std::string_view left = std::string_view(connection.out).substr(connection.outAt);
    const ssize_t n = ::send(connection.fd, left.data(), left.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        close(connection);
        return;
    }
    connection.outAt += n > 0 ? std::size_t(n) : 0;
    if (connection.outAt < connection.out.size())
        return;
    std::string().swap(connection.out);
    connection.outAt = 0;
    connection.watchesWrite = false;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, connection.fd, &event);
    if (!connection.busy)
        return;
    if (connection.streaming && connection.nextDelta < connection.plan->deltas)
        m_wheel.set(connection.timer, m_wheel.nowMs() + connection.plan->paceMs); // its pace begins anew
    else
        finished(connection);
}

// The answer is written, or given to the socket's queue, and the next request may be read.
void MockServer::finished(MockConnection& connection)
{
    if (connection.gone || !connection.out.empty())
        return; // writable() comes here again
    if (!connection.reader.keepsAlive()) {
        connection.busy = false;
        close(connection);
        return;
    }
    connection.busy = connection.streaming = false;
    connection.plan = nullptr;
    connection.reader.begin();
    if (!connection.in.empty()) {
        const std::string waiting = std::move(connection.in);
        connection.in.clear();
        take(connection, waiting);
    }
}

void MockServer::close(MockConnection& connection)
{
    if (connection.gone)
        return;
    if (connection.streaming && connection.busy)
        ++m_counters.streamsCut;
    connection.gone = true;
    m_wheel.clear(connection.timer);
    ::close(connection.fd);
    const std::size_t place = connection.place;
    m_gone.push_back(std::move(m_connections[place]));
    if (place + 1 != m_connections.size()) {
        m_connections[place] = std::move(m_connections.back());
        m_connections[place]->place = place;
    }
    m_connections.pop_back();
}

void MockServer::answerGet(MockConnection& connection)
{
    const bool reset = connection.reader.path() == "/stats/reset";
    const std::string body = reset || connection.reader.path() == "/stats"
                                 ? stats()
                                 : R"({"object":"list","data":[{"id":"m-2026-09-01","object":"model"}]})";
    if (reset)
        resetStats();
    send(connection, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + body);
    finished(connection);
}

std::string MockServer::stats() const
{
    const double seconds = double(nowNs() - m_counters.sinceNs) / 1e9;
    JsonWriter json;
    json.integer("requests", std::int64_t(m_counters.requests)).integer("refused", std::int64_t(m_counters.refused));
    json.integer("streams", std::int64_t(m_counters.streams));
    json.integer("streams_cut", std::int64_t(m_counters.streamsCut));
    json.integer("deltas", std::int64_t(m_counters.deltas)).integer("blocked", std::int64_t(m_counters.blocked));
    json.integer("connections", std::int64_t(m_connections.size()));
    json.integer("most_connections", std::int64_t(m_counters.mostConnections));
    json.histogram("late", m_counters.late).number("seconds", seconds);
    json.number("own_cpu", double(ownCpuNs() - m_counters.cpuNs) / 1e9 / seconds);
    json.integer("rss_kib", residentKib({int(::getpid())}));
    return json.object();
}

void MockServer::resetStats()
{
    m_counters = {};
    m_counters.mostConnections = m_connections.size();
    m_counters.sinceNs = nowNs();
    m_counters.cpuNs = ownCpuNs();
}

} // namespace bench
