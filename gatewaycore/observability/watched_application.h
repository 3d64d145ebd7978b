// WatchedApplication: QCoreApplication or QApplication whose event loops, on all threads, say when they are at work
// (base/loop_lap.h). Qt tells of a loop that is about to wait and of one that begins its next turn, but not of one that
// comes back from waiting: a handler of a socket or a timer runs between those two signals, where a loop also sleeps.
// The delivery of the first event is what tells them apart, and every event of every thread comes through notify().
#pragma once

#include "base/loop_lap.h"

class QEvent;
class QObject;

namespace gateway::observability {

template <typename Application>
class WatchedApplication : public Application
{
public:
    using Application::Application;
    bool notify(QObject* receiver, QEvent* event) override
    {
        loopEntered();
        return Application::notify(receiver, event);
    }
};

} // namespace gateway::observability
