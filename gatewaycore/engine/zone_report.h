// The zero-rows check over a scan of the attempts (store/zone_scan.h): each group of them judged by what its revision
// said (privacy/standing.h), and for each tenant what its contract, the config in force and its attempts say; the
// endpoints it may be routed to are asked of routing's own filter. What it does not catch is said in decision 0167. Any
// thread; pure but for the rows, which are read.
#pragma once

#include "api/zone_standing.h"
#include "config/policy_snapshot.h"
#include "store/zone_history.h"
#include "store/zone_scan.h"

#include <QHash>

namespace gateway::engine {

struct ZoneQuestion
{
    config::SnapshotPtr snapshot;
    QHash<QString, QStringList> aliasesOf; // tenant -> aliases its live credentials may use; "*": all
    QStringList tenants;                   // of these alone; empty: of all
    qint64 sinceMs = 0;
    qint64 untilMs = 0;
    qint64 nowMs = 0;
};

api::StandingCheck zoneReport(
    const ZoneQuestion& question, const store::ZoneScan& scan, const store::Revisions& revisions);

// The same, with the revisions and the rows read from the database. On a reading thread.
api::Result<api::StandingCheck> readZoneReport(
    const ZoneQuestion& question, const store::ZoneScan& scan, const QString& databaseFile);

} // namespace gateway::engine
