// AnchorWriter: appends heads to the anchor on a thread of its own, because each must be on disk and the disk may be
// another machine's. What cannot be appended is tried again, in its order, and said meanwhile. push() and state() from
// any thread; the end waits for what is under way, tries what is left once, and no longer.
#pragma once

#include "audit/chain/anchor.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace gateway::audit {

class AnchorWriter
{
public:
    // `anchored`: the number of the newest head that is there already.
    AnchorWriter(QString file, qint64 anchored);
    ~AnchorWriter();
    Q_DISABLE_COPY_MOVE(AnchorWriter)

    void push(const LogHead& head); // one that is anchored already is passed over

    struct State
    {
        qint64 anchored = 0; // number of the newest head that is on disk
        qint64 waiting = 0;
        QString trouble; // of the last try; empty: none
    };
    State state() const;
    const QString& file() const { return m_file; }

private:
    void run();

    const QString m_file;
    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_wake;
    std::deque<LogHead> m_waiting;
    qint64 m_pushed;
    qint64 m_anchored;
    QString m_trouble;
    bool m_stop = false;
    std::thread m_thread; // last: it uses what stands above
};

} // namespace gateway::audit
