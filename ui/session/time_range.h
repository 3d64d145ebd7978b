// TimeRange: what part of time the pages show. Live: the last `seconds` up to now, moving; else a fixed window. Times
// in UTC. Any thread; a value.
#pragma once

#include <QDateTime>

namespace ui {

struct TimeRange
{
    int seconds = 15 * 60;
    bool live = true;
    QDateTime fixedTo; // used when not live

    QDateTime to(const QDateTime& now) const { return live || !fixedTo.isValid() ? now : fixedTo; }
    QDateTime from(const QDateTime& now) const { return to(now).addSecs(-seconds); }

    friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

// How times are written on screen; the data is UTC always.
enum class TimeZoneChoice
{
    Utc,
    Local
};

} // namespace ui
