#include "http/upstream_connection.h"

#include <QNetworkProxy>

#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace gateway::http {
namespace {

using namespace std::chrono;

constexpr qint64 kReadBuffer = 64 * 1024;
// Python model servers (uvicorn) close idle connections after 5 s; a request sent into that close would be lost, and we
// do not repeat requests. Behind TLS are the large providers, which keep connections for minutes.
constexpr milliseconds kIdlePlain{4500};
constexpr milliseconds kIdleTls{30000};

}  // namespace

UpstreamConnection::UpstreamConnection(UpstreamClient& client, const UpstreamTarget& target)
    : QObject(&client)
    , m_client(client)
    , m_target(target)
    , m_parser(client.m_limits)
    , m_deadline(client.m_wheel, [this] { deadlineExpired(); })
{
}

void UpstreamConnection::connectToTarget()
{
    QSslSocket* secure = nullptr;
    if (m_target.tls)
        m_socket = secure = new QSslSocket(this);
    else
        m_socket = new QTcpSocket(this);
    m_socket->setProxy(QNetworkProxy::NoProxy);
    m_socket->setReadBufferSize(kReadBuffer);
    connect(m_socket, &QTcpSocket::readyRead, this, &UpstreamConnection::readAnswer);
    connect(m_socket, &QTcpSocket::errorOccurred, this, &UpstreamConnection::socketFailed);
    connect(m_socket, &QTcpSocket::disconnected, this, &UpstreamConnection::closedByPeer);
    if (secure) {
        secure->setSslConfiguration(m_client.tlsConfiguration(m_target.caFile));
        connect(secure, &QSslSocket::encrypted, this, &UpstreamConnection::connected);
        secure->connectToHostEncrypted(m_target.host, m_target.port);
    } else {
        connect(m_socket, &QTcpSocket::connected, this, &UpstreamConnection::connected);
        m_socket->connectToHost(m_target.host, m_target.port);
    }
}

void UpstreamConnection::start(UpstreamExchange& exchange, const UpstreamRequest& request)
{
    m_starting = true;
    m_exchange = &exchange;
    exchange.m_connection = this;
    m_parser.begin(request.method == "HEAD");
    m_answering = m_headGiven = false;

    m_toSend.clear();
    m_toSend.reserve(512 + request.body.size());
    m_toSend.append(request.method);
    m_toSend.append(' ');
    m_toSend.append(request.path);
    m_toSend.append(" HTTP/1.1\r\n");
    appendField(m_toSend, "host", m_target.hostField);
    for (const Field& field : request.fields)
        appendField(m_toSend, field.name, field.value);
    if (!request.body.isEmpty() || request.method == "POST")
        appendField(m_toSend, "content-length", QByteArray::number(request.body.size()));
    m_toSend.append("\r\n");
    m_toSend.append(request.body);

    if (m_ready) {
        exchange.m_reused = true;
        exchange.m_connectedAt = m_client.m_clock.monotonic();
        sendRequest();
    } else {
        m_deadline.start(exchange.m_timeouts.connect);
        connectToTarget();
    }
    m_starting = false;
}

void UpstreamConnection::connected()
{
    m_ready = true;
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    if (!m_exchange)
        return;
    m_exchange->m_connectedAt = m_client.m_clock.monotonic();
    sendRequest();
}

void UpstreamConnection::sendRequest()
{
    m_deadline.start(m_exchange->m_timeouts.firstByte);
    const qint64 size = m_toSend.size();
    m_socket->write(std::exchange(m_toSend, {}));
    if (m_exchange) {  // a write error has already been reported otherwise
        m_exchange->m_bytesSent = size;
        m_exchange->m_sentAt = m_client.m_clock.monotonic();
    }
    if (!m_closed)
        m_socket->flush();
}

