// FdWatch: what the data path is told of a descriptor by, without QSocketNotifier, QEvent or signal. On a thread with
// EpollDispatcher it is a pointer in the dispatcher's table and one virtual call per event; on any other (the control
// thread, a test) it falls back to QSocketNotifiers with the same meaning. Changes of what is wanted are applied
// lazily, just before waiting. Level-triggered: what is still true is told again. Thread: watch() decides it;
// everything else happens there. The watch does not own the descriptor; it must be unwatched before the descriptor is
// closed.
#pragma once

#include <QtGlobal>

#include <chrono>
#include <memory>

namespace gateway::http {

class EpollDispatcher;

class FdWatch
{
public:
    enum Event : quint32
    {
        Readable = 1,
        Writable = 2,
        HungUp = 4, // told, never asked for: the peer has closed its end, or the connection is broken
    };
    Q_DISABLE_COPY_MOVE(FdWatch)

protected:
    FdWatch();
    virtual ~FdWatch();

    void watch(int fd, quint32 wanted);
    void want(quint32 wanted); // 0: nothing, not even a hang-up
    quint32 wanted() const { return m_wanted; }
    // `closing`: the descriptor is closed right after, which takes it out of the kernel's set without a call of ours.
    void unwatch(bool closing = false);

    // The kernel has told of something that is on its way here; whoever acts before it comes should know.
    bool isTold() const { return m_told; }
    // Whether that is worth anything: the kernel was asked less than so long ago. Never on the fallback.
    bool askedWithin(std::chrono::nanoseconds time) const;

    // A broken connection counts as everything that is wanted. The watch may be destroyed from inside.
    virtual void fdReady(quint32 events) = 0;

private:
    friend class EpollDispatcher;
    struct Notifiers;

    int m_fd = -1;
    quint32 m_wanted = 0;
    bool m_told = false;
    EpollDispatcher* m_dispatcher = nullptr; // null: the fallback
    std::unique_ptr<Notifiers> m_notifiers;
};

} // namespace gateway::http
