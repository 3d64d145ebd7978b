#include "http/tls_stream.h"

#include <QNetworkProxy>
#include <QScopedValueRollback>

#include <cerrno>
#include <sys/socket.h>

namespace gateway::http {
namespace {

constexpr qint64 kReadBuffer = 64 * 1024;
constexpr qsizetype kJoinUpTo = 16 * 1024; // one record, so that a small message is not two

} // namespace

TlsStream::TlsStream(StreamOwner& owner) : m_owner(owner)
{
    m_socket.setProxy(QNetworkProxy::NoProxy);
    m_socket.setReadBufferSize(kReadBuffer);
    connect(&m_socket, &QSslSocket::encrypted, this, [this] {
        if (m_closed)
            return;
        m_ready = true;
        m_owner.streamReady();
    });
    connect(&m_socket, &QSslSocket::readyRead, this, [this] {
        if (m_ready && m_reading && !m_closed)
            m_owner.streamReadable();
    });
    // TLS has a second buffer, of what is encrypted and not yet sent; its progress is what tells a slow reader
    connect(&m_socket, &QSslSocket::bytesWritten, this, &TlsStream::drained);
    connect(&m_socket, &QSslSocket::encryptedBytesWritten, this, &TlsStream::drained);
    connect(&m_socket, &QSslSocket::errorOccurred, this, &TlsStream::failed);
    connect(&m_socket, &QSslSocket::disconnected, this, &TlsStream::ended);
}

TlsStream::~TlsStream()
{
    m_closed = true; // the socket still speaks while it goes
    m_socket.disconnect(this);
}

bool TlsStream::adopt(qintptr descriptor)
{
    if (!m_socket.setSocketDescriptor(descriptor))
        return false;
    m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    return true;
}

void TlsStream::shakeHandsAsServer(const QSslConfiguration& configuration)
{
    m_socket.setSslConfiguration(configuration);
    m_socket.startServerEncryption();
}

void TlsStream::connectTo(const QString& host, quint16 port, const QSslConfiguration& configuration)
{
    connect(&m_socket, &QSslSocket::connected, this,
        [this] { m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1); });
    m_socket.setSslConfiguration(configuration);
    const QScopedValueRollback inside(m_inside, true);
    m_socket.connectToHostEncrypted(host, port);
}

void TlsStream::later(void (TlsStream::*what)())
{
    QMetaObject::invokeMethod(this, what, Qt::QueuedConnection);
}

void TlsStream::drained()
{
    if (m_closed || !m_ready)
        return;
    if (m_inside)
        later(&TlsStream::drained);
    else
        m_owner.streamDrained();
}

void TlsStream::failed(QAbstractSocket::SocketError error)
{
    if (m_closed || m_told || error == QAbstractSocket::RemoteHostClosedError)
        return; // an orderly close is followed by disconnected()
    if (m_ready) {
        ended();
        return;
    }
    m_told = true;
    StreamFailure failure = StreamFailure::Connect;
    if (error == QAbstractSocket::HostNotFoundError)
        failure = StreamFailure::Resolve;
    else if (error == QAbstractSocket::SslHandshakeFailedError || error == QAbstractSocket::SslInternalError ||
             error == QAbstractSocket::SslInvalidUserDataError)
        failure = StreamFailure::Tls;
    else if (error == QAbstractSocket::SocketTimeoutError)
        failure = StreamFailure::ConnectTimeout;
    const auto tell = [this, failure, text = m_socket.errorString()] {
        if (!m_closed)
            m_owner.streamFailed(failure, text);
    };
    if (m_inside)
        QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
    else
        tell();
}

void TlsStream::ended()
{
    if (m_closed || m_told)
        return;
    if (m_inside) {
        later(&TlsStream::ended);
        return;
    }
    m_told = true;
    if (m_ready)
        m_owner.streamEnded();
    else
        m_owner.streamFailed(StreamFailure::Tls, QStringLiteral("closed during connection set-up"));
}

qint64 TlsStream::read(char* to, qint64 atMost)
{
    if (m_closed || !m_socket.isOpen())
        return Ended;
    const QScopedValueRollback inside(m_inside, true);
    const qint64 count = m_socket.read(to, atMost);
    // its end is told by streamEnded(): what looks like nothing may be the end or a record that is not yet whole
    return std::max<qint64>(count, Nothing);
}

bool TlsStream::mayHoldMore() const
{
    return !m_closed && m_socket.isOpen() && m_socket.bytesAvailable() > 0;
}

void TlsStream::setReading(bool on)
{
    m_reading = on;
}

bool TlsStream::write(std::initializer_list<QByteArrayView> parts)
{
    if (m_closed || m_told)
        return false;
    qsizetype size = 0;
    for (const QByteArrayView part : parts)
        size += part.size();
    const QScopedValueRollback inside(m_inside, true);
    if (size <= kJoinUpTo) {
        QByteArray whole;
        whole.reserve(size);
        for (const QByteArrayView part : parts)
            whole.append(part.data(), part.size());
        m_socket.write(whole);
    } else {
        for (const QByteArrayView part : parts)
            m_socket.write(part.data(), part.size());
    }
    m_socket.flush(); // what goes at once needs no write notifier, hence no epoll_ctl
    return true;
}

bool TlsStream::write(QByteArrayView head, const QByteArray& body)
{
    if (head.size() + body.size() <= kJoinUpTo)
        return write({head, body});
    if (m_closed || m_told)
        return false;
    const QScopedValueRollback inside(m_inside, true);
    m_socket.write(head.data(), head.size());
    m_socket.write(body);
    m_socket.flush();
    return true;
}

qint64 TlsStream::pending() const
{
    return m_closed ? 0 : m_socket.bytesToWrite() + m_socket.encryptedBytesToWrite();
}

// TLS can only shut both ends.
void TlsStream::finishWriting()
{
    const QScopedValueRollback inside(m_inside, true);
    m_socket.disconnectFromHost();
}

void TlsStream::close()
{
    if (std::exchange(m_closed, true))
        return;
    m_socket.abort();
}

void TlsStream::closeWithReset()
{
    const struct linger reset
    {
        1, 0
    };
    if (!m_closed && m_socket.socketDescriptor() >= 0)
        ::setsockopt(int(m_socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close();
}

bool TlsStream::isOpen() const
{
    return m_ready && !m_closed && m_socket.state() == QAbstractSocket::ConnectedState;
}

// The end, or bytes nobody asked for. They may be a late session ticket or the peer's goodbye; from outside one looks
// like the other, and a new handshake costs less than a lost call.
bool TlsStream::isSilent(Ask ask)
{
    if (!isOpen() || m_socket.bytesAvailable() > 0)
        return false;
    if (ask == Ask::Nothing)
        return true;
    char byte = 0;
    const ssize_t got = ::recv(int(m_socket.socketDescriptor()), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

} // namespace gateway::http
