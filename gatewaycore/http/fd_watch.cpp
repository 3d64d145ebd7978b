#include "http/fd_watch.h"

#include "http/epoll_dispatcher.h"

#include <QSocketNotifier>

namespace gateway::http {

struct FdWatch::Notifiers final : QObject
{
    Notifiers(FdWatch& watch, int fd) : readable(fd, QSocketNotifier::Read), writable(fd, QSocketNotifier::Write)
    {
        QObject::connect(&readable, &QSocketNotifier::activated, [&watch] { watch.fdReady(Readable); });
        QObject::connect(&writable, &QSocketNotifier::activated, [&watch] { watch.fdReady(Writable); });
    }
    void want(quint32 wanted)
    {
        readable.setEnabled(wanted & Readable);
        writable.setEnabled(wanted & Writable);
    }
    QSocketNotifier readable;
    QSocketNotifier writable;
};

FdWatch::FdWatch() = default;

FdWatch::~FdWatch()
{
    unwatch();
}

bool FdWatch::askedWithin(std::chrono::nanoseconds time) const
{
    return m_dispatcher && std::chrono::steady_clock::now().time_since_epoch() - m_dispatcher->askedAt() < time;
}

void FdWatch::watch(int fd, quint32 wanted)
{
    unwatch();
    m_fd = fd;
    m_wanted = wanted;
    m_told = false;
    m_dispatcher = EpollDispatcher::ofThisThread();
    if (m_dispatcher) {
        m_dispatcher->addWatch(*this);
    } else {
        m_notifiers = std::make_unique<Notifiers>(*this, fd);
        m_notifiers->want(wanted);
    }
}

void FdWatch::want(quint32 wanted)
{
    if (m_fd < 0 || std::exchange(m_wanted, wanted) == wanted)
        return;
    if (m_dispatcher)
        m_dispatcher->changeWatch(*this);
    else if (m_notifiers)
        m_notifiers->want(wanted);
}

void FdWatch::unwatch(bool closing)
{
    if (m_fd < 0)
        return;
    if (m_dispatcher) {
        m_dispatcher->removeWatch(*this, closing);
        m_dispatcher = nullptr;
    } else if (m_notifiers) {
        // from inside fdReady() one of them is being delivered: they go when that is over
        m_notifiers->want(0);
        m_notifiers->readable.disconnect();
        m_notifiers->writable.disconnect();
        m_notifiers.release()->deleteLater();
    }
    m_fd = -1;
    m_wanted = 0;
}

} // namespace gateway::http
