// Committer: what the store thread does with a batch. It owns the writing connection and the spill journal, and decides
// between them: one transaction per batch; a busy database is tried again for at most two seconds; a full disk or a
// failed write goes to the journal at once, and the journal is moved over when the database can be written again. After
// a failed fsync nothing is written to the database any more until a restart has recovered it, because what the kernel
// holds is no longer known. Store thread, except health() and accepting(), which any thread may ask.
#pragma once

#include "store/call_writer.h"
#include "store/database.h"
#include "store/spill_journal.h"
#include "store/store.h"

#include <atomic>
#include <chrono>
#include <mutex>

namespace gateway::store {

struct PendingRecord
{
    std::shared_ptr<const api::Call> call;
    audit::CommitSink* sink = nullptr;
    quint64 token = 0;
    Monotonic handedOver{};
};

struct PendingWork
{
    Store::Work work;
    Store::Done done;
    bool succeeded = false;
};

class Committer
{
public:
    using Calls = std::vector<std::shared_ptr<const api::Call>>;

    static api::Result<std::unique_ptr<Committer>> open(const StoreOptions& options, const Clock& clock);
    ~Committer();

    // Makes the batch durable. `durabilities` gets one entry per record; `works` learn whether they are committed; what
    // entered the database (also from the journal) is added to `committed`.
    void commit(std::span<const PendingRecord> records, std::span<PendingWork> works,
        std::vector<audit::Durability>& durabilities, Calls& committed);

    // Called when nothing waits: moves the journal over, writes the last duration, checkpoints. True if it wants to be
    // called again soon.
    bool idle(Calls& committed);

    api::Part health() const;
    bool accepting() const { return m_accepting.load(std::memory_order_relaxed); }

private:
    enum class State
    {
        Available,
        Unavailable,
        Broken
    };

    Committer(const StoreOptions& options, const Clock& clock);
    bool attempt(std::span<const PendingRecord> records, std::span<PendingWork> works, Calls& committed);
    bool runWork(PendingWork& work);
    bool recover(Calls& committed);
    void spill(std::span<const PendingRecord> records, std::vector<audit::Durability>& durabilities);
    void setState(State state, const QString& detail);
    void rollBack(const QSqlError& error);
    void checkpoint();
    bool saveUnreadable() const;

    const StoreOptions m_options;
    const Clock& m_clock;
    Connection m_connection;
    CallWriter m_writer;
    std::unique_ptr<SpillJournal> m_journal;
    QSqlError m_error; // of the last attempt
    State m_state = State::Available;
    std::chrono::steady_clock::time_point m_nextTry;
    qint64 m_durationOf = 0; // a batch whose duration is not written yet; 0: none
    qint64 m_durationUs = 0;
    bool m_walGrew = false;
    int m_sinceCheckpoint = 0;
    std::atomic<bool> m_accepting = true;

    mutable std::mutex m_healthMutex;
    api::Part m_health;
};

} // namespace gateway::store
