#include "threaded_worker.h"

namespace gateway::api {

void ThreadedWorker::begin()
{
    m_inner = m_make();
    if (!m_inner)
        return;
    connect(m_inner.get(), &AdminTransport::linkChanged, this, &ThreadedWorker::linkChanged);
    connect(m_inner.get(), &AdminTransport::changeChecking, this, &ThreadedWorker::changeChecking);
    connect(m_inner.get(), &AdminTransport::changeSettled, this, &ThreadedWorker::changeSettled);
    Q_EMIT linkChanged(m_inner->link());
}

void ThreadedWorker::send(quint64 number, const AdminRequest& request)
{
    if (!m_inner) {
        Q_EMIT answered(number, std::make_shared<const Result<AdminReply>>(
                                    failure(Failure::Unreachable, QStringLiteral("There is no way to this engine."))));
        return;
    }
    // the inner transport ends its futures when it goes, and it goes before this object does
    m_inner->send(request).then(this, [this, number](const Result<AdminReply>& reply) {
        Q_EMIT answered(number, std::make_shared<const Result<AdminReply>>(reply));
    });
}

void ThreadedWorker::subscribe(quint64 stream, qint64 since, std::shared_ptr<EventsUnderWay> underWay)
{
    if (!m_inner)
        return;
    std::unique_ptr<EventStream> inner = m_inner->subscribe(since);
    EventStream* source = inner.get();
    m_streams.emplace(stream, Stream{std::move(inner), std::move(underWay)});
    connect(source, &EventStream::eventsArrived, this, [this, stream](const QVector<Event>& events) {
        if (const auto found = m_streams.find(stream); found != m_streams.end())
            pass(stream, found->second, events);
    });
    connect(source, &EventStream::gapFound, this,
        [this, stream](qint64 first, qint64 last) { Q_EMIT gapFound(stream, first, last); });
    connect(source, &EventStream::stateChanged, this,
        [this, stream](EventStream::State state, const QString& reason) { Q_EMIT streamState(stream, state, reason); });
}

void ThreadedWorker::pass(quint64 number, Stream& stream, const QVector<Event>& events)
{
    if (events.isEmpty())
        return;
    if (stream.underWay->count.load() > EventsUnderWay::kMost) {
        if (stream.firstDropped == 0)
            stream.firstDropped = events.first().sequence;
        stream.lastDropped = events.last().sequence;
        return;
    }
    if (stream.firstDropped != 0)
        Q_EMIT gapFound(number, std::exchange(stream.firstDropped, 0), stream.lastDropped);
    stream.underWay->count += int(events.size());
    Q_EMIT eventsArrived(number, events);
}

void ThreadedWorker::retryNow()
{
    if (m_inner)
        m_inner->retryNow();
}

void ThreadedWorker::end()
{
    m_streams.clear();
    m_inner.reset();
}

} // namespace gateway::api
