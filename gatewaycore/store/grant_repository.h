// The table content_grants: break-glass grants as they stand (engine/break_glass.h). Inside the caller's transaction.
#pragma once

#include "api/content.h"

#include <optional>
#include <vector>

class QSqlDatabase;

namespace gateway::store {

bool putGrant(QSqlDatabase& database, const api::ContentGrant& grant);
// The last ones that were asked for, newest first; nothing on an error.
std::optional<std::vector<api::ContentGrant>> lastGrants(QSqlDatabase& database, int most);

} // namespace gateway::store
