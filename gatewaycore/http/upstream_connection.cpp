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

// A byte that could end the target or the line is percent-encoded: whatever the path is made of, it stays one.
void appendPath(QByteArray& out, QByteArrayView path)
{
    if (!path.startsWith('/'))
        out.append('/');
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f && byte != '#') {
            out.append(c);
        } else {
            out.append('%');
            out.append("0123456789ABCDEF"[byte >> 4]);
            out.append("0123456789ABCDEF"[byte & 15]);
        }
    }
}

QByteArray serialise(const UpstreamRequest& request, const QByteArray& hostField)
{
    QByteArray out;
    out.reserve(1024 + request.path.size() + request.body.size());
    out.append(request.method);
    out.append(' ');
    appendPath(out, request.path);
    out.append(" HTTP/1.1\r\n");
    appendField(out, "host", hostField);
    for (const Field& field : request.fields) {
        if (!isFramingField(field.name) && !equalsIgnoringCase(field.name, "host"))
            appendField(out, field.name, field.value);
    }
    if (!request.body.isEmpty() || request.method == "POST")
        appendField(out, "content-length", QByteArray::number(request.body.size()));
    out.append("\r\n");
    out.append(request.body);
    return out;
}

} // namespace

UpstreamConnection::UpstreamConnection(UpstreamClient& client, const UpstreamTarget& target)
    : QObject(&client),
      m_client(client),
      m_target(target),
      m_parser(client.m_limits),
      m_deadline(client.m_wheel, [this] { deadlineExpired(); })
{
}

