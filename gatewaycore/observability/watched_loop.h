// WatchedLoop: one loop under a LoopWatch, for as long as it lives. Private to the watch; holders only keep it and let
// it go, both on the loop's own thread. Counters are written there and read by any thread.
#pragma once

#include "observability/loop_watch.h"

#include <QMetaObject>

namespace gateway::observability {

class WatchedLoop : public LoopLap
{
public:
    WatchedLoop(LoopWatch& watch, const QString& name);
    ~WatchedLoop();
    Q_DISABLE_COPY_MOVE(WatchedLoop)

    LoopFacts facts(Monotonic now) const;

private:
    friend class LoopWatch;
    void entered();
    void comeRound();
    void stalled(Monotonic took, Monotonic now);

    LoopWatch& m_watch;
    const QString m_name;
    const qint64 m_threadId;
    QMetaObject::Connection m_awake;
    QMetaObject::Connection m_aboutToBlock;
    std::atomic<qint64> m_turns = 0;
    std::atomic<qint64> m_stalls = 0;
    std::atomic<qint64> m_longestNs = 0;
    std::atomic<qint64> m_lastNs = 0;
    std::atomic<qint64> m_lastAtNs = 0;
    Monotonic m_nextLine{0}; // own thread

    // guarded by the watch: what was told of the turn under way
    qint64 m_toldOf = 0;
    Monotonic m_tellAgainAfter{0};
};

} // namespace gateway::observability
