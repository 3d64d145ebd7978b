#include "http/server_connection.h"

#include "http/server.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QLocale>
#include <QSslCertificate>
#include <QSslSocket>

#include <array>
#include <charconv>
#include <sys/socket.h>
#include <unistd.h>

namespace gateway::http {
namespace {

using namespace std::chrono;

constexpr qint64 kReadBuffer = 64 * 1024;
constexpr milliseconds kLinger{2000};
constexpr int kLingerTurns = 15; // a caller that goes on uploading is listened to for at most this many of them
constexpr qint64 kReserveAtOnce = 256 * 1024; // a declared length is a claim: no more than this is reserved for it

void appendNumber(QByteArray& out, qint64 number, int base = 10)
{
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    out.append(digits.data(), end - digits.data());
}

bool hasNoBody(int status)
{
    return status < 200 || status == 204 || status == 304;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second per thread
QByteArrayView httpDate(qint64 wallMs)
{
    thread_local qint64 second = -1;
    thread_local QByteArray text;
    if (wallMs / 1000 != second) {
        second = wallMs / 1000;
        text = QLocale::c()
                   .toString(QDateTime::fromSecsSinceEpoch(second, Qt::UTC), u"ddd, dd MMM yyyy hh:mm:ss 'GMT'")
                   .toLatin1();
    }
    return text;
}

} // namespace

ServerConnection::ServerConnection(Server& server, quint64 number)
    : QObject(&server),
      m_server(server),
      m_number(number),
      m_parser(server.m_options.message),
      m_deadline(server.m_wheel, [this] { deadlineExpired(); }),
      m_writeDeadline(server.m_wheel, [this] { cut(); })
{
}

ServerConnection::~ServerConnection()
{
    tellGone();
}

bool ServerConnection::isIdle() const
{
    return m_state == State::Handshake || (m_state == State::Reading && m_parser.isIdle() && m_waiting.isEmpty());
}

bool ServerConnection::open(qintptr descriptor)
{
    m_descriptor = descriptor;
    if (m_server.m_options.tls)
        m_socket = m_tls = new QSslSocket(this);
    else
        m_socket = new QTcpSocket(this);
    m_socket->setReadBufferSize(kReadBuffer);
    if (!m_socket->setSocketDescriptor(descriptor)) {
        ::close(int(descriptor));
        return false;
    }
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_caller.address = m_socket->peerAddress();
    bool mapped = false; // an IPv4 caller on a dual-stack listener has the same name as on a plain one
    if (const quint32 v4 = m_caller.address.toIPv4Address(&mapped); mapped)
        m_caller.address = QHostAddress(v4);
    return true;
}

void ServerConnection::begin()
{
    connect(m_socket, &QTcpSocket::readyRead, this, &ServerConnection::pump);
    connect(m_socket, &QTcpSocket::disconnected, this, &ServerConnection::disconnected);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &ServerConnection::bytesWritten);
    connect(m_socket, &QTcpSocket::errorOccurred, this, [this](QAbstractSocket::SocketError error) {
        // an orderly close is followed by disconnected(); after anything else, a broken TLS record too, nothing is left
        if (error != QAbstractSocket::RemoteHostClosedError)
            cut();
    });
    if (m_tls) {
        // TLS has a second buffer, of what is encrypted and not yet sent; its progress is what tells a slow reader
        connect(m_tls, &QSslSocket::encryptedBytesWritten, this, &ServerConnection::bytesWritten);
        connect(m_tls, &QSslSocket::encrypted, this, &ServerConnection::ready);
        m_deadline.start(m_server.m_options.connection.handshake);
        m_tls->setSslConfiguration(*m_server.m_options.tls);
        m_tls->startServerEncryption();
    } else {
        ready();
    }
}

void ServerConnection::ready()
{
    if (m_state != State::Handshake)
        return;
    // With peer verification set to query, a certificate that does not verify does not end the handshake; it is then
    // worth as much as none.
    if (m_tls && m_tls->peerVerifyMode() == QSslSocket::QueryPeer && m_tls->sslHandshakeErrors().isEmpty() &&
        !m_tls->peerCertificate().isNull())
        m_caller.certificate = m_tls->peerCertificate().digest(QCryptographicHash::Sha256).toHex();
    m_state = State::Reading;
    m_deadline.start(m_server.m_options.connection.head);
    pump();
}

// Reads as long as there is something to read and nobody holds an exchange. Re-entered (an answer given inside
// handle()) it returns at once; the outer loop goes on.
void ServerConnection::pump()
{
    if (m_pumping)
        return;
    m_pumping = true;
    std::array<char, kReadBuffer> scratch;
    while (m_state == State::Reading || m_state == State::Lingering) {
        const QByteArray waiting = std::exchange(m_waiting, {});
        QByteArrayView bytes = waiting;
        if (bytes.isEmpty()) {
            if (!m_socket->isOpen())
                break;
            const qint64 count = m_socket->read(scratch.data(), qint64(scratch.size()));
            if (count <= 0)
                break;
            bytes = {scratch.data(), qsizetype(count)};
        }
        while (m_state == State::Reading && !bytes.isEmpty())
            bytes = consume(bytes);
        if (m_state == State::Handling)
            m_waiting = bytes.toByteArray();
        else if (m_state == State::Lingering && (m_discarded += bytes.size()) > m_server.m_options.message.bodyBytes)
            cut();
    }
    m_pumping = false;
}

// Feeds the parser up to the end of one request; gives back what lies beyond it.
QByteArrayView ServerConnection::consume(QByteArrayView bytes)
{
    if (m_parser.isIdle()) {
        m_begun = m_server.m_clock.monotonic();
        m_headOnly = false;
        m_deadline.start(m_server.m_options.connection.head);
    }
    while (m_state == State::Reading) {
        switch (m_parser.next(bytes)) {
        case ParseStep::NeedMore:
            return {};
        case ParseStep::Head:
            headComplete();
            break;
        case ParseStep::Body:
            m_body.append(m_parser.body().data(), m_parser.body().size());
            break;
        case ParseStep::Complete:
            dispatch();
            return bytes;
        case ParseStep::Refused:
            refuse(m_server.m_handler.describe(m_parser.error()));
            break;
        }
    }
    return bytes;
}

void ServerConnection::headComplete()
{
    const RequestHead& head = m_parser.head();
    if (const auto refusal = m_server.m_handler.refuseCaller(head, m_caller)) {
        m_headOnly = head.method == QByteArrayView("HEAD");
        refuse(*refusal);
        return;
    }
    if (head.framing == BodyFraming::None)
        return;
    m_inBody = true;
    m_bodyAtWindow = 0;
    m_body.reserve(std::min(head.contentLength, kReserveAtOnce));
    m_deadline.start(m_server.m_options.connection.bodyGrace);
    if (head.expectContinue)
        write(QByteArrayLiteral("HTTP/1.1 100 Continue\r\n\r\n"));
}

void ServerConnection::dispatch()
{
    m_deadline.stop();
    m_inBody = false;
    m_state = State::Handling;
    RequestHead& head = const_cast<RequestHead&>(m_parser.head()); // the parser is done with it until begin()
    m_keepAlive = head.keepAlive;
    m_headOnly = head.method == QByteArrayView("HEAD");
    m_http11 = head.minorVersion == 1;
    auto exchange = std::make_unique<Exchange>(
        this, std::move(head), std::exchange(m_body, {}), m_caller, m_begun, m_server.m_clock.monotonic());
    m_exchange = exchange.get();
    m_server.m_handler.handle(std::move(exchange));
}

// An answer in place of an exchange, and the end of the connection.
void ServerConnection::refuse(const Response& response)
{
    m_keepAlive = false;
    m_body = {};
    QByteArray out;
    appendHead(out, response.status, response.fields, false, response.body.size());
    if (!m_headOnly && !hasNoBody(response.status))
        out.append(response.body);
    write(out);
    linger();
}

// contentLength < 0: none is stated.
void ServerConnection::appendHead(
    QByteArray& out, int status, const Fields& fields, bool keepAlive, qint64 contentLength) const
{
    out.append("HTTP/1.1 ");
    appendNumber(out, status);
    out.append(' ');
    out.append(reasonPhrase(status));
    out.append("\r\n");
    for (const Field& field : fields) {
        if (!isFramingField(field.name))
            appendField(out, field.name, field.value);
    }
    if (contentLength >= 0 && !hasNoBody(status)) {
        out.append("content-length: ");
        appendNumber(out, contentLength);
        out.append("\r\n");
    }
    out.append("date: ");
    const QByteArrayView date = httpDate(m_server.m_clock.wallMs());
    out.append(date.data(), date.size());
    if (!keepAlive)
        out.append("\r\nconnection: close");
    else if (!m_http11)
        out.append("\r\nconnection: keep-alive");
    if (m_streaming && m_http11 && !hasNoBody(status))
        out.append("\r\ntransfer-encoding: chunked");
    out.append("\r\n\r\n");
}

qint64 ServerConnection::respond(const Response& response)
{
    if (m_state != State::Handling || m_streaming)
        return 0;
    if (response.close || m_server.isDraining())
        m_keepAlive = false;
    QByteArray out;
    out.reserve(512 + response.body.size());
    appendHead(out, response.status, response.fields, m_keepAlive, response.body.size());
    if (!m_headOnly && !hasNoBody(response.status))
        out.append(response.body);
    write(out);
    answered();
    return out.size();
}

qint64 ServerConnection::beginStream(int status, const Fields& fields)
{
    if (m_state != State::Handling || m_streaming)
        return 0;
    m_streaming = true;
    m_headOnly = m_headOnly || hasNoBody(status);
    // HTTP/1.0: the end of the connection is the end of the body
    if (m_server.isDraining() || (!m_http11 && !m_headOnly))
        m_keepAlive = false;
    QByteArray out;
    appendHead(out, status, fields, m_keepAlive, -1);
    write(out);
    return out.size();
}

qint64 ServerConnection::sendPiece(QByteArrayView piece, bool last)
{
    if (m_state != State::Handling || !m_streaming)
        return 0;
    QByteArray out;
    if (m_headOnly) {
        // the answer to HEAD ends with its head
    } else if (!m_http11) {
        out = piece.toByteArray();
    } else {
        out.reserve(piece.size() + 32);
        if (!piece.isEmpty()) {
            appendNumber(out, piece.size(), 16);
            out.append("\r\n");
            out.append(piece.data(), piece.size());
            out.append("\r\n");
        }
        if (last)
            out.append("0\r\n\r\n");
    }
    if (!out.isEmpty())
        write(out);
    if (last)
        answered();
    return out.size();
}

qint64 ServerConnection::pendingBytes() const
{
    return m_socket->bytesToWrite() + (m_tls ? m_tls->encryptedBytesToWrite() : 0);
}

void ServerConnection::write(const QByteArray& bytes)
{
    if (m_state == State::Closed)
        return;
    m_writing = true;
    m_socket->write(bytes);
    if (m_state != State::Closed)
        m_socket->flush(); // what goes at once needs no write notifier, hence no epoll_ctl
    m_writing = false;
    if (m_state != State::Closed && !m_writeDeadline.isArmed() && pendingBytes() > 0)
        m_writeDeadline.start(m_server.m_options.connection.writeStall);
}

void ServerConnection::bytesWritten()
{
    if (m_state == State::Closed)
        return;
    const qint64 pending = pendingBytes();
    if (pending == 0)
        m_writeDeadline.stop();
    else
        m_writeDeadline.start(m_server.m_options.connection.writeStall);
    if (m_state == State::Lingering) {
        if (pending == 0)
            lingerWhenWritten();
    } else if (m_wantsReady && pending <= m_server.m_options.connection.writeBuffer / 2) {
        if (m_writing)
            QMetaObject::invokeMethod(this, &ServerConnection::bytesWritten, Qt::QueuedConnection);
        else
            tellReady();
    }
}

void ServerConnection::tellReady()
{
    m_wantsReady = false;
    if (m_exchange && m_exchange->m_listener)
        m_exchange->m_listener->callerReady();
}

bool ServerConnection::isBufferFull()
{
    if (m_state == State::Closed)
        return false;
    const bool full = pendingBytes() > m_server.m_options.connection.writeBuffer;
    m_wantsReady = m_wantsReady || full;
    return full;
}

// The answer is written. On to the next request, or to the close.
void ServerConnection::answered()
{
    if (m_state == State::Closed)
        return; // the write failed; the exchange is told from the event loop
    if (m_exchange)
        m_exchange->m_connection = nullptr;
    m_exchange = nullptr;
    m_wantsReady = m_streaming = false;
    if (!m_keepAlive || m_server.isDraining()) {
        linger();
        return;
    }
    m_parser.begin();
    m_state = State::Reading;
    m_deadline.start(m_server.m_options.connection.keepAliveIdle);
    // not from here: the next request must not be handled inside the call that ended this one
    if (!m_pumping && (!m_waiting.isEmpty() || m_socket->bytesAvailable() > 0))
        QMetaObject::invokeMethod(this, &ServerConnection::pump, Qt::QueuedConnection);
}

// Closes so that the answer arrives: first all of it is sent, then our end is shut, and what the caller still sends is
// read and thrown away for a while. Closing with bytes unread would send a reset, which can overtake the answer.
void ServerConnection::linger()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Lingering;
    m_waiting.clear();
    m_deadline.stop(); // until all is written the write deadline watches
    // TLS can only shut both ends. That is right when nothing more is due from the caller; else it closes after
    // reading.
    if (m_tls && !m_inBody && m_parser.isComplete())
        m_tls->disconnectFromHost();
    if (m_state == State::Lingering && pendingBytes() == 0)
        lingerWhenWritten();
}

