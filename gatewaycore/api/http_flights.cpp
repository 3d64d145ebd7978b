#include "http_flights.h"

#include <QJsonDocument>

#include <algorithm>

namespace gateway::api {

HttpFlights::HttpFlights(const HttpTransportOptions& options, LinkKeeper& link) : m_options(options), m_link(link)
{
    connect(&m_link, &LinkKeeper::lost, this, &HttpFlights::dropIdle);
}

HttpFlights::~HttpFlights()
{
    dropIdle();
    for (auto& [number, flight] : m_flights) {
        if (flight.connection)
            release(flight.connection);
    }
}

void HttpFlights::carry(QByteArray request, bool isRead, Landed landed)
{
    const quint64 number = ++m_lastNumber;
    Flight& flight = m_flights[number];
    flight.request = std::move(request);
    flight.isRead = isRead;
    flight.landed = std::move(landed);
    flight.limit = std::make_unique<QTimer>();
    flight.limit->setSingleShot(true);
    connect(flight.limit.get(), &QTimer::timeout, this, [this, number] {
        troubled(number,
            {WireTrouble::Kind::Silent,
                QStringLiteral("The engine at %1 did not answer in time.").arg(describe(m_options.base)), {}, {}});
    });
    flight.limit->start(m_options.timeout);
    // later: the caller attaches its continuation first
    QMetaObject::invokeMethod(this, &HttpFlights::next, Qt::QueuedConnection);
}

void HttpFlights::next()
{
    for (auto& [number, flight] : m_flights) {
        if (flight.connection)
            continue;
        if (m_inTheAir >= kMostConnections)
            return;
        take(number, flight);
    }
}

void HttpFlights::take(quint64 number, Flight& flight)
{
    ++m_inTheAir;
    while (flight.isRead && !flight.isRepeated && !m_idle.empty()) {
        WireConnection* kept = m_idle.back();
        m_idle.pop_back();
        kept->disconnect(this);
        if (!kept->mayReuse()) {
            release(kept);
            continue;
        }
        flight.connection = kept;
        watch(number, *kept);
        return write(flight);
    }
    flight.connection = new WireConnection(m_options);
    watch(number, *flight.connection);
    connect(flight.connection, &WireConnection::opened, this, [this, number] {
        m_link.opened();
        if (const auto found = m_flights.find(number); found != m_flights.end())
            write(found->second);
    });
    flight.connection->open(std::min<std::chrono::milliseconds>(m_options.timeout, kConnectLimit));
}

void HttpFlights::write(Flight& flight)
{
    flight.body.clear();
    flight.written.start();
    flight.connection->write(flight.request);
}

void HttpFlights::watch(quint64 number, WireConnection& connection)
{
    connect(&connection, &WireConnection::bodyArrived, this, [this, number](const QByteArray& piece) {
        const auto found = m_flights.find(number);
        if (found == m_flights.end())
            return;
        found->second.body += piece;
        if (found->second.body.size() > WireConnection::kLargestBody) {
            troubled(number, {WireTrouble::Kind::NotHttp,
                                 QStringLiteral("The answer of %1 is larger than any answer of an engine.")
                                     .arg(describe(m_options.base)),
                                 {}, {}});
        }
    });
    // queued: whoever hears of the end may destroy the transport, and this comes from inside a socket
    connect(
        &connection, &WireConnection::answered, this, [this, number] { answered(number); }, Qt::QueuedConnection);
    connect(
        &connection, &WireConnection::failed, this,
        [this, number](const WireTrouble& trouble) { troubled(number, trouble); }, Qt::QueuedConnection);
}

void HttpFlights::answered(quint64 number)
{
    const auto found = m_flights.find(number);
    if (found == m_flights.end())
        return;
    Flight& flight = found->second;
    WireConnection* connection = std::exchange(flight.connection, nullptr);
    if (!connection)
        return;
    --m_inTheAir;
    connection->disconnect(this);
    const int status = connection->status();
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(flight.body, &error);
    Landing landing;
    if (error.error == QJsonParseError::NoError && document.isObject()) {
        landing.reply = AdminReply{status, document.object()};
        m_link.answered(*connection, std::chrono::milliseconds(flight.written.elapsed()));
    } else {
        landing.mayHaveArrived = true;
        landing.error = failure(Failure::Unreachable,
            QStringLiteral("What answers at %1 is not a Signalbox engine.").arg(describe(m_options.base)));
    }
    if (landing.reply && m_idle.size() < kMostIdle && connection->mayReuse()) {
        m_idle.push_back(connection);
        connect(
            connection, &WireConnection::failed, this,
            [this, connection] {
                if (std::erase(m_idle, connection) > 0)
                    release(connection);
            },
            Qt::QueuedConnection);
    } else {
        release(connection);
    }
    land(number, std::move(landing));
}

void HttpFlights::troubled(quint64 number, const WireTrouble& trouble)
{
    const auto found = m_flights.find(number);
    if (found == m_flights.end())
        return;
    Flight& flight = found->second;
    WireConnection* connection = std::exchange(flight.connection, nullptr);
    Landing landing;
    landing.error = LinkKeeper::errorOf(trouble);
    if (connection) {
        --m_inTheAir;
        landing.mayHaveArrived = connection->hasWritten();
        const bool wasKept = connection->wasUsed() && !connection->hasAnswered();
        release(connection);
        if (flight.isRead && wasKept && !flight.isRepeated && trouble.kind == WireTrouble::Kind::Lost) {
            flight.isRepeated = true; // a kept connection that the engine had closed meanwhile
            return next();
        }
        m_link.failed(trouble);
    }
    land(number, std::move(landing));
}

void HttpFlights::land(quint64 number, Landing landing)
{
    const auto flight = m_flights.extract(number);
    QMetaObject::invokeMethod(this, &HttpFlights::next, Qt::QueuedConnection);
    if (!flight.empty())
        flight.mapped().landed(landing); // the last: it may be our end
}

void HttpFlights::release(WireConnection* connection)
{
    connection->disconnect(this);
    connection->deleteLater();
}

void HttpFlights::dropIdle()
{
    for (WireConnection* connection : std::exchange(m_idle, {}))
        release(connection);
}

} // namespace gateway::api
