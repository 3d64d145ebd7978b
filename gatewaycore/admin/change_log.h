// ChangeLog: the router's memory of changes and of what else the audit log must know. The engine's keeps it in the
// database (store/audit_repository); MemoryChangeLog below is the same in memory, for tests. Thread: control; `done` is
// called on the control thread, exactly once, at once or later.
//
// The walk of a change: begin() makes the intent durable, or finds that the key was used: then it says what became of
// it. The handler runs. finish() writes the answer. A change whose intent cannot be written is refused (Unavailable):
// when the log is full or the disk is, administration stops before it begins. settle() closes a question (operation.h).
// At start, an intent without an end is not applied if its effect would have been marked, else unknown.
#pragma once

#include "admin/change.h"
#include "api/admin_transport.h"
#include "api/audit_entry.h"
#include "api/operation.h"

#include <functional>

namespace gateway::admin {

class ChangeLog
{
public:
    virtual ~ChangeLog() = default;
    template <typename T>
    using Done = std::function<void(api::Result<T>)>;

    struct Intent
    {
        api::AuditEntry entry;      // all but sequence, at, outcome, status
        QByteArray digest;          // SHA-256 of what was asked: the same key with another request is a conflict
        bool marksItsEffect = true; // false: a crash in the middle leaves it unknown
    };
    struct Begun
    {
        bool isNew = false;
        Change change;         // when new: sequence and alongside are set
        api::Operation before; // when not: what is known of the first one
        bool sameRequest = true;
    };
    virtual void begin(const Principal& by, Intent intent, Done<Begun> done) = 0;
    virtual void finish(
        const Change& change, const api::AdminReply& reply, const QJsonObject& before, const QJsonObject& after) = 0;
    virtual void settle(const Principal& by, const QString& key, Done<api::Operation> done) = 0;
    // Reads of auditors, refusals: written when there is room, at most `kNotesPerMinute` of one principal; what is left
    // out is counted in one entry.
    static constexpr int kNotesPerMinute = 600;
    virtual void note(const api::AuditEntry& entry) = 0;
    virtual void entries(const api::AuditQuery& query, Done<api::AuditPage> done) = 0;
};

} // namespace gateway::admin
