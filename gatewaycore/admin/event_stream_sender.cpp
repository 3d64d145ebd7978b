#include "admin/event_stream_sender.h"

#include "http/sse.h"

#include <QJsonDocument>

namespace gateway::admin {
namespace {

constexpr int kGatherMs = 20;
constexpr int kPiece = 100;

QByteArray compact(const QJsonObject& json)
{
    return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

} // namespace

EventStreamSender::EventStreamSender(EventHub& hub, qint64 since, std::unique_ptr<http::Exchange> exchange,
    http::TimerWheel& wheel, std::chrono::milliseconds heartbeat, Ended ended, const Principal& reader)
    : m_cursor(hub, since, reader),
      m_exchange(std::move(exchange)),
      m_heartbeat(wheel, [this] { beat(); }),
      m_interval(heartbeat),
      m_ended(std::move(ended))
{
    m_exchange->setListener(this);
    m_gather.setSingleShot(true);
    m_gather.setInterval(kGatherMs);
    connect(&m_gather, &QTimer::timeout, this, &EventStreamSender::sendMore);
    connect(&hub, &EventHub::published, this, [this] {
        if (!m_gather.isActive())
            m_gather.start();
    });
}

EventStreamSender::~EventStreamSender()
{
    m_exchange->setListener(nullptr);
}

void EventStreamSender::begin()
{
    m_exchange->beginStream(200, {{"content-type", "text/event-stream"}, {"cache-control", "no-store"},
                                     {"x-accel-buffering", "no"}, {"x-content-type-options", "nosniff"}});
    QByteArray hello;
    http::appendSseEvent(hello, "hello", compact({{QStringLiteral("sequence"), m_cursor.position()}}));
    m_exchange->send(hello);
    m_heartbeat.start(m_interval);
    sendMore();
}

void EventStreamSender::finish()
{
    m_exchange->setListener(nullptr);
    m_exchange->finishStream();
}

void EventStreamSender::callerLeft()
{
    m_gather.stop();
    m_heartbeat.stop();
    m_ended(this); // deletes later: we are inside a call of the exchange
}

bool EventStreamSender::isOver()
{
    if (!m_mayGoOn || m_mayGoOn())
        return false;
    m_mayGoOn = nullptr;
    m_gather.stop();
    m_heartbeat.stop();
    finish();
    m_ended(this); // deletes later
    return true;
}

void EventStreamSender::sendMore()
{
    if (isOver())
        return;
    while (m_exchange->isOpen() && !m_exchange->isBufferFull() && m_cursor.hasMore()) {
        const EventCursor::Batch batch = m_cursor.take(kPiece);
        QByteArray out;
        if (batch.gap) {
            http::appendSseEvent(out, "gap",
                compact({{QStringLiteral("first"), batch.gap->first}, {QStringLiteral("last"), batch.gap->last}}));
        }
        for (const api::Event& event : batch.events) {
            out.append("id: ").append(QByteArray::number(event.sequence)).append('\n');
            http::appendSseEvent(out, event.type.toUtf8(),
                compact({{QStringLiteral("sequence"), event.sequence}, {QStringLiteral("type"), event.type},
                    {QStringLiteral("data"), event.data}}));
        }
        m_heartbeat.start(m_interval);
        m_exchange->send(out);
    }
}

void EventStreamSender::beat()
{
    if (!m_exchange->isOpen() || isOver())
        return;
    QByteArray out;
    http::appendSseComment(out, "here");
    m_heartbeat.start(m_interval);
    if (!m_exchange->isBufferFull())
        m_exchange->send(out);
}

} // namespace gateway::admin
