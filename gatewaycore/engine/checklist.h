// The twenty items of the checklist, each measured on what this engine knows: its config, its state, its record of the
// last day. An item is "met" only by what was measured; what the engine cannot see (a review somebody held, a load test
// somewhere else) is "unknown" and says what would have to be looked at. Pure; any thread.
#pragma once

#include "api/call_summary.h"
#include "api/capability.h"
#include "api/checklist.h"
#include "api/engine_status.h"
#include "api/incident.h"
#include "api/invariant.h"
#include "api/lever.h"
#include "api/zone_record.h"
#include "config/policy_snapshot.h"

#include <QHash>

namespace gateway::engine {

struct ChecklistFacts
{
    config::SnapshotPtr snapshot;
    QVector<api::CredentialInfo> credentials;
    QVector<api::CandidateCapabilities> capabilities;
    QVector<api::DrillCard> drills; // newest first
    QVector<api::Invariant> invariants;
    QVector<api::Incident> incidents;
    api::Part store;
    std::optional<api::ZoneAudit> zoneAudit;   // the one to look at
    QHash<QString, qint64> attemptsOfProvider; // last hour
    api::CallSummary day;                      // by outcome, the last 24 hours in one bucket
    QDateTime now;
};

QVector<api::ChecklistItem> checklistOf(const ChecklistFacts& facts);

} // namespace gateway::engine
