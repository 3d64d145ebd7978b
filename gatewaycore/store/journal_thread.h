// The thread that makes records durable: a queue (mutex, vector swap, condition variable) and the loop that appends all
// that waits to the journal with one write, tells each sink once and passes the calls on to be filed. Nothing else
// happens here, so nothing but the journal's write can hold callers up. Records for which nobody waits are gathered
// for some milliseconds; for the others the thread is woken once per turn of the worker that hands them over, because
// a write costs what a hundred records cost (decision 0131). Threads: push(), endOfTurn() from any.
#pragma once

#include "store/filing_thread.h"

namespace gateway::store {

class JournalThread final : public QThread
{
public:
    JournalThread(const Clock& clock, FilingThread& filing);
    ~JournalThread() override; // appends what waits

    void push(PendingRecord record, audit::Haste haste);
    void push(PendingWork work);
    void endOfTurn(); // wakes for what was pushed with Haste::EndOfTurn, if it is not known yet

    // Everything that was pushed before is settled when it returns true.
    bool waitUntilSettled(std::chrono::steady_clock::time_point deadline);
    qint64 queueLength() const { return m_waiting.load(std::memory_order_relaxed); }

protected:
    void run() override;

private:
    bool waitForMore(std::unique_lock<std::mutex>& lock); // false: the end
    void process(std::vector<PendingRecord>& records, std::vector<PendingWork> works);
    void acknowledge(std::span<const PendingRecord> records);
    void pass(std::span<PendingRecord> records, quint64 before);

    const Clock& m_clock;
    FilingThread& m_filing;
    Journal& m_journal;
    std::vector<audit::Durability> m_durabilities; // of the batch

    std::atomic<qint64> m_waiting = 0;
    std::atomic<bool> m_untold = false; // records came at which nobody was woken
    std::mutex m_mutex;                 // guards what follows
    std::condition_variable m_wake;
    std::condition_variable m_settledMore;
    std::vector<PendingRecord> m_records;
    std::vector<PendingWork> m_works;
    quint64 m_pushed = 0;
    quint64 m_settled = 0;
    int m_readers = 0;       // that wait
    bool m_pressing = false; // somebody waits for what is there: no gathering
    bool m_stop = false;
};

} // namespace gateway::store
