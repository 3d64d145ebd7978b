// HttpEventStream: a subscription over server-sent events that comes back by itself: it reconnects after the last event
// it saw, with a growing pause and jitter, at once when somebody knows better, and reports every number it did not get.
// A peer that goes silent is taken for gone: the engine sends a heartbeat. Private to the api library. Thread: the
// transport's.
#pragma once

#include "api/http_transport.h"
#include "link_keeper.h"
#include "wire_connection.h"

#include <QPointer>
#include <QTimer>

namespace gateway::api {

class HttpEventStream final : public EventStream
{
    Q_OBJECT
public:
    HttpEventStream(HttpTransportOptions options, LinkKeeper& link, qint64 since);
    ~HttpEventStream() override;

private:
    void open();
    void take(const QByteArray& piece);
    void takeLine(const QByteArray& line);
    void takeEvent(const QByteArray& name, const QByteArray& data);
    void deliver();
    void answered();
    void lost(const QString& reason, std::chrono::milliseconds atLeast = std::chrono::milliseconds(0));
    void drop();
    std::chrono::milliseconds nextPause();

    const HttpTransportOptions m_options;
    QPointer<LinkKeeper> m_link;
    WireConnection* m_connection = nullptr;
    QElapsedTimer m_asked;
    QTimer m_silence;
    QTimer m_reconnect;
    std::chrono::milliseconds m_pause;
    int m_attempt = 0;
    qint64 m_last; // number of the last event seen; -1 before the first connection
    QByteArray m_buffer;
    QByteArray m_name;
    QByteArray m_data;
    QVector<Event> m_events;
};

} // namespace gateway::api
