// InProcessLink: what the two halves of the in-process transport share, and the only thing both threads touch: a mutex,
// the endpoint while it lives, and the receivers that live. Posting a queued call under the mutex is safe, because an
// object takes itself off the link, under the same mutex, before it is destroyed. Receivers are known by number,
// because an address may be given to another object. Private to in_process_*.cpp.
#pragma once

#include "admin/in_process_transport.h"

#include <QHash>

#include <mutex>

namespace gateway::admin {

class InProcessLink
{
public:
    explicit InProcessLink(InProcessEndpoint* endpoint) : m_endpoint(endpoint) {}

    // Queues `work(endpoint)` on the control thread; false if the engine is gone.
    template <typename Work>
    bool toEngine(Work work)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_endpoint)
            return false;
        InProcessEndpoint* endpoint = m_endpoint;
        QMetaObject::invokeMethod(
            endpoint, [endpoint, work = std::move(work)] { work(*endpoint); }, Qt::QueuedConnection);
        return true;
    }

    // Queues `work(receiver)` on the receiver's thread, if the receiver still lives. T is what was added by that
    // number.
    template <typename T, typename Work>
    void toReceiver(quint64 number, Work work)
    {
        const std::lock_guard lock(m_mutex);
        if (auto* receiver = static_cast<T*>(m_receivers.value(number)))
            QMetaObject::invokeMethod(
                receiver, [receiver, work = std::move(work)] { work(*receiver); }, Qt::QueuedConnection);
    }

    // The receiver's number. Its slot engineGone() is invoked, queued, when the engine goes.
    quint64 add(QObject* receiver)
    {
        const std::lock_guard lock(m_mutex);
        m_receivers.insert(++m_number, receiver);
        return m_number;
    }
    void remove(quint64 number)
    {
        const std::lock_guard lock(m_mutex);
        m_receivers.remove(number);
    }
    void engineGone()
    {
        const std::lock_guard lock(m_mutex);
        m_endpoint = nullptr;
        for (QObject* receiver : std::as_const(m_receivers))
            QMetaObject::invokeMethod(receiver, "engineGone", Qt::QueuedConnection);
    }

private:
    std::mutex m_mutex;
    InProcessEndpoint* m_endpoint;
    QHash<quint64, QObject*> m_receivers;
    quint64 m_number = 0;
};

} // namespace gateway::admin
