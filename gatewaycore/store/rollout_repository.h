// The table of canaries. Functions for Store::submit: they run on the filing thread inside its transaction.
#pragma once

#include "api/canary.h"

#include <optional>
#include <vector>

class QSqlDatabase;

namespace gateway::store {

bool putRollout(QSqlDatabase& database, const api::CanaryStatus& status); // a known one is brought up to date
// Newest first, at most so many, and all that are under way. Nothing if one is unreadable.
std::optional<std::vector<api::CanaryStatus>> lastRollouts(QSqlDatabase& database, int most);

} // namespace gateway::store
