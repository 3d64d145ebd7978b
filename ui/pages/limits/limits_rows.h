// The rows of the Limits page: how a standing check, an incident, a quota and a provider's limit look as cells. Pure
// functions; UI thread.
#pragma once

#include "api/incident.h"
#include "api/invariant.h"
#include "api/quota_status.h"
#include "widgets/cell.h"

namespace ui::limits {

QVector<Cell> rowOf(const gateway::api::Invariant& check);
QVector<Cell> rowOf(const gateway::api::Incident& incident);
QVector<Cell> rowOf(const gateway::api::QuotaStatus& quota);
QVector<Cell> rowOf(const gateway::api::ProviderGateStatus& gate);

} // namespace ui::limits