void ServerConnection::lingerWhenWritten()
{
    if (m_deadline.isArmed())
        return;
    if (!m_tls)
        ::shutdown(int(m_descriptor), SHUT_WR);
    m_deadline.start(kLinger);
    if (!m_pumping && m_socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &ServerConnection::pump, Qt::QueuedConnection);
}

void ServerConnection::exchangeAbandoned()
{
    m_exchange = nullptr;
    cut();
}

void ServerConnection::cut()
{
    if (m_state == State::Closed)
        return;
    if (m_streaming && !m_http11) {
        // here a clean close would mean "complete": a reset is the only way to say that it is not
        const struct linger reset
        {
            1, 0
        };
        ::setsockopt(int(m_descriptor), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    // closed first: abort() emits signals
    disconnected();
    if (m_socket)
        m_socket->abort();
}

void ServerConnection::disconnected()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_deadline.stop();
    m_writeDeadline.stop();
    m_server.connectionClosed(this, m_caller.address);
    if (m_writing)
        QMetaObject::invokeMethod(this, &ServerConnection::tellGone, Qt::QueuedConnection);
    else
        tellGone();
    deleteLater();
}

void ServerConnection::tellGone()
{
    if (m_exchange)
        std::exchange(m_exchange, nullptr)->connectionGone();
}

void ServerConnection::deadlineExpired()
{
    const ConnectionLimits& limits = m_server.m_options.connection;
    if (m_state == State::Reading && m_parser.isIdle()) {
        cut(); // idle keep-alive, or connected and silent: nothing to say
    } else if (m_state == State::Reading && !m_inBody) {
        refuse(m_server.m_handler.describe({408, "the request head did not arrive in time"}));
    } else if (m_state == State::Reading) {
        // each window by itself: a large first piece is no credit for a slow rest
        const qint64 inWindow = m_parser.bodyReceived() - m_bodyAtWindow;
        if (inWindow * 1000 >= limits.bodyBytesPerSecond * limits.bodyGrace.count()) {
            m_bodyAtWindow = m_parser.bodyReceived();
            m_deadline.start(limits.bodyGrace);
        } else {
            refuse(m_server.m_handler.describe({408, "the request body came too slowly"}));
        }
    } else if (m_state == State::Lingering && m_discarded > m_discardedAtTurn && ++m_lingerTurns < kLingerTurns) {
        m_discardedAtTurn = m_discarded;
        m_deadline.start(kLinger);
    } else {
        cut();
    }
}

} // namespace gateway::http
