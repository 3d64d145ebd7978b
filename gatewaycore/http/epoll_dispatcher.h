// EpollDispatcher: a QAbstractEventDispatcher on epoll for the data workers. Qt's own dispatchers use poll(), whose
// cost per event grows with the number of idle sockets (measured: 28 us with none, 1,030 us with 8,000); here an idle
// connection costs nothing. Notifier changes are applied lazily, just before waiting: a write that drains at once (call
// flush() after the last write of a handler) then needs no epoll_ctl at all.
// Thread: made anywhere, given to QThread::setEventDispatcher before start(); afterwards used by that thread alone,
// except wakeUp() and interrupt(). The QThread owns and deletes it.
// Level-triggered, because Qt disables Read on a full read buffer and expects to be told again of what is still there.
// The data path's own descriptors come by FdWatch, which costs no QObject and no event; TurnHooks run before each wait.
#pragma once

#include <QAbstractEventDispatcher>
#include <QHash>

#include <atomic>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

namespace gateway::http {

class FdWatch;
class TurnHook;

class EpollDispatcher final : public QAbstractEventDispatcher
{
    Q_OBJECT
public:
    using Nanoseconds = std::chrono::nanoseconds;

    explicit EpollDispatcher(QObject* parent = nullptr);
    ~EpollDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier* notifier) override;
    void unregisterSocketNotifier(QSocketNotifier* notifier) override;
    void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject* object) override;
    bool unregisterTimer(int id) override;
    bool unregisterTimers(QObject* object) override;
    QList<TimerInfo> registeredTimers(QObject* object) const override;
    int remainingTime(int id) override;
    void wakeUp() override;
    void interrupt() override;

    // Null where the thread has another dispatcher.
    static EpollDispatcher* ofThisThread();
    // For FdWatch and TurnHook alone; the same lazy rule as for notifiers.
    void addWatch(FdWatch& watch);
    void changeWatch(FdWatch& watch);
    void removeWatch(FdWatch& watch, bool closing);
    void addHook(TurnHook& hook);
    void removeHook(TurnHook& hook);

    Nanoseconds askedAt() const { return m_askedAt; } // when the kernel last told of all descriptors

    quint64 epollCtlCalls() const { return m_ctlCalls; } // for the test that holds the lazy rule

private:
    struct Watched
    {
        QSocketNotifier* notifiers[3] = {nullptr, nullptr, nullptr}; // by QSocketNotifier::Type
        FdWatch* watch = nullptr;                                    // or this one, never both
        quint32 wanted = 0;
        quint32 current = 0;    // mask the kernel has, as far as we know
        quint32 generation = 0; // bumped when the last notifier goes: an old event never reaches the fd's successor
        quint32 currentGeneration = 0;
        bool unsure = false; // the fd may have been closed and reused since: try MOD, then ADD
        bool dirty = false;
    };
    struct Timer
    {
        QObject* object = nullptr;
        qint64 intervalMs = 0;
        Qt::TimerType type = Qt::CoarseTimer;
        Nanoseconds due{0};
        bool active = false; // being delivered: a nested loop must not deliver it again
    };

    Watched& watched(int fd);
    void markDirty(int fd);
    void applyChanges();
    void applyChange(int fd);
    bool control(int operation, int fd, const Watched& entry);
    int wait(bool block, Nanoseconds limit, QEventLoop::ProcessEventsFlags flags);
    FdWatch* watchOf(quint64 key) const;
    int deliver(quint64 key, quint32 events);
    int deliverToNotifiers(int fd, quint32 generation, quint32 events);
    void runHooks();
    int activateTimers();
    static Nanoseconds dueOf(const Timer& timer, Nanoseconds from);
    void clearWake();
    Nanoseconds timeToFirstTimer() const;
    bool ownThread() const;

    int m_epoll = -1;
    int m_wakeFd = -1;
    std::vector<Watched> m_watched; // by fd
    std::vector<int> m_dirty;
    std::vector<TurnHook*> m_hooks; // null: removed, in the middle of a round perhaps
    QHash<int, Timer> m_timers;
    std::set<std::pair<Nanoseconds, int>> m_timerOrder;
    std::atomic<bool> m_woken = false; // by another thread, with one eventfd write per false->true edge
    std::atomic<bool> m_interrupted = false;
    bool m_selfWoken = false;  // by our own thread: no system call
    bool m_preciseWait = true; // epoll_pwait2 is there
    Nanoseconds m_askedAt{0};
    quint64 m_waits = 0;
    quint64 m_ctlCalls = 0;
};

} // namespace gateway::http
