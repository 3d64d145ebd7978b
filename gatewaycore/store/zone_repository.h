// What is kept of the zero-rows check and of the quarterly audits: runs, sign-offs, exceptions. Functions for
// Store::submit, and reads on any connection; the newest first. Any thread.
#pragma once

#include "api/zone_record.h"
#include "api/zone_standing.h"

#include <optional>

class QSqlDatabase;

namespace gateway::store {

// Keeps the run; its number, or nothing on an error. The number that is in it does not matter.
std::optional<qint64> putZoneCheck(QSqlDatabase& database, const api::StandingCheck& check, const QString& tenant);
api::Result<QVector<api::ZoneCheckRun>> zoneChecks(QSqlDatabase& database, int most);
api::Result<api::StandingCheck> zoneCheck(QSqlDatabase& database, qint64 number); // NotFound

// False also for a quarter that is signed already.
bool putZoneAudit(QSqlDatabase& database, const api::ZoneAudit& audit);
api::Result<QVector<api::ZoneAudit>> zoneAudits(QSqlDatabase& database);
bool putZoneException(QSqlDatabase& database, const api::ZoneException& exception);
api::Result<QVector<api::ZoneException>> zoneExceptions(QSqlDatabase& database);

} // namespace gateway::store
