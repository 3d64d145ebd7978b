#include "scripted_upstream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gateway::test {
namespace {

constexpr int kLookMs = 50; // how often a waiting thread looks whether it should end

// Reads until `enough` says so; false when the peer closed or the test ends.
template <typename Enough>
bool readUntil(int descriptor, QByteArray& buffer, const std::atomic<bool>& stopping, Enough enough)
{
    while (!enough()) {
        pollfd wait{descriptor, POLLIN, 0};
        const int ready = poll(&wait, 1, kLookMs);
        if (stopping)
            return false;
        if (ready == 0)
            continue;
        char bytes[16384];
        const ssize_t got = recv(descriptor, bytes, sizeof bytes, 0);
        if (got <= 0)
            return false;
        buffer.append(bytes, got);
    }
    return true;
}

qint64 lengthOf(const QByteArray& head)
{
    const qsizetype at = head.toLower().indexOf("\r\ncontent-length:");
    return at < 0 ? 0 : head.mid(at + 17, head.indexOf("\r\n", at + 2) - at - 17).trimmed().toLongLong();
}

} // namespace

ScriptedUpstream::ScriptedUpstream()
{
    m_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(m_listener, reinterpret_cast<sockaddr*>(&address), size);
    listen(m_listener, 1024);
    getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
    m_port = ntohs(address.sin_port);
    m_accepting = std::thread([this] { acceptLoop(); });
}

ScriptedUpstream::~ScriptedUpstream()
{
    m_stopping = true;
    m_accepting.join();
    for (std::thread& thread : m_serving)
        thread.join();
    close(m_listener);
}

void ScriptedUpstream::setAnswer(ScriptedAnswer answer)
{
    const QMutexLocker lock(&m_mutex);
    m_answer = std::move(answer);
}

QList<ReceivedRequest> ScriptedUpstream::takeRequests()
{
    const QMutexLocker lock(&m_mutex);
    return std::exchange(m_requests, {});
}

void ScriptedUpstream::acceptLoop()
{
    while (!m_stopping) {
        pollfd wait{m_listener, POLLIN, 0};
        if (poll(&wait, 1, kLookMs) <= 0)
            continue;
        const int descriptor = accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0)
            continue;
        ++m_connections;
        m_serving.emplace_back([this, descriptor] { serve(descriptor); });
    }
}

void ScriptedUpstream::serve(int descriptor)
{
    QByteArray buffer;
    while (serveOne(descriptor, buffer)) {
    }
    close(descriptor);
}

bool ScriptedUpstream::serveOne(int descriptor, QByteArray& buffer)
{
    if (!readUntil(descriptor, buffer, m_stopping, [&] { return buffer.contains("\r\n\r\n"); }))
        return false;
    const qsizetype headSize = buffer.indexOf("\r\n\r\n") + 4;
    const qint64 bodySize = lengthOf(buffer.left(headSize));
    if (!readUntil(descriptor, buffer, m_stopping, [&] { return buffer.size() >= headSize + bodySize; }))
        return false;

    ScriptedAnswer answer;
    {
        const QMutexLocker lock(&m_mutex);
        m_requests.append({buffer.left(headSize), buffer.mid(headSize, bodySize)});
        answer = m_answer;
    }
    buffer.remove(0, headSize + bodySize);
    for (qsizetype sent = 0; sent < answer.bytes.size();) {
        const ssize_t step =
            send(descriptor, answer.bytes.constData() + sent, std::size_t(answer.bytes.size() - sent), MSG_NOSIGNAL);
        if (step <= 0)
            return false;
        sent += step;
    }
    if (answer.then == Hangup::Reset) {
        const linger atOnce{1, 0}; // close() then sends RST
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    }
    return answer.then == Hangup::Stay;
}

} // namespace gateway::test
