// What waits in the store: records for the journal, work for the database, journalled calls for their filing. Values;
// they cross from the callers to the journalling thread and from there to the filing thread.
#pragma once

#include "audit/recorder.h"
#include "base/clock.h"
#include "store/store.h"

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
    quint64 after = 0; // the newest journalled record when it was submitted: filed before it runs
    bool succeeded = false;
};

struct JournalledCall
{
    quint64 sequence = 0;
    std::shared_ptr<const api::Call> call;
    qint64 commitUs = -1;     // hand-over to durable; -1: read back from the journal, not known any more
    Monotonic acknowledged{}; // 0: not known
};

} // namespace gateway::store
