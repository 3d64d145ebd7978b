#include "http/epoll_dispatcher.h"

#include "base/loop_lap.h"
#include "http/fd_watch.h"
#include "http/turn_hook.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QThread>
#include <QTimerEvent>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace gateway::http {
namespace {

using namespace std::chrono;

constexpr std::array<quint32, 3> kMaskOfType{EPOLLIN, EPOLLOUT, EPOLLPRI};
constexpr quint64 kWakeKey = ~quint64(0);
constexpr std::size_t kEventsAtOnce = 256;

nanoseconds now()
{
    return steady_clock::now().time_since_epoch();
}

int pollTimeout(nanoseconds limit)
{
    return limit.count() < 0 ? -1 : int(std::min<qint64>(ceil<milliseconds>(limit).count(), INT_MAX));
}

} // namespace

EpollDispatcher::EpollDispatcher(QObject* parent)
    : QAbstractEventDispatcher(parent),
      m_epoll(epoll_create1(EPOLL_CLOEXEC)),
      m_wakeFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (m_epoll < 0 || m_wakeFd < 0)
        qFatal("epoll or eventfd could not be created: %s", qPrintable(qt_error_string(errno)));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kWakeKey;
    epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wakeFd, &event);
}

// A watch that outlives the thread's loop hears nothing any more, and must not reach for it either.
EpollDispatcher::~EpollDispatcher()
{
    for (const Watched& entry : m_watched) {
        if (entry.watch)
            entry.watch->m_dispatcher = nullptr;
    }
    for (TurnHook* hook : m_hooks) {
        if (hook)
            hook->m_dispatcher = nullptr;
    }
    ::close(m_wakeFd);
    ::close(m_epoll);
}

bool EpollDispatcher::ownThread() const
{
    return QThread::currentThread() == thread();
}

EpollDispatcher* EpollDispatcher::ofThisThread()
{
    return qobject_cast<EpollDispatcher*>(QAbstractEventDispatcher::instance());
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_interrupted.store(false, std::memory_order_relaxed);
    m_selfWoken = false;
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();
    if (m_interrupted.load(std::memory_order_relaxed))
        return false;

    runHooks();
    applyChanges();
    const bool timers = !(flags & QEventLoop::X11ExcludeTimers);
    bool block = (flags & QEventLoop::WaitForMoreEvents) && !m_selfWoken && !m_woken.load(std::memory_order_acquire);
    nanoseconds limit{-1};
    if (timers) {
        limit = timeToFirstTimer();
        block = block && limit.count() != 0;
    }
    if (block)
        Q_EMIT aboutToBlock();
    int delivered = wait(block, limit, flags);
    if (timers && !m_interrupted.load(std::memory_order_relaxed))
        delivered += activateTimers();
    return delivered > 0;
}

// Called after waiting and never before it: a wake may stand for QEventLoop::exit() alone, which only the caller of
// processEvents looks at, so whoever consumes a wake has to return. The eventfd is read before the flag falls: a wake
// in between writes again, and none is lost.
void EpollDispatcher::clearWake()
{
    eventfd_t count = 0;
    eventfd_read(m_wakeFd, &count);
    m_woken.store(false, std::memory_order_release);
}

// Negative: none. A timer that is being delivered (we are in a loop nested in its handler) does not count, or a zero
// timer whose handler waits in a dialog would keep the processor busy.
nanoseconds EpollDispatcher::timeToFirstTimer() const
{
    for (const auto& [due, id] : m_timerOrder) {
        if (!m_timers.constFind(id)->active)
            return std::max(nanoseconds(0), due - now());
    }
    return nanoseconds(-1);
}

void EpollDispatcher::wakeUp()
{
    if (ownThread()) {
        m_selfWoken = true;
        return;
    }
    if (!m_woken.exchange(true, std::memory_order_acq_rel))
        eventfd_write(m_wakeFd, 1);
}

void EpollDispatcher::interrupt()
{
    m_interrupted.store(true, std::memory_order_relaxed);
    wakeUp();
}

