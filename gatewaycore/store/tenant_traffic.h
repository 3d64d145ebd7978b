// How many calls each tenant made through each alias since a time, from the folded sums (whole half hours) and the
// calls that are not folded yet. For what a change of the config affects; a count that is exact to the half hour is
// enough there. Opens a reading connection of its own; on the reading thread.
#pragma once

#include "api/result.h"

#include <QHash>
#include <QString>

namespace gateway::store {

using TenantTraffic = QHash<QString, QHash<QString, qint64>>; // tenant -> alias -> calls

api::Result<TenantTraffic> readTenantTraffic(const QString& databaseFile, qint64 sinceMs);

} // namespace gateway::store
