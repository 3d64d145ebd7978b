// Store: the engine's database (SQLite through QtSql) and its one writing thread. Natural group commit: the thread
// takes all records that wait, writes them in one transaction (synchronous=FULL), tells each sink once, and begins
// again; it alone checkpoints the WAL. Readers have connections of their own (CallReader) and do not touch the writer.
// Threads: Store is made and destroyed on the control thread; record(), submit() from any thread; everything that
// writes runs on the store thread. Shape of the tables: migrations/*.sql. When the database cannot be written: records
// go to the pre-allocated spill journal (fsynced, bounded) and are moved over when it can be written again; when that
// is full too, accepting() is false and the engine refuses new calls.
#pragma once

#include "api/engine_status.h"
#include "api/result.h"
#include "audit/recorder.h"
#include "base/clock.h"

#include <QString>

#include <functional>
#include <memory>

class QSqlDatabase;

namespace gateway::store {

struct StoreOptions
{
    QString directory;            // holds signalbox.db, spill.journal
    int queueLimit = 100'000;     // records waiting for their commit
    qint64 spillBytes = 16 << 20; // size of the spill journal
    bool refuseWhenUnavailable = false;
    const Clock* clock = nullptr; // must outlive the store
};

class Store final : public audit::Recorder
{
public:
    // Opens or creates the database, checks it (quick_check; a corrupt one is copied aside and refused, never
    // replaced), migrates it forward, replays the spill journal and starts the thread.
    static api::Result<std::unique_ptr<Store>> open(const StoreOptions& options);
    ~Store() override; // writes what waits, checkpoints, closes

    void record(std::shared_ptr<const api::Call> call, audit::CommitSink* sink, quint64 token) override;
    bool accepting() const override;

    // Runs `work` on the store thread inside its next transaction, then `done` on the same thread after the commit.
    // For rare writes (credentials, revisions); false from `work` rolls back that work alone (savepoint).
    using Work = std::function<bool(QSqlDatabase&)>;
    using Done = std::function<void(bool committed)>;
    void submit(Work work, Done done);
    // Both or neither: `effect`, then `mark` if there is one. So that a change and what says that it was made are one.
    static Work together(Work effect, Work mark);
    bool submitAndWait(Work work); // control thread only, at start

    // Told on the store thread of every committed batch: feeds live events and aggregates. Set before the first record.
    using Observer = std::function<void(const std::vector<std::shared_ptr<const api::Call>>&)>;
    void setObserver(Observer observer);

    qint64 queueLength() const;
    api::Part health() const;
    QString databaseFile() const;

private:
    class Thread;
    explicit Store(std::unique_ptr<Thread> thread);
    std::unique_ptr<Thread> m_thread;
};

} // namespace gateway::store
