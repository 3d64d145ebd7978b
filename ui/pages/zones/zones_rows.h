// The rows of the Zones page: how a tenant's check and an endpoint look as cells. Pure functions; UI thread.
#pragma once

#include "api/zone_check.h"
#include "widgets/cell.h"

namespace ui::zones {

// PASS FAIL NO_DATA INCOMPLETE as shape and word; what is not known is never taken for a pass.
Status statusOf(const QString& verdict);
QString wordOf(const QString& verdict);
// What needs somebody first: fail, incomplete, no data, pass.
int rankOf(const QString& verdict);

QVector<Cell> rowOf(const gateway::api::TenantZoneCheck& check);
QVector<Cell> rowOf(const gateway::api::ZoneEndpoint& endpoint);

} // namespace ui::zones
