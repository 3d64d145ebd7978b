// The zone records: what each tenant's zone and contract were over time, put together from what the revisions said and
// when they were in force. Pure; any thread.
#pragma once

#include "api/zone_record.h"
#include "store/zone_history.h"

namespace gateway::privacy {

// Newest first; of these tenants alone; empty: of all, those that are gone too.
QVector<api::ZoneRecord> timeline(
    const store::Revisions& revisions, const std::vector<store::InForce>& inForce, const QStringList& tenants);

} // namespace gateway::privacy
