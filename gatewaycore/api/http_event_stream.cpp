#include "http_event_stream.h"

#include "http_request.h"

#include <QJsonDocument>

#include <algorithm>

namespace gateway::api {
namespace {

constexpr qsizetype kLongestLine = 8 * 1024 * 1024;

} // namespace

HttpEventStream::HttpEventStream(HttpTransportOptions options, QNetworkAccessManager& network, qint64 since)
    : m_options(std::move(options)), m_network(&network), m_pause(m_options.firstReconnect), m_last(since)
{
    m_silence.setSingleShot(true);
    m_silence.setInterval(m_options.eventSilence);
    connect(&m_silence, &QTimer::timeout, this, [this] {
        if (m_reply)
            m_reply->abort();
    });
    m_reconnect.setSingleShot(true);
    connect(&m_reconnect, &QTimer::timeout, this, &HttpEventStream::open);
    m_reconnect.start(0); // not before the caller has connected to our signals
}

HttpEventStream::~HttpEventStream()
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->abort();
        m_reply->deleteLater();
    }
}

void HttpEventStream::open()
{
    if (!m_network)
        return;
    Q_EMIT stateChanged(State::Connecting, {});
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("since"), QString::number(m_last));
    m_buffer.clear();
    m_name.clear();
    m_data.clear();
    m_reply = m_network->get(networkRequest(m_options, QStringLiteral("/api/v1/events"), query));
    connect(m_reply, &QNetworkReply::readyRead, this, &HttpEventStream::read);
    connect(m_reply, &QNetworkReply::finished, this, &HttpEventStream::ended);
    m_silence.start();
}

void HttpEventStream::read()
{
    m_silence.start();
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status != 200)
        return; // an error body: read whole in ended()
    m_buffer.append(m_reply->readAll());
    qsizetype begin = 0;
    for (qsizetype end = m_buffer.indexOf('\n'); end >= 0; end = m_buffer.indexOf('\n', begin)) {
        takeLine(m_buffer.mid(begin, end - begin));
        begin = end + 1;
    }
    m_buffer.remove(0, begin);
    if (m_buffer.size() > kLongestLine) {
        m_reply->abort();
        return;
    }
    deliver();
}

// Our own engine's stream: LF line ends, one space after the colon (http/sse.h writes it). Comments keep it alive.
void HttpEventStream::takeLine(const QByteArray& line)
{
    if (line.isEmpty()) {
        if (!m_data.isEmpty())
            takeEvent(m_name, m_data);
        m_name.clear();
        m_data.clear();
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
    if (name == "hello") {
        m_pause = m_options.firstReconnect;
        // what the stream starts after; from here on every number must come or be reported
        if (m_last <= 0)
            m_last = json.value(QLatin1String("sequence")).toInteger();
        Q_EMIT stateChanged(State::Live, {});
    } else if (name == "gap") {
        deliver();
        m_last = json.value(QLatin1String("last")).toInteger();
        Q_EMIT gapFound(json.value(QLatin1String("first")).toInteger(), m_last);
    } else {
        const qint64 sequence = json.value(QLatin1String("sequence")).toInteger();
        if (sequence <= m_last)
            return;
        if (sequence != m_last + 1) {
            deliver();
            Q_EMIT gapFound(m_last + 1, sequence - 1);
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

void HttpEventStream::ended()
{
    m_silence.stop();
    if (!m_reply)
        return;
    QNetworkReply* reply = m_reply;
    m_reply = nullptr;
    reply->deleteLater();
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool isAnswer = status != 0 && status != 200;
    const QString reason = isAnswer ? messageOf(reply->readAll(), status)
                           : reply->error() != QNetworkReply::NoError
                               ? unreachable(m_options, *reply).message
                               : QStringLiteral("The engine ended the event stream.");
    m_reconnect.start(m_pause);
    m_pause = std::min(m_pause * 2, m_options.lastReconnect);
    Q_EMIT stateChanged(State::Lost, reason);
}

} // namespace gateway::api
