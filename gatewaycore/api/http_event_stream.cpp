#include "http_event_stream.h"

#include <QJsonDocument>
#include <QRandomGenerator>

#include <algorithm>

namespace gateway::api {
namespace {

constexpr qsizetype kLongestLine = 8 * 1024 * 1024;
constexpr qsizetype kLongestError = 64 * 1024;
constexpr std::chrono::seconds kLongestAsked{60}; // the engine may ask for patience, but not for an hour

// The error of an answer that is one ({"error": {...}}), else a sentence about its status.
QString messageOf(const QByteArray& body, int status)
{
    const QString message = QJsonDocument::fromJson(body)
                                .object()
                                .value(QLatin1String("error"))
                                .toObject()
                                .value(QLatin1String("message"))
                                .toString();
    return message.isEmpty() ? QStringLiteral("The engine answered with status %1.").arg(status) : message;
}

} // namespace

HttpEventStream::HttpEventStream(HttpTransportOptions options, LinkKeeper& link, qint64 since)
    : m_options(std::move(options)), m_link(&link), m_pause(m_options.firstReconnect), m_last(since)
{
    m_silence.setSingleShot(true);
    m_silence.setInterval(m_options.eventSilence);
    connect(&m_silence, &QTimer::timeout, this, [this] {
        const WireTrouble trouble{WireTrouble::Kind::Silent,
            QStringLiteral("The engine at %1 has gone silent.").arg(describe(m_options.base)), {}, {}};
        if (m_link)
            m_link->failed(trouble);
        lost(trouble.sentence);
    });
    m_reconnect.setSingleShot(true);
    connect(&m_reconnect, &QTimer::timeout, this, &HttpEventStream::open);
    connect(&link, &LinkKeeper::tryWanted, this, [this] {
        if (m_connection)
            return;
        m_pause = m_options.firstReconnect;
        m_reconnect.start(0);
    });
    m_reconnect.start(0); // not before the caller has connected to our signals
}

HttpEventStream::~HttpEventStream()
{
    drop();
}

void HttpEventStream::drop()
{
    m_silence.stop();
    if (!m_connection)
        return;
    m_connection->disconnect(this);
    std::exchange(m_connection, nullptr)->deleteLater(); // we may be inside a signal of it
}

void HttpEventStream::open()
{
    if (!m_link || m_connection)
        return;
    m_buffer.clear();
    m_name.clear();
    m_data.clear();
    m_connection = new WireConnection(m_options);
    connect(m_connection, &WireConnection::opened, this, [this] {
        if (m_link)
            m_link->opened();
        if (!m_connection)
            return;
        m_asked.start();
        m_connection->write(wireStreamRequest(m_options, m_last));
    });
    connect(m_connection, &WireConnection::bodyArrived, this, &HttpEventStream::take);
    connect(m_connection, &WireConnection::answered, this, &HttpEventStream::answered);
    connect(m_connection, &WireConnection::failed, this, [this](const WireTrouble& trouble) {
        if (m_link)
            m_link->failed(trouble);
        lost(trouble.sentence);
    });
    m_silence.start();
    m_connection->open(std::min(m_options.eventSilence, m_options.timeout));
    Q_EMIT stateChanged(State::Connecting, {});
}

void HttpEventStream::take(const QByteArray& piece)
{
    m_silence.start();
    m_buffer.append(piece);
    if (m_connection->status() != 200) { // an error: read whole in answered()
        if (m_buffer.size() > kLongestError)
            lost(QStringLiteral("The engine answered with status %1.").arg(m_connection->status()));
        return;
    }
    const QPointer<HttpEventStream> self(this);
    const WireConnection* const from = m_connection;
    qsizetype begin = 0;
    for (qsizetype end = m_buffer.indexOf('\n'); end >= 0; end = m_buffer.indexOf('\n', begin)) {
        takeLine(m_buffer.mid(begin, end - begin));
        if (!self || m_connection != from)
            return; // somebody who was told ended us, or us the connection
        begin = end + 1;
    }
    m_buffer.remove(0, begin);
    if (m_buffer.size() > kLongestLine || m_data.size() > kLongestLine)
        return lost(QStringLiteral("The engine sent an event that is too large."));
    deliver();
}

// Our own engine's stream: LF line ends, one space after the colon (http/sse.h writes it). Comments keep it alive.
void HttpEventStream::takeLine(const QByteArray& line)
{
    if (line.isEmpty()) {
        const QByteArray name = std::exchange(m_name, {});
        const QByteArray data = std::exchange(m_data, {});
        if (!data.isEmpty())
            takeEvent(name, data);
        return;
    }
    const qsizetype colon = line.indexOf(':');
    const QByteArray field = line.left(colon);
    QByteArray value = colon < 0 ? QByteArray() : line.mid(colon + 1);
    if (value.startsWith(' '))
        value.remove(0, 1);
    if (field == "event")
        m_name = value;
    else if (field == "data")
        m_data.append(m_data.isEmpty() ? value : '\n' + value);
}

void HttpEventStream::takeEvent(const QByteArray& name, const QByteArray& data)
{
    const QJsonObject json = QJsonDocument::fromJson(data).object();
    const QPointer<HttpEventStream> self(this);
    if (name == "hello") {
        m_pause = m_options.firstReconnect;
        m_attempt = 0;
        // what the stream starts after; from here on every number must come or be reported
        if (m_last <= 0)
            m_last = json.value(QLatin1String("sequence")).toInteger();
        if (m_link && m_connection)
            m_link->answered(*m_connection, std::chrono::milliseconds(m_asked.elapsed()));
        if (self)
            Q_EMIT stateChanged(State::Live, {});
    } else if (name == "gap") {
        deliver();
        if (!self)
            return;
        const qint64 first = json.value(QLatin1String("first")).toInteger();
        const qint64 last = json.value(QLatin1String("last")).toInteger();
        if (last < m_last)
            return; // behind us: nothing is missing that we did not have
        m_last = last;
        Q_EMIT gapFound(first, last);
    } else {
        const qint64 sequence = json.value(QLatin1String("sequence")).toInteger();
        if (sequence <= m_last)
            return;
        if (sequence != m_last + 1) {
            deliver();
            if (!self)
                return;
            Q_EMIT gapFound(m_last + 1, sequence - 1);
            if (!self)
                return;
        }
        m_last = sequence;
        m_events.append(Event{
            sequence, json.value(QLatin1String("type")).toString(), json.value(QLatin1String("data")).toObject()});
    }
}

void HttpEventStream::deliver()
{
    if (!m_events.isEmpty())
        Q_EMIT eventsArrived(std::exchange(m_events, {}));
}

void HttpEventStream::answered()
{
    const int status = m_connection->status();
    if (status == 200)
        return lost(QStringLiteral("The engine ended the event stream."));
    const QString reason = messageOf(m_buffer, status);
    const QPointer<HttpEventStream> self(this);
    if (m_link)
        m_link->answered(*m_connection, std::chrono::milliseconds(m_asked.elapsed()));
    if (!self)
        return;
    // refused or held back: as slowly as can be, so that our own tries never lock this computer out
    const bool isRefused = status == 401 || status == 403 || status == 429;
    const std::chrono::milliseconds asked = std::min<std::chrono::milliseconds>(
        std::chrono::seconds(m_connection->field("retry-after").toInt()), kLongestAsked);
    lost(reason, isRefused ? std::max(asked, m_options.lastReconnect) : asked);
}

void HttpEventStream::lost(const QString& reason, std::chrono::milliseconds atLeast)
{
    drop();
    const QPointer<HttpEventStream> self(this);
    deliver(); // what came before the end
    if (!self)
        return;
    if (m_link && m_link->isBlocked()) {
        // not tried again by itself: a person decides about the certificate, and then there is another transport
        Q_EMIT stateChanged(State::Lost, reason);
        return;
    }
    const std::chrono::milliseconds pause = std::max(nextPause(), atLeast);
    m_reconnect.start(pause);
    if (m_link)
        m_link->triesAgain(++m_attempt, pause);
    if (self)
        Q_EMIT stateChanged(State::Lost, reason);
}

// Consoles that lost the same engine must not come back all at once.
std::chrono::milliseconds HttpEventStream::nextPause()
{
    const auto pause = m_pause;
    m_pause = std::min(m_pause * 2, m_options.lastReconnect);
    const qint64 quarter = std::max<qint64>(1, pause.count() / 4);
    return pause - std::chrono::milliseconds(quarter) +
           std::chrono::milliseconds(QRandomGenerator::global()->bounded(2 * quarter));
}

} // namespace gateway::api
