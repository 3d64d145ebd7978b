#include "http/upstream_connection.h"

#include "http/head_writer.h"
#include "http/plain_stream.h"
#include "http/scratch.h"
#include "http/tls_stream.h"

namespace gateway::http {
namespace {

using namespace std::chrono;

constexpr int kReadsAtOnce = 16; // then the others on this thread get their turn
// A peer that has answered twice on a connection keeps it; what closes after the first answer unannounced is found out
// by asking the kernel (decisions/0120).
constexpr int kProvenBy = 2;
constexpr milliseconds kRestUnasked{2};
// Python model servers (uvicorn) close idle connections after 5 s; a request sent into that close would be lost, and we
// do not repeat requests. Behind TLS are the large providers, which keep connections for minutes.
constexpr milliseconds kIdlePlain{4500};
constexpr milliseconds kIdleTls{30000};

// A byte that could end the target or the line is percent-encoded: whatever the path is made of, it stays one.
void putPath(HeadWriter& out, QByteArrayView path)
{
    if (!path.startsWith('/'))
        out.add("/");
    while (!path.isEmpty()) {
        qsizetype plain = 0;
        while (plain < path.size() && path[plain] > 0x20 && path[plain] < 0x7f && path[plain] != '#')
            ++plain;
        out.add(path.first(plain));
        path = path.sliced(plain);
        if (path.isEmpty())
            break;
        constexpr char digits[] = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(path.front());
        const char coded[] = {'%', digits[byte >> 4], digits[byte & 15]};
        out.add({coded, 3});
        path = path.sliced(1);
    }
}

void putHead(HeadWriter& out, const UpstreamRequest& request, const QByteArray& hostField)
{
    out.add(request.method);
    out.add(" ");
    putPath(out, request.path);
    out.add(" HTTP/1.1\r\n");
    out.addField("host", hostField);
    for (const Field& field : request.fields) {
        if (!isFramingField(field.name) && !equalsIgnoringCase(field.name, "host"))
            out.addField(field.name, field.value);
    }
    out.add(request.lines.bytes());
    if (!request.body.isEmpty() || request.method == "POST") {
        out.add("content-length: ");
        out.add(request.body.size());
        out.add("\r\n");
    }
    out.add("\r\n");
}

} // namespace

UpstreamConnection::UpstreamConnection(UpstreamClient& client, UpstreamPool& pool, const UpstreamTarget& target)
    : QObject(&client),
      m_client(client),
      m_pool(pool),
      m_target(target),
      m_parser(client.m_limits),
      m_deadline(client.m_wheel, [this] { deadlineExpired(); })
{
}

void UpstreamConnection::connectToTarget()
{
    StreamOwner& self = *this;
    if (m_target.tls) {
        auto stream = std::make_unique<TlsStream>(self);
        TlsStream& tls = *stream;
        m_stream = std::move(stream);
        tls.connectTo(m_target.host, m_target.port, m_client.tlsConfiguration(m_target.caFile));
    } else {
        auto stream = std::make_unique<PlainStream>(self);
        PlainStream& plain = *stream;
        m_stream = std::move(stream);
        plain.connectTo(m_target.host, m_target.port);
    }
}

void UpstreamConnection::start(UpstreamExchange& exchange, UpstreamRequest&& request)
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
    if (m_ready) {
        exchange.m_reused = true;
        exchange.m_connectedAt = m_client.m_clock.monotonic();
        HeadWriter head;
        putHead(head, request, m_target.hostField);
        sendRequest(head.view(), request.body);
    } else {
        HeadWriter head;
        putHead(head, request, m_target.hostField);
        m_head = head.view().toByteArray();
        m_body = std::move(request.body);
        m_deadline.start(exchange.m_timeouts.connect);
        connectToTarget();
    }
    m_starting = false;
}

void UpstreamConnection::streamReady()
{
    m_ready = true;
    if (!m_exchange)
        return;
    m_exchange->m_connectedAt = m_client.m_clock.monotonic();
    const QByteArray head = std::exchange(m_head, {});
    sendRequest(head, std::exchange(m_body, {}));
}

void UpstreamConnection::sendRequest(QByteArrayView head, const QByteArray& body)
{
    m_deadline.start(m_exchange->m_timeouts.firstByte);
    m_exchange->m_bytesSent = head.size() + body.size();
    const bool sent = m_stream->write(head, body);
    m_exchange->m_sentAt = m_client.m_clock.monotonic();
    if (!sent)
        QMetaObject::invokeMethod(this, &UpstreamConnection::brokenOff, Qt::QueuedConnection);
}

