// TurnHook: called once in every turn of the thread's event loop, after its events and before it waits. What a turn
// gathered (wake-ups for another thread, records, output) leaves then in one go. On EpollDispatcher a virtual call; on
// another dispatcher its aboutToBlock and awake signals stand in.
// Thread: the one that calls attach(); it is detached and destroyed there. A hook that posts an event or calls wakeUp()
// keeps the loop from waiting this time.
#pragma once

#include <QMetaObject>

namespace gateway::http {

class EpollDispatcher;

class TurnHook
{
public:
    Q_DISABLE_COPY_MOVE(TurnHook)
    void attach();
    void detach();

protected:
    TurnHook() = default;
    virtual ~TurnHook() { detach(); }
    virtual void beforeWaiting() = 0;

private:
    friend class EpollDispatcher;
    EpollDispatcher* m_dispatcher = nullptr;
    QMetaObject::Connection m_blocking; // the fallback
    QMetaObject::Connection m_awake;
};

} // namespace gateway::http
