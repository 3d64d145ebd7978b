// The hand-over of an incident: at most twelve lines of plain text that tell the next person on duty what, since when,
// what harm, what is in force, what was said, what changed in the two hours before, and what to do next. Made of facts
// only; a pure function. Texts from outside are kept to one line each.
#pragma once

#include "api/audit_entry.h"
#include "api/incident.h"
#include "api/lever.h"

#include <QVector>

#include <chrono>
#include <optional>

namespace gateway::engine {

struct HandoverFacts
{
    static constexpr std::chrono::hours kBefore{2};

    api::Incident incident; // with its notes
    QDateTime now;
    bool breakersClosed = false;      // all of the provider's
    QVector<api::LeverStatus> levers; // of the whole engine
    // Applied in the two hours before it opened, newest first; nothing: the audit log could not be read.
    std::optional<QVector<api::AuditEntry>> changes;
};

api::Handover handoverOf(const HandoverFacts& facts);

} // namespace gateway::engine
