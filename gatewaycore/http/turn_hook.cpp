#include "http/turn_hook.h"

#include "http/epoll_dispatcher.h"

namespace gateway::http {

void TurnHook::attach()
{
    detach();
    m_dispatcher = EpollDispatcher::ofThisThread();
    if (m_dispatcher) {
        m_dispatcher->addHook(*this);
    } else if (QAbstractEventDispatcher* other = QAbstractEventDispatcher::instance()) {
        m_blocking = QObject::connect(other, &QAbstractEventDispatcher::aboutToBlock, [this] { beforeWaiting(); });
        m_awake = QObject::connect(other, &QAbstractEventDispatcher::awake, [this] { beforeWaiting(); });
    }
}

void TurnHook::detach()
{
    if (m_dispatcher)
        std::exchange(m_dispatcher, nullptr)->removeHook(*this);
    QObject::disconnect(m_blocking);
    QObject::disconnect(m_awake);
}

} // namespace gateway::http
