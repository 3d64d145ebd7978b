#include "http/server_connection.h"

#include "http/server.h"

#include <QDateTime>
#include <QLocale>
#include <QSslSocket>

#include <array>
#include <sys/socket.h>

namespace gateway::http {
namespace {

using namespace std::chrono;

constexpr qint64 kReadBuffer = 64 * 1024;
constexpr milliseconds kLinger{2000};
constexpr qint64 kReserveAtOnce = 1 << 20;  // a declared length is a claim: no more than this is reserved for it

// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second per thread
QByteArrayView httpDate(qint64 wallMs)
{
    thread_local qint64 second = -1;
    thread_local QByteArray text;
    if (wallMs / 1000 != second) {
        second = wallMs / 1000;
        text = QLocale::c().toString(QDateTime::fromSecsSinceEpoch(second, Qt::UTC), u"ddd, dd MMM yyyy hh:mm:ss 'GMT'").toLatin1();
    }
    return text;
}

}  // namespace

ServerConnection::ServerConnection(Server& server)
    : QObject(&server)
    , m_server(server)
    , m_parser(server.m_options.message)
    , m_deadline(server.m_wheel, [this] { deadlineExpired(); })
    , m_writeDeadline(server.m_wheel, [this] { cut(); })
{
}

ServerConnection::~ServerConnection() = default;

bool ServerConnection::open(qintptr descriptor)
{
    QSslSocket* tls = nullptr;
    if (m_server.m_options.tls)
        m_socket = tls = new QSslSocket(this);
    else
        m_socket = new QTcpSocket(this);
    m_socket->setReadBufferSize(kReadBuffer);
    if (!m_socket->setSocketDescriptor(descriptor))
        return false;
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_peer = m_socket->peerAddress();
    connect(m_socket, &QTcpSocket::readyRead, this, &ServerConnection::pump);
    connect(m_socket, &QTcpSocket::disconnected, this, &ServerConnection::disconnected);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &ServerConnection::bytesWritten);
    connect(m_socket, &QTcpSocket::errorOccurred, this, [this] {
        if (m_socket->state() != QAbstractSocket::ConnectedState)
            disconnected();
    });
    if (tls) {
        m_deadline.start(m_server.m_options.connection.handshake);
        tls->setSslConfiguration(*m_server.m_options.tls);
        connect(tls, &QSslSocket::encrypted, this, &ServerConnection::ready);
        tls->startServerEncryption();
    } else {
        ready();
    }
    return true;
}

void ServerConnection::ready()
{
    m_state = State::Reading;
    m_deadline.start(m_server.m_options.connection.head);
    pump();
}

// Reads as long as there is something to read and nobody holds an exchange. Re-entered (an answer given inside handle())
// it returns at once; the outer loop goes on.
void ServerConnection::pump()
{
    if (m_pumping)
        return;
    m_pumping = true;
    std::array<char, kReadBuffer> scratch;
    while (m_state == State::Reading || m_state == State::Lingering) {
        if (m_state == State::Reading && !m_waiting.isEmpty()) {
            const QByteArray waiting = std::exchange(m_waiting, {});
            consume(waiting);
            continue;
        }
        const qint64 count = m_socket->read(scratch.data(), qint64(scratch.size()));
        if (count <= 0)
            break;
        if (m_state == State::Reading)
            consume({scratch.data(), qsizetype(count)});
        else if ((m_discarded += count) > m_server.m_options.message.bodyBytes)
            cut();
    }
    m_pumping = false;
}

void ServerConnection::consume(QByteArrayView bytes)
{
    if (m_parser.isIdle()) {
        m_begun = m_server.m_clock.monotonic();
        m_deadline.start(m_server.m_options.connection.head);
    }
    while (true) {
        switch (m_parser.next(bytes)) {
        case ParseStep::NeedMore:
            return;
        case ParseStep::Head:
            headComplete();
            if (m_state != State::Reading)
                return;
            break;
        case ParseStep::Body:
            m_body.append(m_parser.body().data(), m_parser.body().size());
            break;
        case ParseStep::Complete:
            m_waiting = bytes.toByteArray();
            dispatch();
            return;
        case ParseStep::Refused:
            refuse(m_server.m_handler.describe(m_parser.error()));
            return;
        }
    }
}

void ServerConnection::headComplete()
{
    const RequestHead& head = m_parser.head();
    if (const auto refusal = m_server.m_handler.refuseEarly(head, m_peer)) {
        m_headOnly = head.method == QByteArrayView("HEAD");
        refuse(*refusal);
        return;
    }
    if (head.framing == BodyFraming::None)
        return;
    m_inBody = true;
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
    RequestHead& head = const_cast<RequestHead&>(m_parser.head());  // the parser is done with it until begin()
    m_keepAlive = head.keepAlive && !m_server.isDraining();
    m_headOnly = head.method == QByteArrayView("HEAD");
    m_chunked = head.minorVersion == 1;
    auto exchange = std::make_unique<Exchange>(
        this, std::move(head), std::exchange(m_body, {}), m_peer, m_begun, m_server.m_clock.monotonic());
    m_exchange = exchange.get();
    m_server.m_handler.handle(std::move(exchange));
}

