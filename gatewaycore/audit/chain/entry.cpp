#include "audit/chain/entry.h"

#include "audit/chain/canonical.h"
#include "audit/chain/merkle.h"

namespace gateway::audit {

const char* nameOf(LogKind kind)
{
    switch (kind) {
    case LogKind::Genesis:
        return "genesis";
    case LogKind::Call:
        return "call";
    case LogKind::SealedCall:
        return "sealed-call";
    case LogKind::Row:
        return "row";
    case LogKind::SealedRow:
        return "sealed-row";
    case LogKind::RowGone:
        return "row-gone";
    case LogKind::Revision:
        return "revision";
    case LogKind::Purge:
        return "purge";
    case LogKind::Note:
        return "note";
    }
    return "";
}

Hash contentHash(LogKind kind, QByteArrayView canonical, QByteArrayView more)
{
    thread_local Sha256 hasher;
    const char domain[] = {'s', 'b', 'x', '1', 'c', char(kind)};
    hasher.add({domain, sizeof domain});
    hasher.add(canonical);
    hasher.add(more);
    return hasher.finish();
}

Hash entryHash(const LogEntry& entry)
{
    thread_local CanonicalBytes bytes;
    bytes.clear();
    bytes.raw("sbx1e");
    bytes.mark(quint8(entry.kind));
    bytes.integer(entry.seq);
    bytes.integer(entry.ref);
    bytes.text(entry.id.toUtf8());
    bytes.integer(entry.atMs);
    bytes.raw(viewOf(entry.content));
    bytes.raw(viewOf(entry.previous));
    return leafHash(bytes.view());
}

} // namespace gateway::audit
