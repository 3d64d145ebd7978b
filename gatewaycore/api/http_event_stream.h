// HttpEventStream: a subscription over server-sent events that comes back by itself: it reconnects after the last event
// it saw, with a growing pause, and reports every number it did not get. Private to the api library.
#pragma once

#include "api/http_transport.h"

#include <QPointer>
#include <QTimer>

class QNetworkReply;

namespace gateway::api {

class HttpEventStream final : public EventStream
{
    Q_OBJECT
public:
    HttpEventStream(HttpTransportOptions options, QNetworkAccessManager& network, qint64 since);
    ~HttpEventStream() override;

private:
    void open();
    void read();
    void takeLine(const QByteArray& line);
    void takeEvent(const QByteArray& name, const QByteArray& data);
    void deliver();
    void ended();

    const HttpTransportOptions m_options;
    QPointer<QNetworkAccessManager> m_network;
    QPointer<QNetworkReply> m_reply;
    QTimer m_silence;
    QTimer m_reconnect;
    std::chrono::milliseconds m_pause;
    qint64 m_last; // number of the last event seen; -1 before the first connection
    QByteArray m_buffer;
    QByteArray m_name;
    QByteArray m_data;
    QVector<Event> m_events;
};

} // namespace gateway::api
