// The ladder of schema versions: migrations/NNNN_name.sql, embedded as a resource, each applied in one transaction
// together with the new version in the table meta, so that a kill at any moment leaves the old schema or the new one.
// Forward only. A statement with :from and :to is run over pieces of calls.seq, and says how far it is when that takes
// seconds. Store thread.
#pragma once

#include "api/result.h"

class QSqlDatabase;

namespace gateway::store {

int latestSchema();
// The schema's version, 0 for an empty database.
api::Result<int> schemaOf(QSqlDatabase& database);
// Brings the database to `target`; refuses one that is newer than this program knows.
api::Outcome migrate(QSqlDatabase& database, int target = latestSchema());

} // namespace gateway::store
