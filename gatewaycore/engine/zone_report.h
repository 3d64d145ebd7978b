// The zone check of today (api/zone_check.h): the endpoints each tenant may be routed to by the config in force, asked
// of routing's own zone filter, and where its recorded attempts went. A difference between contract and config is a
// failure, whoever is right: somebody must look. What it does not catch is said in decision 0104. Any thread; pure but
// for the reading.
#pragma once

#include "api/zone_check.h"
#include "config/policy_snapshot.h"
#include "store/zone_reader.h"

#include <QHash>

namespace gateway::engine {

struct ZoneQuestion
{
    config::SnapshotPtr snapshot;
    QHash<QString, QStringList> aliasesOf; // tenant -> aliases its live credentials may use; "*": all
    QStringList tenants;                   // of these alone; empty: of all
    qint64 sinceMs = 0;
    qint64 nowMs = 0;
};

// What the config says of it, and how the attempts counted there stand to it.
api::ZoneCheck zoneReport(const ZoneQuestion& question, const std::vector<store::EndpointCount>& counts);

// Counts, judges, and looks up calls that went outside. On a reading thread.
api::Result<api::ZoneCheck> checkZones(const ZoneQuestion& question, const QString& databaseFile);

} // namespace gateway::engine
