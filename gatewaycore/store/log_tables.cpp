#include "store/log_tables.h"

#include <array>

namespace gateway::store {
namespace {

// Lines are only added; the columns of a line never change (log_tables.h).
constexpr std::array kTables{
    LogTable{"admin_audit", 1, "sequence", KeyKind::Integer,
        "sequence, at_ms, ended_ms, principal, role, came_by, client, peer, action, object, reason, operation, "
        "revision,"
        " outcome, status, message, asked, state_before, state_after, state, marks, holds_key, digest, reply_status,"
        " reply"},
    LogTable{"config_revisions", 1, "number", KeyKind::Integer,
        "number, hash, text, kind, draft, restores, author, approver, by, reason, file_hash, created_ms, from_ms,"
        " until_ms, in_force, review_due_ms, rolled_back_ms, rolled_back_by, rolled_back_reason, detail"},
    LogTable{"config_drafts", 1, "id", KeyKind::Text,
        "id, base, version, state, author, note, hash, text, revision, created_ms, updated_ms, detail"},
};

} // namespace

std::span<const LogTable> logTables()
{
    return kTables;
}

const LogTable* logTable(QByteArrayView table)
{
    const LogTable* newest = nullptr;
    for (const LogTable& one : kTables) {
        if (table == QByteArrayView(one.table) && (!newest || one.format > newest->format))
            newest = &one;
    }
    return newest;
}

} // namespace gateway::store
