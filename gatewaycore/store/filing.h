// Filing: the database's side of the record. It owns the writing connection and puts journalled calls into the database
// together with the place in the journal they were read up to, and changes (Work) durably. Transactions of calls alone
// are not synced (the journal has them); those with work, and those that complete a segment, are. What the database
// cannot take now stays in the journal and is tried again; after a failed fsync nothing is written to the database any
// more until a restart has recovered it, because what the kernel holds is not known then. Filing thread, except what is
// marked.
#pragma once

#include "store/call_writer.h"
#include "store/database.h"
#include "store/journal.h"

#include <QSqlQuery>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>

namespace gateway::store {

class Filing
{
public:
    using Calls = std::vector<std::shared_ptr<const api::Call>>;
    enum class State
    {
        Available,
        Unavailable, // tried again
        Broken,      // a sync failed
        Damaged,     // the check in the background found something
    };

    // Opens the database and the journal, takes over an old spill journal. What the journal holds beyond the database
    // is left to the caller.
    static api::Result<std::unique_ptr<Filing>> open(const StoreOptions& options, const Clock& clock);
    ~Filing();

    Journal& journal() { return *m_journal; }
    quint64 filedUpTo() const { return m_filedUpTo; }
    qint64 lastSeq() const { return m_writer.lastSeq(); } // of the newest call in the database

    // All in one transaction, or nothing: then `works` have not succeeded. New calls are added to `filed`. A busy
    // database is waited for up to two seconds.
    bool file(std::span<const JournalledCall> calls, quint64 upTo, std::span<PendingWork> works, Calls& filed);
    bool mayTry() const;
    std::chrono::steady_clock::time_point nextTry() const { return m_nextTry; }
    bool walIsLarge() const;
    void checkpoint();
    bool close(); // all is filed: the database is closed knowing that, and the journal emptied

    State state() const { return m_state.load(std::memory_order_relaxed); } // any thread
    QString trouble() const;                                                // any thread
    bool isChecking() const { return m_check.valid(); }
    void lookAtCheck();

private:
    Filing(const StoreOptions& options, const Clock& clock);
    api::Outcome takeOver(const QString& oldSpill);
    bool attempt(std::span<const JournalledCall> calls, quint64 upTo, std::span<PendingWork> works, Calls& filed);
    bool write(std::span<const JournalledCall> calls, Calls& filed);
    bool writeOne(const JournalledCall& one, qint64 batch, qint64 unknown, Calls& filed);
    bool place(quint64 upTo);
    bool runWork(PendingWork& work);
    bool setDurable(bool durable);
    bool run(const char* statement);
    bool fail(const QSqlError& error);
    void setState(State state, const QString& trouble);
    void checkInBackground();
    void point(const char* name) const;

    const StoreOptions m_options;
    const Clock& m_clock;
    Connection m_connection;
    CallWriter m_writer;
    QSqlQuery m_place;
    std::unique_ptr<Journal> m_journal;
    QSqlError m_error; // of the last attempt
    std::atomic<State> m_state = State::Available;
    std::chrono::steady_clock::time_point m_nextTry;
    quint64 m_filedUpTo = 0;
    bool m_durable = false;   // the next commit is synced whatever is in it
    bool m_isDurable = false; // commits are synced now
    bool m_walGrew = false;

    std::future<QString> m_check; // the finding; empty: none
    mutable std::mutex m_troubleMutex;
    QString m_trouble;
};

} // namespace gateway::store