int EpollDispatcher::wait(bool block, nanoseconds limit, QEventLoop::ProcessEventsFlags flags)
{
    if (flags & QEventLoop::ExcludeSocketNotifiers) {
        pollfd wake{m_wakeFd, POLLIN, 0};
        if (::poll(&wake, 1, block ? pollTimeout(limit) : 0) > 0 || m_woken.load(std::memory_order_acquire))
            clearWake();
        return 0;
    }

    std::array<epoll_event, kEventsAtOnce> events; // on the stack: a handler may run a nested loop
    int count = -1;
    if (m_preciseWait) {
        timespec timeout{};
        const timespec* given = &timeout;
        if (block && limit.count() < 0)
            given = nullptr;
        else if (block)
            timeout = {time_t(limit.count() / 1'000'000'000), long(limit.count() % 1'000'000'000)};
        count = epoll_pwait2(m_epoll, events.data(), int(events.size()), given, nullptr);
        if (count < 0 && errno == ENOSYS)
            m_preciseWait = false;
    }
    if (!m_preciseWait) {
        count = epoll_wait(m_epoll, events.data(), int(events.size()), block ? pollTimeout(limit) : 0);
    }

    // All of a batch is known before any of it is delivered: who would send into a connection that has been closed, and
    // whose turn is yet to come, can know.
    for (int i = 0; i < count; ++i) {
        if (FdWatch* const watch = watchOf(events[std::size_t(i)].data.u64))
            watch->m_told = true;
    }
    m_askedAt = count < int(events.size()) ? now() : nanoseconds(0);

    // The flag without the event: the waker stands between the two. The event without the flag: it came late, from a
    // waker whose flag was already taken; left in the eventfd it would make every further wait return at once.
    bool woken = m_woken.load(std::memory_order_acquire);
    for (int i = 0; i < count && !woken; ++i)
        woken = events[i].data.u64 == kWakeKey;
    // A handler that runs a nested loop waits anew in there: what is left of this batch is then old news. It is
    // dropped, not delivered a second time; epoll is level-triggered and tells again of what is still true.
    const quint64 thisWait = ++m_waits;
    if (woken) {
        clearWake();
        // What other threads posted goes before what the sockets have to say: it may be why the peer speaks at all. (A
        // credential is published, its owner is told and calls at once; the call must find it.)
        QCoreApplication::sendPostedEvents();
        if (m_interrupted.load(std::memory_order_relaxed))
            return 0;
    }

    int delivered = 0;
    if (count > 0)
        loopEntered();
    for (int i = 0; i < count && m_waits == thisWait; ++i) {
        if (events[i].data.u64 != kWakeKey)
            delivered += deliver(events[i].data.u64, events[i].events);
    }
    return delivered;
}

void EpollDispatcher::addHook(TurnHook& hook)
{
    m_hooks.push_back(&hook);
}

void EpollDispatcher::removeHook(TurnHook& hook)
{
    std::replace(m_hooks.begin(), m_hooks.end(), &hook, static_cast<TurnHook*>(nullptr));
}

void EpollDispatcher::runHooks()
{
    bool removed = false;
    for (std::size_t i = 0; i < m_hooks.size(); ++i) { // a hook may add and remove hooks
        if (m_hooks[i])
            m_hooks[i]->beforeWaiting();
        else
            removed = true;
    }
    if (removed)
        std::erase(m_hooks, nullptr);
}

FdWatch* EpollDispatcher::watchOf(quint64 key) const
{
    const auto fd = std::size_t(key & 0xffffffff);
    return fd < m_watched.size() && m_watched[fd].generation == quint32(key >> 32) ? m_watched[fd].watch : nullptr;
}

int EpollDispatcher::deliver(quint64 key, quint32 events)
{
    const int fd = int(key & 0xffffffff);
    const quint32 generation = quint32(key >> 32);
    if (fd >= int(m_watched.size()) || m_watched[fd].generation != generation) {
        // nobody here wants it: without the DEL a hung-up descriptor would be reported for ever
        if (fd < int(m_watched.size()) && m_watched[fd].wanted == 0)
            epoll_ctl(m_epoll, EPOLL_CTL_DEL, fd, nullptr);
        return 0;
    }
    FdWatch* const watch = m_watched[std::size_t(fd)].watch;
    if (!watch)
        return deliverToNotifiers(fd, generation, events);
    watch->m_told = false;
    quint32 told = 0;
    if (events & EPOLLIN)
        told |= FdWatch::Readable;
    if (events & EPOLLOUT)
        told |= FdWatch::Writable;
    if (events & EPOLLRDHUP)
        told |= FdWatch::Readable | FdWatch::HungUp;
    if (events & (EPOLLHUP | EPOLLERR))
        told |= FdWatch::Readable | FdWatch::Writable | FdWatch::HungUp;
    told &= watch->m_wanted | FdWatch::HungUp; // an earlier handler of this batch may have changed it
    if (!(told & (FdWatch::Readable | FdWatch::Writable)))
        return 0;
    watch->fdReady(told);
    return 1;
}

