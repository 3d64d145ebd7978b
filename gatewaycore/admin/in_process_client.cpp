#include "admin/in_process_client.h"

#include <QTimer>

namespace gateway::admin {
namespace {

api::Error gone()
{
    return api::failure(api::Failure::Unreachable, QStringLiteral("The embedded engine is not running."));
}

} // namespace

InProcessTransport::InProcessTransport(std::shared_ptr<InProcessLink> link)
    : m_link(std::move(link)), m_number(m_link->add(this))
{
}

InProcessTransport::~InProcessTransport()
{
    m_link->remove(m_number);
    engineGone();
}

QFuture<api::Result<api::AdminReply>> InProcessTransport::send(const api::AdminRequest& request)
{
    Promise promise;
    promise.start();
    QFuture<api::Result<api::AdminReply>> future = promise.future();
    const quint64 number = ++m_lastRequest;
    m_open.emplace(number, std::move(promise));
    const bool sent = m_link->toEngine([transport = m_number, number, request](InProcessEndpoint& endpoint) {
        endpoint.serve(transport, number, request);
    });
    if (!sent)
        QTimer::singleShot(
            0, this, &InProcessTransport::engineGone); // not before the caller has attached its continuation
    return future;
}

std::unique_ptr<api::EventStream> InProcessTransport::subscribe(qint64 since)
{
    return std::make_unique<InProcessEventStream>(m_link, since);
}

void InProcessTransport::replyArrived(quint64 number, const api::AdminReply& reply)
{
    auto open = m_open.extract(number);
    if (open.empty())
        return;
    open.mapped().addResult(api::Result<api::AdminReply>(reply));
    open.mapped().finish();
}

void InProcessTransport::engineGone()
{
    // taken out first: a continuation may send again
    auto open = std::exchange(m_open, {});
    for (auto& [number, promise] : open) {
        promise.addResult(api::Result<api::AdminReply>(gone()));
        promise.finish();
    }
}

InProcessEventStream::InProcessEventStream(std::shared_ptr<InProcessLink> link, qint64 since)
    : m_link(std::move(link)), m_number(m_link->add(this))
{
    const bool sent =
        m_link->toEngine([stream = m_number, since](InProcessEndpoint& endpoint) { endpoint.openFeed(stream, since); });
    if (!sent)
        QTimer::singleShot(0, this, &InProcessEventStream::engineGone);
}

InProcessEventStream::~InProcessEventStream()
{
    m_link->remove(m_number);
    m_link->toEngine([stream = m_number](InProcessEndpoint& endpoint) { endpoint.closeFeed(stream); });
}

void InProcessEventStream::opened(const api::Outcome& outcome)
{
    if (outcome)
        Q_EMIT stateChanged(State::Live, {});
    else
        Q_EMIT stateChanged(State::Lost, outcome.error().message);
}

void InProcessEventStream::batchArrived(const EventCursor::Batch& batch)
{
    // asked for before the slots run: they may destroy this stream
    m_link->toEngine([stream = m_number](InProcessEndpoint& endpoint) { endpoint.feedTaken(stream); });
    const QPointer<InProcessEventStream> self(this);
    if (batch.gap)
        Q_EMIT gapFound(batch.gap->first, batch.gap->last);
    if (self && !batch.events.isEmpty())
        Q_EMIT eventsArrived(batch.events);
}

void InProcessEventStream::engineGone()
{
    Q_EMIT stateChanged(State::Lost, gone().message);
}

std::shared_ptr<api::AdminTransport> makeTransport(std::shared_ptr<InProcessLink> link)
{
    return std::make_shared<InProcessTransport>(std::move(link));
}

} // namespace gateway::admin
