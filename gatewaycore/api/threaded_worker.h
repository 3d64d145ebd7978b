// ThreadedWorker: what lives on the thread of a threaded transport: the inner transport, its open requests and its
// event streams. It is reached by queued calls only, and answers by signals that name the request or the stream.
// Private to the api library.
#pragma once

#include "api/admin_transport.h"

#include <QObject>

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_map>

namespace gateway::api {

// How many events are on their way to a reader on another thread. A reader that does not keep up is told of a gap; it
// does not cost memory without bound.
struct EventsUnderWay
{
    static constexpr int kMost = 20'000;
    std::atomic<int> count{0};
};

class ThreadedWorker final : public QObject
{
    Q_OBJECT
public:
    using Make = std::function<std::unique_ptr<AdminTransport>()>;
    using Answer = std::shared_ptr<const Result<AdminReply>>;

    explicit ThreadedWorker(Make make) : m_make(std::move(make)) {}

    void begin();
    void send(quint64 number, const AdminRequest& request);
    void subscribe(quint64 stream, qint64 since, std::shared_ptr<EventsUnderWay> underWay);
    void unsubscribe(quint64 stream) { m_streams.erase(stream); }
    void retryNow();
    void end(); // on its thread, before the thread ends

Q_SIGNALS:
    void answered(quint64 number, const gateway::api::ThreadedWorker::Answer& answer);
    void linkChanged(const gateway::api::LinkStatus& link);
    void changeChecking(const QString& key, const QString& path);
    void changeSettled(const QString& key, bool applied);
    void eventsArrived(quint64 stream, const QVector<gateway::api::Event>& events);
    void gapFound(quint64 stream, qint64 first, qint64 last);
    void streamState(quint64 stream, gateway::api::EventStream::State state, const QString& reason);

private:
    struct Stream
    {
        std::unique_ptr<EventStream> inner;
        std::shared_ptr<EventsUnderWay> underWay;
        qint64 firstDropped = 0; // 0: none
        qint64 lastDropped = 0;
    };
    void pass(quint64 number, Stream& stream, const QVector<Event>& events);

    const Make m_make;
    std::unique_ptr<AdminTransport> m_inner;
    std::unordered_map<quint64, Stream> m_streams;
};

} // namespace gateway::api
