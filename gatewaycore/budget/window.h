// The window of a budget: from when to when a period runs that contains an instant, in the budget's time zone, with its
// daylight-saving changes. Windows of one budget follow each other without a gap and without an overlap; a day may have
// 23, 24 or 25 hours, an hour that is repeated is two windows. Weeks begin on Monday. Pure functions; any thread.
#pragma once

#include "config/budget_policy.h"

namespace gateway::budget {

struct Window
{
    qint64 startMs = 0; // UTC, inclusive
    qint64 endMs = 0;   // exclusive: the reset
    bool contains(qint64 ms) const { return ms >= startMs && ms < endMs; }
    friend bool operator==(const Window&, const Window&) = default;
};

Window windowAt(config::BudgetPeriod period, const QByteArray& timeZone, qint64 utcMs);

} // namespace gateway::budget
