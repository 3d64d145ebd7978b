// Folds calls into the tables call_sums and endpoint_sums, so that a sum over weeks reads sums and not calls. What is
// folded is told by the order of arrival (meta 'calls_folded'), not by time: a call that comes late is counted with the
// next step, in the half hour in which it began, and nothing is ever restated. Readers add the calls beyond that mark.
// Like spend_fold.h: for Store::submit; a step is whole or not at all; whoever never folds loses nothing but time.
#pragma once

#include <QtGlobal>

#include <optional>

class QSqlDatabase;

namespace gateway::store {

constexpr qint64 kHalfHourMs = 1'800'000;

// The next calls, at most `most` of them (about 5 us each). What was folded; nothing on an error.
std::optional<qint64> foldCalls(QSqlDatabase& database, qint64 most);

// The half hours that lie whole in [sinceMs, untilMs).
struct WholeHalfHours
{
    qint64 first = 0;
    qint64 end = 0;

    WholeHalfHours(qint64 sinceMs, qint64 untilMs);
    bool isEmpty() const { return end <= first; }
    qint64 firstMs() const { return first * kHalfHourMs; }
    qint64 endMs() const { return end * kHalfHourMs; }
};

} // namespace gateway::store
