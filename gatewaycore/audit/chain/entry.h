// An entry of the log: one thing that happened, as the hash of its content, bound to all entries before it. The entry's
// hash is also its leaf in the Merkle tree (RFC 6962: SHA-256 over 0x00 and the entry's bytes), so that chain and tree
// are one. Kinds are numbers on disk: a number never gets another meaning. Any thread; values and functions. The format
// on disk: resources/help/log.md.
#pragma once

#include "base/sha256.h"

#include <QByteArrayView>
#include <QString>

namespace gateway::audit {

enum class LogKind : quint8
{
    Genesis = 1,    // the log begins: engine, key, what was there before; content kept in the log
    Call = 2,       // a row of calls with its attempts, as it was filed; ref: calls.seq
    SealedCall = 3, // the same of a call from before the log began
    Row = 4,        // a row of a watched table as it is from now on; id: "table/key"
    SealedRow = 5,  // the same of a row from before the log began
    RowGone = 6,    // a watched row was removed knowingly; id: "table/key"; content: why
    Revision = 7,   // a config revision came into force; id: its number; content kept in the log
    Purge = 8,      // calls were removed at the end of their retention; content: which seqs, how many, why
    Note = 9,       // something else that was done or found, in words; content kept in the log
};

// What the log keeps itself, beside the hash. False: a row of another table has it.
constexpr bool keepsContent(LogKind kind)
{
    return kind == LogKind::Genesis || kind >= LogKind::RowGone;
}
const char* nameOf(LogKind kind);

struct LogEntry
{
    qint64 seq = 0; // from 1, without gaps
    LogKind kind = LogKind::Note;
    qint64 ref = 0;
    QString id;
    qint64 atMs = 0;
    Hash content{};  // contentHash()
    Hash previous{}; // the hash of the entry before; of the first: zeros
};

// Domain separated: no content of one kind is one of another kind, and none is an entry or a node of the tree.
// `more`: what follows `canonical`, where it lies elsewhere.
Hash contentHash(LogKind kind, QByteArrayView canonical, QByteArrayView more = {});
Hash entryHash(const LogEntry& entry);

} // namespace gateway::audit