int EpollDispatcher::deliverToNotifiers(int fd, quint32 generation, quint32 events)
{
    constexpr quint32 failed = EPOLLHUP | EPOLLERR;
    constexpr std::array<quint32, 3> reasons{EPOLLIN | failed, EPOLLOUT | failed, EPOLLPRI | failed};
    int delivered = 0;
    for (const int type : {QSocketNotifier::Read, QSocketNotifier::Write, QSocketNotifier::Exception}) {
        // looked up anew each time: the handler before may have deleted the notifier or reused the fd
        if (!(events & reasons[type]) || fd >= int(m_watched.size()) || m_watched[fd].generation != generation)
            continue;
        if (QSocketNotifier* notifier = m_watched[fd].notifiers[type]) {
            QEvent event(QEvent::SockAct);
            QCoreApplication::sendEvent(notifier, &event);
            ++delivered;
        }
    }
    return delivered;
}

EpollDispatcher::Watched& EpollDispatcher::watched(int fd)
{
    if (fd >= int(m_watched.size()))
        m_watched.resize(std::size_t(fd) + 64);
    return m_watched[std::size_t(fd)];
}

void EpollDispatcher::markDirty(int fd)
{
    Watched& entry = watched(fd);
    if (!entry.dirty) {
        entry.dirty = true;
        m_dirty.push_back(fd);
    }
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier* notifier)
{
    const int fd = int(notifier->socket());
    if (fd < 0)
        return;
    Watched& entry = watched(fd);
    entry.notifiers[notifier->type()] = notifier;
    entry.wanted |= kMaskOfType[notifier->type()];
    markDirty(fd);
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier* notifier)
{
    const int fd = int(notifier->socket());
    if (fd < 0 || fd >= int(m_watched.size()) || m_watched[fd].notifiers[notifier->type()] != notifier)
        return;
    Watched& entry = m_watched[fd];
    entry.notifiers[notifier->type()] = nullptr;
    entry.wanted &= ~kMaskOfType[notifier->type()];
    if (entry.wanted == 0) {
        entry.unsure = true;
        ++entry.generation;
    }
    markDirty(fd);
}

void EpollDispatcher::addWatch(FdWatch& watch)
{
    watched(watch.m_fd).watch = &watch;
    changeWatch(watch);
}

// A close is only asked about where reading is: level-triggered, it would be told for ever to one who does not read.
void EpollDispatcher::changeWatch(FdWatch& watch)
{
    quint32 mask = 0;
    if (watch.m_wanted & FdWatch::Readable)
        mask |= EPOLLIN | EPOLLRDHUP;
    if (watch.m_wanted & FdWatch::Writable)
        mask |= EPOLLOUT;
    watched(watch.m_fd).wanted = mask;
    markDirty(watch.m_fd);
}

void EpollDispatcher::removeWatch(FdWatch& watch, bool closing)
{
    Watched& entry = watched(watch.m_fd);
    entry.watch = nullptr;
    entry.wanted = 0;
    ++entry.generation;
    if (closing) {
        entry.current = 0;
        entry.unsure = false;
    } else {
        entry.unsure = true;
        markDirty(watch.m_fd);
    }
}

void EpollDispatcher::applyChanges()
{
    for (std::size_t i = 0; i < m_dirty.size(); ++i)
        applyChange(m_dirty[i]);
    m_dirty.clear();
}

