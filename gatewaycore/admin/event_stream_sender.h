// EventStreamSender: one open GET /api/v1/events: takes events from the hub as fast as the peer reads them and writes
// them as server-sent events, with a heartbeat comment when nothing happens. The first event is "hello" with the
// sequence the stream starts after; a hole is an event "gap". Owns its exchange; asks its listener to be forgotten when
// it ends. Thread: control.
#pragma once

#include "admin/event_hub.h"
#include "http/exchange.h"
#include "http/timer_wheel.h"

#include <QTimer>

#include <functional>

namespace gateway::admin {

class EventStreamSender final : public QObject, public http::ExchangeListener
{
    Q_OBJECT
public:
    using Ended = std::function<void(EventStreamSender*)>;
    EventStreamSender(EventHub& hub, qint64 since, std::unique_ptr<http::Exchange> exchange, http::TimerWheel& wheel,
        std::chrono::milliseconds heartbeat, Ended ended, const Principal& reader = {});
    ~EventStreamSender() override;

    // Asked before events are sent and at each heartbeat; false ends the stream: the reader's token was revoked.
    void setMayGoOn(std::function<bool()> mayGoOn) { m_mayGoOn = std::move(mayGoOn); }

    void begin();
    void finish(); // a whole end: the peer knows that it may come back

    void callerLeft() override;
    void callerReady() override { sendMore(); }

private:
    void sendMore();
    void beat();
    bool isOver(); // the reader has lost its right; the stream ends

    EventCursor m_cursor;
    std::unique_ptr<http::Exchange> m_exchange;
    http::Deadline m_heartbeat;
    const std::chrono::milliseconds m_interval;
    const Ended m_ended;
    std::function<bool()> m_mayGoOn;
    QTimer m_gather;
};

} // namespace gateway::admin