bool UpstreamConnection::isAlive() const
{
    if (m_closed)
        return false;
    if (m_target.tls || m_answers < kProvenBy)
        return m_stream->isSilent(ByteStream::Ask::Kernel);
    const bool fresh = m_client.m_clock.monotonic() - m_restsSince < kRestUnasked;
    return m_stream->isSilent(fresh ? ByteStream::Ask::Nothing : ByteStream::Ask::UnlessTold);
}

// The client is being destroyed: no word to the listener, and nothing that reaches into the client's lists.
void UpstreamConnection::orphan()
{
    if (m_exchange)
        std::exchange(m_exchange, nullptr)->m_connection = nullptr;
    m_closed = true;
    m_deadline.stop();
    if (m_stream)
        m_stream->close();
}

void UpstreamConnection::rest()
{
    m_restsSince = m_client.m_clock.monotonic();
    m_deadline.start(m_target.tls ? kIdleTls : kIdlePlain);
}

void UpstreamConnection::close()
{
    if (std::exchange(m_closed, true))
        return;
    m_deadline.stop();
    m_client.forget(this);
    if (m_stream)
        m_stream->close();
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

void UpstreamConnection::streamReadable()
{
    if (m_exchange && m_exchange->m_paused) {
        m_stream->setReading(false); // found out here, so that a pause which ends at once costs nothing
        return;
    }
    readAnswer();
}

// Reads while there are bytes, an exchange wants them and it is not paused. The listener may destroy the exchange at
// any call; m_exchange is null then and the loop ends.
void UpstreamConnection::readAnswer()
{
    if (m_closed || m_reading || !m_ready)
        return;
    if (!m_exchange) {
        if (!m_stream->isSilent(ByteStream::Ask::Kernel))
            close(); // at rest it was closed, or spoke without being asked
        return;
    }
    m_stream->setReading(true);
    m_reading = true;
    Scratch scratch;
    bool ended = false;
    for (int reads = 0; m_exchange && !m_closed && !m_exchange->m_paused; ++reads) {
        const qint64 count = m_stream->read(scratch.data(), Scratch::kSize);
        ended = count == ByteStream::Ended;
        if (count <= 0)
            break;
        take({scratch.data(), qsizetype(count)});
        if (!m_stream->mayHoldMore() || (reads >= kReadsAtOnce && !m_stream->tls()))
            break;
    }
    m_reading = false;
    if (ended)
        brokenOff();
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

void UpstreamConnection::complete(bool mayBeReused)
{
    UpstreamExchange* exchange = std::exchange(m_exchange, nullptr);
    exchange->m_connection = nullptr;
    ++m_answers;
    // a read that filled its buffer may have left something behind: the kernel is asked
    const bool reusable =
        mayBeReused && m_parser.head().keepAlive && m_stream->pending() == 0 &&
        m_stream->isSilent(m_stream->mayHoldMore() ? ByteStream::Ask::Kernel : ByteStream::Ask::Nothing);
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

void UpstreamConnection::streamFailed(StreamFailure failure, const QString& text)
{
    switch (failure) {
    case StreamFailure::Resolve:
        fail(UpstreamFailure::Resolve, text);
        break;
    case StreamFailure::Connect:
        fail(UpstreamFailure::Connect, text);
        break;
    case StreamFailure::ConnectTimeout:
        fail(UpstreamFailure::ConnectTimeout, text);
        break;
    case StreamFailure::Tls:
        fail(UpstreamFailure::Tls, text);
        break;
    }
}

void UpstreamConnection::streamEnded()
{
    brokenOff();
}

// The established connection failed or was closed. What has arrived is still taken, paused or not: a provider may
// answer (401, 413, 429) and close before it has read the request, and that answer lies in the kernel when our write
// fails.
void UpstreamConnection::brokenOff()
{
    if (m_closed)
        return;
    if (!m_exchange) {
        close();
        return;
    }
    if (m_reading) {
        QMetaObject::invokeMethod(this, &UpstreamConnection::brokenOff, Qt::QueuedConnection);
        return;
    }
    m_exchange->m_paused = false;
    m_reading = true;
    Scratch scratch;
    while (m_exchange && !m_closed) {
        const qint64 count = m_stream->read(scratch.data(), Scratch::kSize);
        if (count <= 0)
            break;
        take({scratch.data(), qsizetype(count)});
    }
    m_reading = false;
    if (m_closed || !m_exchange)
        return;
    if (m_parser.finishAtClose()) {
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
