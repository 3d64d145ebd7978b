// The thread that files: it takes journalled calls from memory (or from the journal, when it is behind by more than
// memory holds) and work, and hands them to Filing. When nothing presses it gathers for some milliseconds, because a
// transaction of many is cheaper; a reader who waits, or work, presses. Observers are told when calls are filed: who
// asks for what they were told of finds it. Threads: push() by the journalling thread, waitUntilFiled() by readers.
#pragma once

#include "store/filing.h"
#include "store/running_sums.h"

#include <QThread>

#include <condition_variable>
#include <deque>

namespace gateway::store {

class FilingThread final : public QThread
{
public:
    FilingThread(const StoreOptions& options, const Clock& clock);
    ~FilingThread() override; // files what is there, for some seconds at most; the rest stays in the journal

    api::Outcome begin(); // starts the thread; all that an earlier run journalled is filed when it returns
    Journal& journal() { return m_filing->journal(); }

    void push(std::vector<JournalledCall> calls);
    void push(std::vector<PendingWork> works);
    // Adds what was filed to the sums that a start and the summaries read. Told on this thread whether more waits.
    void fold(qint64 most, std::function<void(bool more)> done);
    void setObserver(Store::Observer observer);
    void setLastWork(PendingWork work); // done when all is filed, before the database is closed in good order

    // True when all up to `sequence` can be read from the database; false if it takes longer or cannot be now.
    bool waitUntilFiled(quint64 sequence, std::chrono::steady_clock::time_point deadline);

    bool isRefusing() const; // new calls, by policy or because the database is damaged
    bool isAvailable() const { return m_filing->state() == Filing::State::Available; }
    api::Part health() const;

protected:
    void run() override;

private:
    struct Batch
    {
        std::vector<JournalledCall> calls;
        quint64 upTo = 0;
    };

    void loop();
    bool waitForMore(); // false: the end
    void turn();
    Batch collect();
    std::vector<PendingWork> takeWorks(quint64 upTo);
    void commit(Batch batch, std::vector<PendingWork> works);
    void remember(const Batch& batch);
    void observe(const Filing::Calls& calls);
    bool isBehind() const { return m_filing->filedUpTo() < m_filing->journal().lastDurable(); }

    const StoreOptions m_options;
    const Clock& m_clock;
    std::promise<api::Outcome> m_ready;
    std::unique_ptr<Filing> m_filing; // made and destroyed by the thread; others read it in between only
    std::deque<JournalledCall> m_taken;
    RunningSums m_sums;
    quint64 m_inJournal = 0; // calls up to here may have to be read from the journal
    bool m_tidy = false;     // something is left to do when idle

    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_wake;
    std::condition_variable m_filedMore;
    std::vector<JournalledCall> m_calls;
    std::vector<PendingWork> m_works;
    Store::Observer m_observer;
    PendingWork m_lastWork;  // none: its work is empty
    bool m_skipping = false; // memory is full: calls are read from the journal
    bool m_stop = false;
    int m_readers = 0; // that wait
    quint64 m_filed = 0;
    Monotonic m_oldest{}; // when the oldest that is not filed was acknowledged, or a little earlier; 0: all is filed
};

} // namespace gateway::store
