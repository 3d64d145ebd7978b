#include "http/plain_stream.h"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace gateway::http {
namespace {

constexpr std::chrono::milliseconds kToldLately{2};
constexpr qsizetype kGrowBy = 32 * 1024;
constexpr qsizetype kCompactAt = 64 * 1024; // bytes already sent that are worth moving the rest for

bool isPassing(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

} // namespace

void PlainStream::adopt(int descriptor)
{
    m_fd = descriptor;
    watch(descriptor, Readable);
}

void PlainStream::connectTo(const QString& host, quint16 port)
{
    ConnectorOwner& self = *this;
    m_connector = std::make_unique<Connector>(self);
    m_connector->start(host, port);
}

void PlainStream::connectorDone(int descriptor)
{
    const auto done = std::move(m_connector); // we stand in a call of its
    adopt(descriptor);
    m_owner.streamReady();
}

void PlainStream::connectorFailed(StreamFailure failure, const QString& text)
{
    const auto done = std::move(m_connector);
    m_owner.streamFailed(failure, text);
}

void PlainStream::fdReady(quint32 events)
{
    m_peerClosing = m_peerClosing || (events & HungUp);
    if ((events & Writable) && pending() > 0) {
        iovec part{const_cast<char*>(m_out.constData()) + m_outAt, std::size_t(pending())};
        const qint64 sent = send(&part, 1);
        if (sent > 0) {
            m_outAt += sent;
            if (pending() == 0) {
                m_out = {};
                m_outAt = 0;
            }
        }
        updateWatch();
        if (m_broken)
            m_owner.streamEnded();
        else if (sent > 0)
            m_owner.streamDrained();
    }
    if ((events & Readable) && m_fd >= 0 && m_reading && !m_ended)
        m_owner.streamReadable();
}

qint64 PlainStream::read(char* to, qint64 atMost)
{
    m_mayHoldMore = false;
    if (m_fd < 0 || m_ended)
        return Ended;
    const ssize_t count = ::recv(m_fd, to, std::size_t(atMost), 0);
    if (count > 0) {
        m_mayHoldMore = count == atMost;
        return count;
    }
    if (count < 0 && isPassing(errno))
        return Nothing;
    m_ended = m_peerClosing = true;
    updateWatch();
    return Ended;
}

void PlainStream::setReading(bool on)
{
    m_reading = on;
    updateWatch();
}

// What went; 0 if nothing did for the moment or ever (m_broken says which).
qint64 PlainStream::send(iovec* parts, int count)
{
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = std::size_t(count);
    const ssize_t sent = ::sendmsg(m_fd, &message, MSG_NOSIGNAL);
    if (sent >= 0)
        return sent;
    if (!isPassing(errno)) {
        m_broken = true;
        m_out = {};
        m_outAt = 0;
    }
    return 0;
}

bool PlainStream::write(std::initializer_list<QByteArrayView> parts)
{
    if (m_fd < 0 || m_broken)
        return false;
    qint64 sent = 0;
    if (pending() == 0) {
        std::array<iovec, 4> vectors;
        int count = 0;
        for (const QByteArrayView part : parts) {
            if (!part.isEmpty())
                vectors[std::size_t(count++)] = {const_cast<char*>(part.data()), std::size_t(part.size())};
        }
        sent = send(vectors.data(), count);
        if (m_broken)
            return false;
    }
    for (QByteArrayView part : parts) {
        const qint64 gone = std::min<qint64>(sent, part.size());
        sent -= gone;
        keep(part.sliced(gone));
    }
    return true;
}

bool PlainStream::write(QByteArrayView head, const QByteArray& body)
{
    if (m_fd < 0 || m_broken)
        return false;
    if (pending() > 0 || body.isEmpty())
        return write({head, body});
    std::array<iovec, 2> vectors{iovec{const_cast<char*>(head.data()), std::size_t(head.size())},
        iovec{const_cast<char*>(body.constData()), std::size_t(body.size())}};
    const qint64 sent = send(vectors.data(), 2);
    if (m_broken)
        return false;
    if (sent < head.size()) {
        keep(head.sliced(sent));
        keep(body);
    } else if (sent < head.size() + body.size()) {
        m_out = body;
        m_outAt = sent - head.size();
        updateWatch();
    }
    return true;
}

void PlainStream::keep(QByteArrayView rest)
{
    if (rest.isEmpty())
        return;
    if (m_outAt >= kCompactAt && m_outAt >= m_out.size() / 4) {
        m_out = QByteArray(m_out.constData() + m_outAt, m_out.size() - m_outAt);
        m_outAt = 0;
    }
    // Left to itself it doubles: a reader who stands still would hold twice what its stream may keep.
    if (const qsizetype needed = m_out.size() + rest.size(); needed > kGrowBy && needed > m_out.capacity())
        m_out.reserve((needed + kGrowBy - 1) / kGrowBy * kGrowBy);
    m_out.append(rest.data(), rest.size());
    updateWatch();
}

void PlainStream::updateWatch()
{
    const quint32 reading = m_reading && !m_ended ? quint32(Readable) : 0;
    const quint32 writing = pending() > 0 ? quint32(Writable) : 0;
    want(reading | writing);
}

void PlainStream::finishWriting()
{
    if (m_fd >= 0)
        ::shutdown(m_fd, SHUT_WR);
}

void PlainStream::close()
{
    m_connector.reset();
    if (m_fd < 0)
        return;
    unwatch(true);
    ::close(std::exchange(m_fd, -1));
    m_out = {};
    m_outAt = 0;
}

void PlainStream::closeWithReset()
{
    const struct linger reset
    {
        1, 0
    };
    if (m_fd >= 0)
        ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close();
}

bool PlainStream::isSilent(Ask ask)
{
    if (!isOpen() || m_broken || isTold())
        return false;
    if (ask == Ask::Nothing || (ask == Ask::UnlessTold && askedWithin(kToldLately)))
        return true;
    char byte = 0;
    const ssize_t got = ::recv(m_fd, &byte, 1, MSG_PEEK);
    return got < 0 && isPassing(errno);
}

} // namespace gateway::http
