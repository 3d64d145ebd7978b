// One what-if replay from beginning to end: the calls of a period, read from the record, decided again under another
// config, summed up. Blocks its thread until it is done or told to stop; it asks nobody but the database file. Runs on
// any thread that may wait.
#pragma once

#include "replay/record_cases.h"
#include "replay/tally.h"

#include <atomic>

namespace gateway::replay {

struct ReplayOrder
{
    config::SnapshotPtr snapshot;              // to decide under
    credential::CredentialBookPtr credentials; // for calls whose scope is asked anew; may be null
    QString databaseFile;
    RecordFilter filter;
    qint64 sample = 0; // at most so many calls; 0: api::ReplayRequest::kMost
};

// Read by others while it runs.
struct ReplayProgress
{
    std::atomic<qint64> done = 0;
    std::atomic<qint64> total = 0;
    std::atomic<bool> stop = false;
};

struct ReplayOutcome
{
    api::ReplayReport report; // without its frame: id, who, when, against what
    QVector<api::ReplayChange> changes;
    bool stopped = false; // before its end: nothing in it counts
};

api::Result<ReplayOutcome> replay(const ReplayOrder& order, ReplayProgress& progress);

} // namespace gateway::replay
