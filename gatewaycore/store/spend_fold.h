// Folds what calls cost into the table `spend`, so that spend_reader.h reads sums instead of calls. Whoever never folds
// loses nothing but time at the next start. Functions for Store::submit: they run on the store thread inside its
// transaction, so a crash leaves all of a step or none of it.
#pragma once

#include <QtGlobal>

#include <optional>

class QSqlDatabase;

namespace gateway::store {

// Folds the next calls, at most `most` of them (about 5 us each): call it now and then, and again while it returns
// `most`. Nothing on an error.
std::optional<qint64> foldSpend(QSqlDatabase& database, qint64 most);

constexpr qint64 kQuarterMs = 900'000;

} // namespace gateway::store