bool UpstreamConnection::isAlive() const
{
    if (m_closed || m_socket->state() != QAbstractSocket::ConnectedState || m_socket->bytesAvailable() > 0)
        return false;
    char byte = 0;
    const ssize_t got = ::recv(int(m_socket->socketDescriptor()), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK;
    return got > 0 && m_target.tls;  // session tickets may wait on a TLS connection; on a plain one nothing may
}

void UpstreamConnection::rest()
{
    m_deadline.start(m_target.tls ? kIdleTls : kIdlePlain);
}

void UpstreamConnection::close()
{
    if (std::exchange(m_closed, true))
        return;
    m_deadline.stop();
    m_client.forget(this);
    m_socket->abort();
    deleteLater();
}

void UpstreamConnection::exchangeDropped()
{
    m_exchange = nullptr;
    close();
}

void UpstreamConnection::readSoon()
{
    QMetaObject::invokeMethod(this, &UpstreamConnection::readAnswer, Qt::QueuedConnection);
}

// Reads while there are bytes, an exchange wants them and it is not paused. The listener may destroy the exchange at any
// call; m_exchange is null then and the loop ends.
void UpstreamConnection::readAnswer()
{
    if (m_closed || m_reading)
        return;
    if (!m_exchange) {
        if (m_socket->bytesAvailable() > 0)
            close();  // speaks without being asked
        return;
    }
    m_reading = true;
    std::array<char, kReadBuffer> scratch;
    while (m_exchange && !m_closed && !m_exchange->m_paused) {
        const qint64 count = m_socket->read(scratch.data(), qint64(scratch.size()));
        if (count <= 0)
            break;
        if (!m_answering) {
            m_answering = true;
            m_exchange->m_firstByteAt = m_client.m_clock.monotonic();
        }
        m_exchange->m_bytesReceived += count;
        m_deadline.start(m_exchange->m_timeouts.idle);
        QByteArrayView bytes(scratch.data(), qsizetype(count));
        while (m_exchange && !m_closed) {
            const ParseStep step = m_parser.next(bytes);
            if (step == ParseStep::NeedMore)
                break;
            if (step == ParseStep::Head) {
                m_headGiven = true;
                m_exchange->m_listener->upstreamHead(m_parser.head());
            } else if (step == ParseStep::Body) {
                m_exchange->m_listener->upstreamBody(m_parser.body());
            } else if (step == ParseStep::Refused) {
                fail(UpstreamFailure::BadAnswer, QString::fromLatin1(m_parser.error().reason));
            } else {
                complete(bytes.isEmpty());  // more than one answer to one request: that connection cannot be trusted
                break;
            }
        }
    }
    m_reading = false;
}

void UpstreamConnection::complete(bool mayBeReused)
{
    UpstreamExchange* exchange = std::exchange(m_exchange, nullptr);
    exchange->m_connection = nullptr;
    const bool reusable = mayBeReused && m_parser.head().keepAlive && m_socket->state() == QAbstractSocket::ConnectedState && m_socket->bytesToWrite() == 0;
    if (reusable)
        m_client.giveBack(this);
    else
        close();
    exchange->m_listener->upstreamComplete();
}

void UpstreamConnection::fail(UpstreamFailure failure, const QString& text)
{
    if (m_starting) {
        QMetaObject::invokeMethod(this, [this, failure, text] { fail(failure, text); }, Qt::QueuedConnection);
        return;
    }
    UpstreamExchange* exchange = std::exchange(m_exchange, nullptr);
    close();
    if (exchange) {
        exchange->m_connection = nullptr;
        exchange->m_listener->upstreamFailed(failure, text);
    }
}

void UpstreamConnection::socketFailed(QAbstractSocket::SocketError error)
{
    if (m_closed || error == QAbstractSocket::RemoteHostClosedError)
        return;  // disconnected() follows and reads what is left first
    const QString text = m_socket->errorString();
    if (m_ready) {
        closedByPeer();
    } else if (error == QAbstractSocket::HostNotFoundError) {
        fail(UpstreamFailure::Resolve, text);
    } else if (error == QAbstractSocket::SslHandshakeFailedError || error == QAbstractSocket::SslInternalError
        || error == QAbstractSocket::SslInvalidUserDataError) {
        fail(UpstreamFailure::Tls, text);
    } else if (error == QAbstractSocket::SocketTimeoutError) {
        fail(UpstreamFailure::ConnectTimeout, text);
    } else {
        fail(UpstreamFailure::Connect, text);
    }
}

void UpstreamConnection::closedByPeer()
{
    if (m_closed)
        return;
    if (!m_exchange) {
        close();
        return;
    }
    m_exchange->m_paused = false;  // what Qt has read is all there will ever be
    readAnswer();
    if (m_closed || !m_exchange)
        return;
    if (!m_ready) {
        fail(m_target.tls ? UpstreamFailure::Tls : UpstreamFailure::Connect, QStringLiteral("closed during connection set-up"));
    } else if (m_parser.finishAtClose()) {
        complete(false);
    } else if (!m_answering) {
        fail(UpstreamFailure::ClosedBeforeAnswer, QStringLiteral("the connection was closed before an answer"));
    } else {
        fail(UpstreamFailure::ClosedMidAnswer, QStringLiteral("the connection was closed in the middle of the answer"));
    }
}

void UpstreamConnection::deadlineExpired()
{
    if (!m_exchange)
        close();
    else if (!m_ready)
        fail(UpstreamFailure::ConnectTimeout, QStringLiteral("no connection within the time allowed"));
    else if (!m_answering)
        fail(UpstreamFailure::FirstByteTimeout, QStringLiteral("no answer within the time allowed"));
    else if (m_exchange->m_paused)
        m_deadline.start(m_exchange->m_timeouts.idle);  // it is the caller who does not take, and its own limit watches that
    else
        fail(UpstreamFailure::IdleTimeout, QStringLiteral("the answer stood still for too long"));
}

}  // namespace gateway::http
