#include "http/server_connection.h"

#include "http/head_writer.h"
#include "http/plain_stream.h"
#include "http/scratch.h"
#include "http/server.h"
#include "http/tls_stream.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QLocale>
#include <QSslCertificate>

#include <array>
#include <charconv>

namespace gateway::http {
namespace {

using namespace std::chrono;

constexpr int kReadsAtOnce = 16;            // then the others on this thread get their turn
constexpr qsizetype kReadAhead = 64 * 1024; // of requests that wait for the one at work
constexpr milliseconds kLinger{2000};
constexpr int kLingerTurns = 15; // a caller that goes on uploading is listened to for at most this many of them
constexpr qint64 kReserveAtOnce = 256 * 1024; // a declared length is a claim: no more than this is reserved for it

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

ServerConnection::ServerConnection(Server& server, quint64 number, const QHostAddress& peer)
    : QObject(&server),
      m_server(server),
      m_number(number),
      m_caller{peer, {}},
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

bool ServerConnection::open(int descriptor)
{
    StreamOwner& self = *this;
    if (m_server.m_options.tls) {
        auto stream = std::make_unique<TlsStream>(self);
        if (!stream->adopt(descriptor))
            return false;
        m_stream = std::move(stream);
    } else {
        auto stream = std::make_unique<PlainStream>(self);
        stream->adopt(descriptor);
        m_stream = std::move(stream);
    }
    return true;
}

void ServerConnection::begin()
{
    if (m_server.m_options.tls) {
        m_deadline.start(m_server.m_options.connection.handshake);
        static_cast<TlsStream&>(*m_stream).shakeHandsAsServer(*m_server.m_options.tls);
    } else {
        streamReady();
    }
}

void ServerConnection::streamReady()
{
    if (m_state != State::Handshake)
        return;
    // With peer verification set to query, a certificate that does not verify does not end the handshake; it is then
    // worth as much as none.
    if (const QSslSocket* tls = m_stream->tls(); tls && tls->peerVerifyMode() == QSslSocket::QueryPeer &&
                                                 tls->sslHandshakeErrors().isEmpty() &&
                                                 !tls->peerCertificate().isNull())
        m_caller.certificate = tls->peerCertificate().digest(QCryptographicHash::Sha256).toHex();
    m_state = State::Reading;
    m_deadline.start(m_server.m_options.connection.head);
    pump(); // mostly the request came along with the connection
}

void ServerConnection::streamFailed(StreamFailure, const QString&)
{
    cut();
}

void ServerConnection::streamEnded()
{
    disconnected();
}

void ServerConnection::streamReadable()
{
    if (m_state == State::Handling)
        readAhead();
    else
        pump();
}

// Reads as long as there is something to read and nobody holds an exchange. Re-entered (an answer given inside
// handle()) it returns at once; the outer loop goes on.
void ServerConnection::pump()
{
    if (m_pumping)
        return;
    m_pumping = true;
    Scratch scratch;
    bool more = true;
    bool ended = false;
    for (int reads = 0; m_state == State::Reading || m_state == State::Lingering;) {
        const QByteArray waiting = std::exchange(m_waiting, {});
        QByteArrayView bytes = waiting;
        if (bytes.isEmpty()) {
            if (!more)
                break;
            const qint64 count = m_stream->read(scratch.data(), Scratch::kSize);
            ended = count == ByteStream::Ended;
            if (count <= 0)
                break;
            bytes = {scratch.data(), qsizetype(count)};
            more = m_stream->mayHoldMore() && (++reads < kReadsAtOnce || m_stream->tls());
        }
        while (m_state == State::Reading && !bytes.isEmpty())
            bytes = consume(bytes);
        if (m_state == State::Handling)
            m_waiting = bytes.toByteArray();
        else if (m_state == State::Lingering && (m_discarded += bytes.size()) > m_server.m_options.message.bodyBytes)
            cut();
    }
    m_pumping = false;
    if (ended)
        disconnected();
}

// While a request is at work its connection is read on, for only so the caller's leaving is seen. What comes belongs to
// the next request; when that is too much, reading stops until the answer. (TLS tells of the end by itself and keeps
// what comes in its own buffer.)
void ServerConnection::readAhead()
{
    if (m_stream->tls())
        return;
    Scratch scratch;
    const qint64 count = m_stream->read(scratch.data(), Scratch::kSize);
    if (count == ByteStream::Ended) {
        disconnected();
        return;
    }
    m_waiting.append(scratch.data(), count);
    if (m_waiting.size() >= kReadAhead)
        m_stream->setReading(false);
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
        write(std::initializer_list<QByteArrayView>{"HTTP/1.1 100 Continue\r\n\r\n"});
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
    send(response, false);
    linger();
}

// contentLength < 0: none is stated.
void ServerConnection::putHead(HeadWriter& out, int status, const Fields& fields, const FieldLines& lines,
    bool keepAlive, qint64 contentLength) const
{
    out.add("HTTP/1.1 ");
    out.add(status);
    out.add(" ");
    out.add(reasonPhrase(status));
    out.add("\r\n");
    for (const Field& field : fields) {
        if (!isFramingField(field.name))
            out.addField(field.name, field.value);
    }
    out.add(lines.bytes());
    if (contentLength >= 0 && !hasNoBody(status)) {
        out.add("content-length: ");
        out.add(contentLength);
        out.add("\r\n");
    }
    out.add("date: ");
    out.add(httpDate(m_server.m_clock.wallMs()));
    if (!keepAlive)
        out.add("\r\nconnection: close");
    else if (!m_http11)
        out.add("\r\nconnection: keep-alive");
    if (m_streaming && m_http11 && !hasNoBody(status))
        out.add("\r\ntransfer-encoding: chunked");
    out.add("\r\n\r\n");
}

// A whole answer, head and body in one write.
void ServerConnection::send(const Response& response, bool keepAlive, qint64* size)
{
    HeadWriter head;
    putHead(head, response.status, response.fields, response.lines, keepAlive, response.body.size());
    const bool bodiless = m_headOnly || hasNoBody(response.status);
    if (size)
        *size = head.view().size() + (bodiless ? 0 : response.body.size());
    write(head.view(), bodiless ? QByteArray() : response.body);
}

qint64 ServerConnection::respond(const Response& response)
{
    if (m_state != State::Handling || m_streaming)
        return 0;
    if (response.close || m_server.isDraining())
        m_keepAlive = false;
    qint64 size = 0;
    send(response, m_keepAlive, &size);
    answered();
    return size;
}

qint64 ServerConnection::beginStream(int status, const Fields& fields, const FieldLines& lines)
{
    if (m_state != State::Handling || m_streaming)
        return 0;
    m_streaming = true;
    m_headOnly = m_headOnly || hasNoBody(status);
    // HTTP/1.0: the end of the connection is the end of the body
    if (m_server.isDraining() || (!m_http11 && !m_headOnly))
        m_keepAlive = false;
    HeadWriter head;
    putHead(head, status, fields, lines, m_keepAlive, -1);
    const qint64 size = head.view().size();
    write(std::initializer_list<QByteArrayView>{head.view()});
    return size;
}

// The piece is sent from where it lies: size line, piece and CRLF leave in one write, the last one with the end mark.
qint64 ServerConnection::sendPiece(QByteArrayView piece, bool last)
{
    if (m_state != State::Handling || !m_streaming)
        return 0;
    std::array<char, 20> sizeLine;
    QByteArrayView before;
    QByteArrayView after;
    if (m_headOnly) {
        piece = {}; // the answer to HEAD ends with its head
    } else if (m_http11) {
        if (!piece.isEmpty()) {
            char* end = std::to_chars(sizeLine.data(), sizeLine.data() + 16, piece.size(), 16).ptr;
            *end++ = '\r';
            *end++ = '\n';
            before = {sizeLine.data(), end - sizeLine.data()};
            after = last ? QByteArrayView("\r\n0\r\n\r\n") : QByteArrayView("\r\n");
        } else if (last) {
            after = QByteArrayView("0\r\n\r\n");
        }
    }
    const qint64 size = before.size() + piece.size() + after.size();
    if (size > 0)
        write(std::initializer_list<QByteArrayView>{before, piece, after});
    if (last)
        answered();
    return size;
}

template <typename... Parts>
void ServerConnection::write(Parts&&... parts)
{
    if (m_state == State::Closed)
        return;
    if (m_stream->write(std::forward<Parts>(parts)...)) {
        watchWriting();
        return;
    }
    m_writing = true; // the news is told from the event loop
    disconnected();
    m_writing = false;
}

void ServerConnection::watchWriting()
{
    if (m_stream->pending() == 0)
        m_writeDeadline.stop();
    else if (!m_writeDeadline.isArmed())
        m_writeDeadline.start(m_server.m_options.connection.writeStall);
}

void ServerConnection::streamDrained()
{
    if (m_state == State::Closed)
        return;
    const qint64 pending = m_stream->pending();
    m_writeDeadline.stop();
    watchWriting(); // from now on: it has taken something
    if (m_state == State::Lingering) {
        if (pending == 0)
            lingerWhenWritten();
    } else if (m_wantsReady && pending <= m_server.m_options.connection.writeBuffer / 2) {
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
    // what is left takes one more read of the source: with that the buffer is full, and not over
    const qint64 buffer = m_server.m_options.connection.writeBuffer;
    const bool full = m_stream->pending() > std::max<qint64>(buffer - Scratch::kSize, buffer / 2);
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
    m_stream->setReading(true);
    if (!m_pumping && (!m_waiting.isEmpty() || m_stream->mayHoldMore()))
        QMetaObject::invokeMethod(this, &ServerConnection::pump, Qt::QueuedConnection);
}

// Closes so that the answer arrives: first all of it is sent, then our end is shut, and what the caller still sends is
// read and thrown away for a while. Closing with bytes unread would send a reset, which can overtake the answer.
void ServerConnection::linger()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Lingering;
    m_waiting = {};
    m_stream->setReading(true);
    m_deadline.stop(); // until all is written the write deadline watches
    // TLS can only shut both ends. That is right when nothing more is due from the caller; else it closes after
    // reading.
    if (m_stream->tls() && !m_inBody && m_parser.isComplete())
        m_stream->finishWriting();
    if (m_state == State::Lingering && m_stream->pending() == 0)
        lingerWhenWritten();
}

void ServerConnection::lingerWhenWritten()
{
    if (m_deadline.isArmed())
        return;
    if (!m_stream->tls())
        m_stream->finishWriting();
    m_deadline.start(kLinger);
    if (!m_pumping && m_stream->mayHoldMore())
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
    // there a clean close would mean "complete": a reset is the only way to say that it is not
    if (m_streaming && !m_http11)
        m_stream->closeWithReset();
    disconnected();
}

void ServerConnection::disconnected()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_deadline.stop();
    m_writeDeadline.stop();
    m_waiting = {};
    m_stream->close();
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
