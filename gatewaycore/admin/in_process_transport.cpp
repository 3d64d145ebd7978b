#include "admin/in_process_transport.h"

#include "admin/in_process_client.h"

#include <QTimer>

namespace gateway::admin {
namespace {

constexpr int kGatherMs = 50;      // events of so long travel together: a console draws at most 20 times a second
constexpr int kLargestBatch = 500; // a reader that cannot keep up with 10,000 a second meets a gap, not a queue

} // namespace

struct InProcessEndpoint::Feed
{
    EventCursor cursor;
    bool isWithReader = false; // a batch is on its way or being read
};

InProcessEndpoint::InProcessEndpoint(Router& router, Principal principal, QObject* parent)
    : QObject(parent),
      m_router(router),
      m_principal(std::move(principal)),
      m_link(std::make_shared<InProcessLink>(this)),
      m_gather(new QTimer(this))
{
    m_gather->setSingleShot(true);
    m_gather->setInterval(kGatherMs);
    connect(m_gather, &QTimer::timeout, this, &InProcessEndpoint::sendBatches);
    connect(&m_router.events(), &EventHub::published, this, [this] {
        if (!m_feeds.empty() && !m_gather->isActive())
            m_gather->start();
    });
}

InProcessEndpoint::~InProcessEndpoint()
{
    m_link->engineGone();
}

void InProcessEndpoint::serve(quint64 transport, quint64 number, const api::AdminRequest& request)
{
    m_router.handle(request, m_principal, [link = m_link, transport, number](const api::AdminReply& reply) {
        link->toReceiver<InProcessTransport>(
            transport, [number, reply](InProcessTransport& receiver) { receiver.replyArrived(number, reply); });
    });
}

void InProcessEndpoint::openFeed(quint64 stream, qint64 since)
{
    const api::Outcome outcome = m_router.mayFollowEvents(m_principal);
    m_link->toReceiver<InProcessEventStream>(
        stream, [outcome](InProcessEventStream& receiver) { receiver.opened(outcome); });
    if (!outcome)
        return;
    m_feeds.emplace(stream, std::unique_ptr<Feed>(new Feed{{m_router.events(), since, m_principal}}));
    sendBatches();
}

void InProcessEndpoint::closeFeed(quint64 stream)
{
    m_feeds.erase(stream);
}

void InProcessEndpoint::feedTaken(quint64 stream)
{
    const auto found = m_feeds.find(stream);
    if (found == m_feeds.end())
        return;
    found->second->isWithReader = false;
    if (found->second->cursor.hasMore() && !m_gather->isActive())
        m_gather->start();
}

void InProcessEndpoint::sendBatches()
{
    for (const auto& [stream, feed] : m_feeds) {
        if (feed->isWithReader || !feed->cursor.hasMore())
            continue;
        feed->isWithReader = true;
        m_link->toReceiver<InProcessEventStream>(
            stream, [batch = feed->cursor.take(kLargestBatch)](
                        InProcessEventStream& receiver) { receiver.batchArrived(batch); });
    }
}

} // namespace gateway::admin
