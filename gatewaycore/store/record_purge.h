// The removal of old records (audit.retention). Calls go with their attempts, in the order in which they came, in small
// pieces: each is a Work of its own with its row in record_purges and its entry in the tamper-evident log, so that what
// is missing is always accounted for. What budgets, summaries, the ledger's report and reconciliations add up is kept
// as sums: only calls that are folded go (call_fold.h, spend_fold.h), and the newest call stays, because numbers
// continue from it. Filing thread.
#pragma once

#include <QByteArray>
#include <QtGlobal>

#include <optional>

class QSqlDatabase;

namespace gateway::store {

struct RemovedPiece
{
    qint64 calls = 0; // 0: nothing is left to remove
    qint64 attempts = 0;
    qint64 firstSeq = 0; // all from here to lastSeq
    qint64 lastSeq = 0;
    qint64 oldestMs = 0; // of their beginnings
    qint64 newestMs = 0;
    QByteArray digest; // SHA-256 over their ids
};

// The next calls that began before `beforeMs`, at most `most`, up to the first that must stay. Nothing on an error.
std::optional<RemovedPiece> removeCalls(QSqlDatabase& database, qint64 beforeMs, qint64 nowMs, qint64 most);

struct RecordAge
{
    qint64 oldestMs = 0;    // beginning of the oldest call there is; 0: there is none
    qint64 removed = 0;     // calls, over all runs
    qint64 lastPurgeMs = 0; // 0: never
};
std::optional<RecordAge> recordAge(QSqlDatabase& database);

} // namespace gateway::store