void UpstreamConnection::connectToTarget()
{
    if (m_target.tls)
        m_socket = m_secure = new QSslSocket(this);
    else
        m_socket = new QTcpSocket(this);
    m_socket->setProxy(QNetworkProxy::NoProxy);
    m_socket->setReadBufferSize(kReadBuffer);
    connect(m_socket, &QTcpSocket::readyRead, this, &UpstreamConnection::readAnswer);
    connect(m_socket, &QTcpSocket::errorOccurred, this, &UpstreamConnection::socketFailed);
    connect(m_socket, &QTcpSocket::disconnected, this, &UpstreamConnection::brokenOff);
    if (m_secure) {
        m_secure->setSslConfiguration(m_client.tlsConfiguration(m_target.caFile));
        connect(m_secure, &QSslSocket::encrypted, this, &UpstreamConnection::connected);
        m_secure->connectToHostEncrypted(m_target.host, m_target.port);
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
    m_answering = false;

    if (!isToken(request.method)) {
        fail(UpstreamFailure::Connect, QStringLiteral("the request was not sent: its method is not a token"));
        m_starting = false;
        return;
    }
    m_toSend = serialise(request, m_target.hostField);
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
    if (m_exchange) { // a write error has already been reported otherwise
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
    // the end, or bytes nobody asked for. On TLS they may be a late session ticket or the peer's goodbye; from outside
    // one looks like the other, and a new handshake costs less than a lost call
    return false;
}

// The client is being destroyed: no word to the listener, and nothing that reaches into the client's lists.
void UpstreamConnection::orphan()
{
    if (m_exchange)
        std::exchange(m_exchange, nullptr)->m_connection = nullptr;
    m_closed = true;
    m_deadline.stop();
    if (m_socket)
        m_socket->abort();
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
    if (m_socket)
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
    if (m_answering)
        m_deadline.start(m_exchange->m_timeouts.idle); // the time it was paused is not the provider's
    QMetaObject::invokeMethod(this, &UpstreamConnection::readAnswer, Qt::QueuedConnection);
}

// Reads while there are bytes, an exchange wants them and it is not paused. The listener may destroy the exchange at
// any call; m_exchange is null then and the loop ends.
void UpstreamConnection::readAnswer()
{
    if (m_closed || m_reading)
        return;
    if (!m_exchange) {
        if (m_socket->bytesAvailable() > 0)
            close(); // speaks without being asked
        return;
    }
    m_reading = true;
    std::array<char, kReadBuffer> scratch;
    while (m_exchange && !m_closed && !m_exchange->m_paused && m_socket->isOpen()) {
        const qint64 count = m_socket->read(scratch.data(), qint64(scratch.size()));
        if (count <= 0)
            break;
        take({scratch.data(), qsizetype(count)});
    }
    m_reading = false;
}

// Parses and delivers; ends the exchange if the answer ends or is not one.
void UpstreamConnection::take(QByteArrayView bytes)
{
    if (!m_answering) {
        m_answering = true;
        m_exchange->m_firstByteAt = m_client.m_clock.monotonic();
    }
    m_exchange->m_bytesReceived += bytes.size();
    m_deadline.start(m_exchange->m_timeouts.idle);
    while (m_exchange && !m_closed) {
        const ParseStep step = m_parser.next(bytes);
        if (step == ParseStep::NeedMore)
            return;
        if (step == ParseStep::Head) {
            m_exchange->m_listener->upstreamHead(m_parser.head());
        } else if (step == ParseStep::Body) {
            m_exchange->m_listener->upstreamBody(m_parser.body());
        } else if (step == ParseStep::Refused) {
            fail(UpstreamFailure::BadAnswer, QString::fromLatin1(m_parser.error().reason));
        } else {
            complete(bytes.isEmpty()); // more than one answer to one request: that connection cannot be trusted
            return;
        }
    }
}

// A provider may answer (401, 413, 429) and close before it has read the request. Our write then fails, and Qt drops
// the socket without reading the answer that lies in the kernel.
void UpstreamConnection::takeWhatIsLeft()
{
    if (m_secure || m_reading)
        return;
    m_reading = true;
    std::array<char, kReadBuffer> scratch;
    while (m_exchange && !m_closed) {
        const ssize_t count = ::recv(int(m_socket->socketDescriptor()), scratch.data(), scratch.size(), MSG_DONTWAIT);
        if (count <= 0)
            break;
        take({scratch.data(), qsizetype(count)});
    }
    m_reading = false;
}

bool UpstreamConnection::allSent() const
{
    return m_socket->bytesToWrite() == 0 && (!m_secure || m_secure->encryptedBytesToWrite() == 0);
}

void UpstreamConnection::complete(bool mayBeReused)
{
    UpstreamExchange* exchange = std::exchange(m_exchange, nullptr);
    exchange->m_connection = nullptr;
    const bool reusable = mayBeReused && m_parser.head().keepAlive &&
                          m_socket->state() == QAbstractSocket::ConnectedState && allSent() &&
                          m_socket->bytesAvailable() == 0;
    if (reusable)
        m_client.giveBack(this);
    else
        close();
    exchange->m_listener->upstreamComplete();
}

void UpstreamConnection::fail(UpstreamFailure failure, const QString& text)
{
    if (m_starting) {
        QMetaObject::invokeMethod(
            this, [this, failure, text] { fail(failure, text); }, Qt::QueuedConnection);
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
        return; // disconnected() follows and reads what is left first
    const QString text = m_socket->errorString();
    if (m_ready) {
        brokenOff();
    } else if (error == QAbstractSocket::HostNotFoundError) {
        fail(UpstreamFailure::Resolve, text);
    } else if (error == QAbstractSocket::SslHandshakeFailedError || error == QAbstractSocket::SslInternalError ||
               error == QAbstractSocket::SslInvalidUserDataError) {
        fail(UpstreamFailure::Tls, text);
    } else if (error == QAbstractSocket::SocketTimeoutError) {
        fail(UpstreamFailure::ConnectTimeout, text);
    } else {
        fail(UpstreamFailure::Connect, text);
    }
}

// The established connection failed or was closed. What has arrived is still taken, paused or not.
void UpstreamConnection::brokenOff()
{
    if (m_closed)
        return;
    if (!m_exchange) {
        close();
        return;
    }
    if (m_starting || m_reading) {
        // Qt has the rest of the story in its buffer and the kernel has none after this slot; tell it from the event
        // loop
        QMetaObject::invokeMethod(this, &UpstreamConnection::brokenOff, Qt::QueuedConnection);
        return;
    }
    m_exchange->m_paused = false;
    readAnswer();
    takeWhatIsLeft();
    if (m_closed || !m_exchange)
        return;
    if (!m_ready) {
        fail(m_target.tls ? UpstreamFailure::Tls : UpstreamFailure::Connect,
            QStringLiteral("closed during connection set-up"));
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
        m_deadline.start(
            m_exchange->m_timeouts.idle); // it is the caller who does not take, and its own limit watches that
    else
        fail(UpstreamFailure::IdleTimeout, QStringLiteral("the answer stood still for too long"));
}

} // namespace gateway::http
