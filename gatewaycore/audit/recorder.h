// Recorder: takes finished calls from the workers and makes them durable. A record is handed over once; the sink is
// told once when its batch is on disk, so that a worker can let the caller have its last byte. The
// recorder of the engine is store::Store; tests use a fake that commits at once or never. Thread: record() from any
// worker; sinks are called on the journalling thread, one call per batch, and must not block.
#pragma once

#include "api/call.h"

#include <memory>
#include <vector>

namespace gateway::audit {

enum class Durability
{
    Committed, // on disk; the database has it, or will
    Lost,      // could not be written anywhere: the caller must not get its last byte as if it were recorded
};

struct Acknowledgement
{
    quint64 token = 0; // as given to record()
    Durability durability = Durability::Committed;
};

class CommitSink
{
public:
    virtual ~CommitSink() = default;
    virtual void recordsSettled(std::vector<Acknowledgement> acknowledgements) = 0;
};

// How soon a record has to be on its way to the disk. A write and the waking for it cost much more than one record in
// it, so what can wait is gathered.
enum class Haste
{
    Now,
    EndOfTurn, // somebody waits; the thread that records calls endOfTurn() before it waits for anything
    Relaxed,   // nobody waits: some milliseconds may be gathered
};

class Recorder
{
public:
    virtual ~Recorder() = default;
    // Takes the record. `sink` may be null (it is not told) and must outlive its acknowledgement.
    virtual void record(
        std::shared_ptr<const api::Call> call, CommitSink* sink, quint64 token, Haste haste = Haste::Now) = 0;
    virtual void endOfTurn() {} // cheap: called in every turn of a worker's loop
    // May a new call start? False while records could not be kept (queue and journal full, or policy "refuse"). Cheap:
    // an atomic read, asked before every call's first upstream byte.
    virtual bool accepting() const = 0;
};

} // namespace gateway::audit