void ServerConnection::refuse(const Response& response)
{
    m_keepAlive = false;
    QByteArray out;
    Fields fields = response.fields;
    fields.append({QByteArrayLiteral("content-length"), QByteArray::number(response.body.size())});
    appendHead(out, response.status, fields, false);
    if (!m_headOnly)
        out.append(response.body);
    write(out);
    linger();
}

void ServerConnection::appendHead(QByteArray& out, int status, const Fields& fields, bool keepAlive) const
{
    out.append("HTTP/1.1 ");
    out.append(QByteArray::number(status));
    out.append(' ');
    out.append(reasonPhrase(status));
    out.append("\r\n");
    for (const Field& field : fields)
        appendField(out, field.name, field.value);
    appendField(out, "date", httpDate(m_server.m_clock.wallMs()));
    if (!keepAlive)
        out.append("connection: close\r\n");
    out.append("\r\n");
}

qint64 ServerConnection::respond(const Response& response)
{
    if (response.close)
        m_keepAlive = false;
    Fields fields = response.fields;
    if (response.status != 204 && response.status != 304)
        fields.append({QByteArrayLiteral("content-length"), QByteArray::number(response.body.size())});
    QByteArray out;
    out.reserve(512 + response.body.size());
    appendHead(out, response.status, fields, m_keepAlive);
    if (!m_headOnly)
        out.append(response.body);
    write(out);
    answered();
    return out.size();
}

qint64 ServerConnection::beginStream(int status, const Fields& fields)
{
    Fields all = fields;
    if (m_chunked)
        all.append({QByteArrayLiteral("transfer-encoding"), QByteArrayLiteral("chunked")});
    else
        m_keepAlive = false;  // HTTP/1.0: the end of the connection is the end of the body
    QByteArray out;
    appendHead(out, status, all, m_keepAlive);
    write(out);
    return out.size();
}

qint64 ServerConnection::sendPiece(QByteArrayView piece, bool last)
{
    QByteArray out;
    if (!m_chunked) {
        out = piece.toByteArray();
    } else {
        out.reserve(piece.size() + 32);
        if (!piece.isEmpty()) {
            out.append(QByteArray::number(piece.size(), 16));
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

void ServerConnection::write(const QByteArray& bytes)
{
    if (m_state == State::Closed)
        return;
    m_socket->write(bytes);
    m_socket->flush();  // what goes at once needs no write notifier, hence no epoll_ctl
    if (m_state != State::Closed && m_socket->bytesToWrite() > 0 && !m_writeDeadline.isArmed())
        m_writeDeadline.start(m_server.m_options.connection.writeStall);
}

void ServerConnection::bytesWritten()
{
    if (m_socket->bytesToWrite() == 0)
        m_writeDeadline.stop();
    else
        m_writeDeadline.start(m_server.m_options.connection.writeStall);
    if (m_wantsReady && m_socket->bytesToWrite() <= m_server.m_options.connection.writeBuffer / 2) {
        m_wantsReady = false;
        if (m_exchange && m_exchange->m_listener)
            m_exchange->m_listener->callerReady();
    }
}

bool ServerConnection::isBufferFull() const
{
    const bool full = m_socket->bytesToWrite() > m_server.m_options.connection.writeBuffer;
    if (full)
        const_cast<ServerConnection*>(this)->m_wantsReady = true;
    return full;
}

// The answer is written. On to the next request, or to the close.
void ServerConnection::answered()
{
    if (m_exchange)
        m_exchange->m_connection = nullptr;
    m_exchange = nullptr;
    m_wantsReady = false;
    if (m_state == State::Closed)
        return;
    if (!m_keepAlive || m_server.isDraining()) {
        linger();
        return;
    }
    m_parser.begin();
    m_state = State::Reading;
    m_deadline.start(m_server.m_options.connection.keepAliveIdle);
    if (!m_waiting.isEmpty() || m_socket->bytesAvailable() > 0)
        pump();
}

void ServerConnection::linger()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Lingering;
    m_deadline.start(kLinger);
    m_waiting.clear();
    if (m_socket->bytesToWrite() == 0 && !m_server.m_options.tls)
        ::shutdown(int(m_socket->socketDescriptor()), SHUT_WR);  // the caller sees the end; we still drain its bytes
    else
        m_socket->disconnectFromHost();
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
    if (m_socket)
        m_socket->abort();
    disconnected();
}

void ServerConnection::disconnected()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_deadline.stop();
    m_writeDeadline.stop();
    m_server.connectionClosed(this, m_peer);
    if (m_exchange)
        std::exchange(m_exchange, nullptr)->connectionGone();
    deleteLater();
}

void ServerConnection::deadlineExpired()
{
    const ConnectionLimits& limits = m_server.m_options.connection;
    if (m_state == State::Reading && m_parser.isIdle()) {
        cut();  // idle keep-alive, or connected and silent: nothing to say
    } else if (m_state == State::Reading && !m_inBody) {
        refuse(m_server.m_handler.describe({408, "the request head did not arrive in time"}));
    } else if (m_state == State::Reading) {
        const auto elapsed = duration_cast<milliseconds>(m_server.m_clock.monotonic() - m_begun);
        if (m_parser.bodyReceived() * 1000 >= limits.bodyBytesPerSecond * elapsed.count())
            m_deadline.start(seconds(1));
        else
            refuse(m_server.m_handler.describe({408, "the request body came too slowly"}));
    } else {
        cut();
    }
}

}  // namespace gateway::http
