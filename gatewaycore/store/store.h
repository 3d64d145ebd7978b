// Store: the record, and the engine's database (SQLite through QtSql). A record is acknowledged when the journal has it
// on disk (journal_thread.h: natural group commit, one write for all that wait) and is filed in the database soon after
// (filing_thread.h: the only writing connection). Work for the database is durable in it when its Done is called.
// Readers have connections of their own (CallReader) and do not touch the writer; waitUntilFiled() lets them see all
// that was acknowledged. What the database cannot take now waits in the journal; when that is full too, accepting() is
// false and the engine refuses new calls. Threads: Store is made and destroyed on the control thread; record(),
// submit(), waitUntilFiled() from any thread. Shape of the tables: migrations/*.sql.
#pragma once

#include "api/engine_status.h"
#include "api/result.h"
#include "audit/recorder.h"
#include "base/clock.h"

#include <QString>

#include <chrono>
#include <functional>
#include <memory>

class QSqlDatabase;

namespace gateway::store {

struct StoreOptions
{
    QString directory;             // holds signalbox.db, journal/
    int queueLimit = 100'000;      // records waiting for the journal
    qint64 journalBytes = 1 << 30; // the most the journal takes on disk while the database is behind
    bool refuseWhenUnavailable = false;
    const Clock* clock = nullptr;             // must outlive the store
    std::function<void(const char*)> atPoint; // tests: told on the store's threads at named points
};

class Store final : public audit::Recorder
{
public:
    // Opens or creates the database, checks it (quick_check; a corrupt one is copied aside and refused, never
    // replaced), migrates it forward, files what the journal holds and starts the threads.
    static api::Result<std::unique_ptr<Store>> open(const StoreOptions& options);
    ~Store() override; // journals and files what waits, checkpoints, closes

    void record(std::shared_ptr<const api::Call> call, audit::CommitSink* sink, quint64 token,
        audit::Haste haste = audit::Haste::Now) override;
    void endOfTurn() override;
    bool accepting() const override;

    // Runs `work` on the filing thread inside its next transaction, which holds the records from before as well, then
    // `done` on the same thread after the commit.
    // For rare writes (credentials, revisions); false from `work` rolls back that work alone (savepoint).
    using Work = std::function<bool(QSqlDatabase&)>;
    using Done = std::function<void(bool committed)>;
    void submit(Work work, Done done);
    // Both or neither: `effect`, then `mark` if there is one. So that a change and what says that it was made are one.
    static Work together(Work effect, Work mark);
    bool submitAndWait(Work work); // control thread only, at start

    // Run last of all at a clean end, when everything is filed, in a transaction of its own; `done` on the same thread.
    void setLastWork(Work work, Done done);

    // Adds what was filed since to the sums (call_fold.h, spend_fold.h), reading at most `most` rows. Told on the
    // filing thread whether more waits. Whoever never folds loses nothing but time.
    void fold(qint64 most, std::function<void(bool more)> done);

    // Told on the filing thread of every batch that is in the database: feeds live events and aggregates, so who asks
    // for what he was told of finds it. Set before the first record.
    using Observer = std::function<void(const std::vector<std::shared_ptr<const api::Call>>&)>;
    void setObserver(Observer observer);

    // What was recorded before can be read from the database when it returns true; false if that takes longer than
    // `most` or cannot be now. Blocks: not for workers.
    bool waitUntilFiled(std::chrono::milliseconds most) const;

    qint64 queueLength() const; // records waiting for the journal
    api::Part health() const;
    QString databaseFile() const;

private:
    struct Parts;
    explicit Store(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace gateway::store
