#include "admin/event_hub.h"

#include "admin/event_filter.h"

#include <algorithm>

namespace gateway::admin {

EventHub::EventHub(qint64 first, QObject* parent) : QObject(parent), m_next(std::max<qint64>(1, first)), m_first(m_next)
{
}

qint64 EventHub::publish(const QString& type, const QJsonObject& data)
{
    keep({type, data, nullptr});
    const qint64 sequence = lastSequence();
    Q_EMIT published();
    Q_EMIT told(type, data);
    return sequence;
}

void EventHub::publishCalls(const std::vector<std::shared_ptr<const api::Call>>& calls)
{
    if (calls.empty())
        return;
    for (const auto& call : calls)
        keep({QStringLiteral("call.finished"), {}, call});
    Q_EMIT published();
}

void EventHub::keep(Kept event)
{
    m_kept.push_back(std::move(event));
    if (m_kept.size() > std::size_t(kKept))
        m_kept.pop_front();
    ++m_next;
}

EventCursor::EventCursor(EventHub& hub, qint64 since, Principal reader)
    : m_hub(hub),
      m_reader(std::move(reader)),
      m_position(since < 0    ? hub.lastSequence()
                 : since == 0 ? hub.m_first - 1
                              : since)
{
    ++m_hub.m_readers;
}

EventCursor::~EventCursor()
{
    --m_hub.m_readers;
}

bool EventCursor::hasMore() const
{
    return m_position != m_hub.lastSequence();
}

EventCursor::Batch EventCursor::take(int most)
{
    Batch batch;
    const qint64 last = m_hub.lastSequence();
    const qint64 oldest = m_hub.m_next - qint64(m_hub.m_kept.size());
    // a number we never gave: the reader followed another engine, so all it can be told is what we have
    if (m_position > last)
        m_position = m_hub.m_first - 1;
    if (m_position + 1 < oldest) {
        batch.gap = Gap{m_position + 1, oldest - 1};
        m_position = oldest - 1;
    }
    const qint64 end = std::min(last, m_position + most);
    batch.events.reserve(end - m_position);
    while (m_position < end) {
        ++m_position;
        const EventHub::Kept& kept = m_hub.m_kept[std::size_t(m_position - oldest)];
        batch.events.append(
            readBy(m_reader, api::Event{m_position, kept.type, kept.call ? api::toJson(*kept.call) : kept.data}));
    }
    return batch;
}

} // namespace gateway::admin
