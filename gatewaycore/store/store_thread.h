// The thread behind Store: a queue (mutex, vector swap, condition variable) and the loop that hands what waits to the
// Committer, tells the sinks and the observer, and lets the Committer tidy up when nothing waits.
#pragma once

#include "store/committer.h"
#include "store/data_lock.h"
#include "store/store.h"

#include <QThread>

#include <condition_variable>
#include <future>
#include <mutex>

namespace gateway::store {

class Store::Thread final : public QThread
{
public:
    Thread(StoreOptions options, std::unique_ptr<DataLock> lock);
    ~Thread() override;

    api::Outcome begin(); // starts the thread and waits until the database is ready, or why it is not

    void push(PendingRecord record);
    void push(PendingWork work);
    void setObserver(Observer observer);
    bool accepting() const;
    qint64 queueLength() const { return m_waiting.load(std::memory_order_relaxed); }
    api::Part health() const;
    const StoreOptions& options() const { return m_options; }

protected:
    void run() override;

private:
    void loop();
    void process(std::vector<PendingRecord> records, std::vector<PendingWork> works);
    void observe(const Committer::Calls& calls);

    const StoreOptions m_options;
    const SystemClock m_systemClock;
    const Clock& m_clock;
    const std::unique_ptr<DataLock> m_lock; // released after the database is closed
    std::promise<api::Outcome> m_ready;

    // made and destroyed by the thread; others read it between begin() and the end of the thread only
    std::unique_ptr<Committer> m_committer;

    std::atomic<qint64> m_waiting = 0;
    std::mutex m_mutex; // guards what follows
    std::condition_variable m_wake;
    std::vector<PendingRecord> m_records;
    std::vector<PendingWork> m_works;
    Observer m_observer;
    bool m_stop = false;
};

} // namespace gateway::store