void EpollDispatcher::applyChange(int fd)
{
    Watched& entry = m_watched[fd];
    entry.dirty = false;
    const bool same = entry.wanted == entry.current && entry.generation == entry.currentGeneration && !entry.unsure;
    if (same || (entry.wanted == 0 && entry.current == 0)) {
        entry.unsure = false;
        return;
    }
    if (entry.wanted == 0) {
        control(EPOLL_CTL_DEL, fd, entry); // ENOENT or EBADF: the fd was closed, which removes it too
    } else if (entry.current == 0 && !entry.unsure) {
        if (!control(EPOLL_CTL_ADD, fd, entry) && errno == EEXIST)
            control(EPOLL_CTL_MOD, fd, entry);
    } else if (!control(EPOLL_CTL_MOD, fd, entry) && errno == ENOENT) {
        control(EPOLL_CTL_ADD, fd, entry);
    }
    entry.current = entry.wanted;
    entry.currentGeneration = entry.generation;
    entry.unsure = false;
}

bool EpollDispatcher::control(int operation, int fd, const Watched& entry)
{
    ++m_ctlCalls;
    epoll_event event{};
    event.events = entry.wanted;
    event.data.u64 = (quint64(entry.generation) << 32) | quint32(fd);
    return epoll_ctl(m_epoll, operation, fd, &event) == 0;
}

nanoseconds EpollDispatcher::dueOf(const Timer& timer, nanoseconds from)
{
    nanoseconds due = from + milliseconds(timer.intervalMs);
    // Qt's promise: a coarse timer may be 5 % late, a very coarse one a second; rounding up lets them fire together
    nanoseconds grain{0};
    if (timer.type == Qt::VeryCoarseTimer)
        grain = seconds(1);
    else if (timer.type == Qt::CoarseTimer && timer.intervalMs >= 20)
        grain = milliseconds(timer.intervalMs) / 20;
    if (grain.count() > 0)
        due = (due + grain - nanoseconds(1)) / grain.count() * grain.count();
    return due;
}

void EpollDispatcher::registerTimer(int id, qint64 interval, Qt::TimerType type, QObject* object)
{
    Timer timer{object, interval, type, nanoseconds(0), false};
    timer.due = dueOf(timer, now());
    m_timerOrder.emplace(timer.due, id);
    m_timers.insert(id, timer);
}

bool EpollDispatcher::unregisterTimer(int id)
{
    const auto found = m_timers.constFind(id);
    if (found == m_timers.cend())
        return false;
    m_timerOrder.erase({found->due, id});
    m_timers.erase(found);
    return true;
}

bool EpollDispatcher::unregisterTimers(QObject* object)
{
    bool any = false;
    for (auto it = m_timers.begin(); it != m_timers.end();) {
        if (it->object == object) {
            m_timerOrder.erase({it->due, it.key()});
            it = m_timers.erase(it);
            any = true;
        } else {
            ++it;
        }
    }
    return any;
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject* object) const
{
    QList<TimerInfo> list;
    for (auto it = m_timers.cbegin(); it != m_timers.cend(); ++it) {
        if (it->object == object)
            list.append(TimerInfo(it.key(), int(it->intervalMs), it->type));
    }
    return list;
}

int EpollDispatcher::remainingTime(int id)
{
    const auto found = m_timers.constFind(id);
    if (found == m_timers.cend())
        return -1;
    return int(std::max<qint64>(0, ceil<milliseconds>(found->due - now()).count()));
}

int EpollDispatcher::activateTimers()
{
    // bounded by the number of timers there are now: a zero timer must not starve the sockets
    int fired = 0;
    const nanoseconds passStart = now();
    for (qsizetype turns = m_timers.size(); turns > 0 && !m_timerOrder.empty(); --turns) {
        const auto [due, id] = *m_timerOrder.begin();
        if (due > passStart)
            break;
        m_timerOrder.erase(m_timerOrder.begin());
        Timer& timer = m_timers[id];
        // armed again before delivery: the handler may stop or restart it. From its own due time, so that a period does
        // not drift; from now if it missed a whole one, so that it does not fire in a burst
        const nanoseconds next = dueOf(timer, due);
        timer.due = next > passStart ? next : dueOf(timer, passStart + nanoseconds(1));
        m_timerOrder.emplace(timer.due, id);
        if (timer.active)
            continue;
        timer.active = true;
        QObject* object = timer.object;
        QTimerEvent event(id);
        QCoreApplication::sendEvent(object, &event);
        ++fired;
        if (const auto again = m_timers.find(id); again != m_timers.end() && again->object == object)
            again->active = false;
    }
    return fired;
}

} // namespace gateway::http
