// The day in UTC that a wall time in milliseconds falls on: arithmetic, where a QDateTime would be made and taken apart
// for each call. Pure; any thread.
#pragma once

#include <QDate>

namespace gateway {

inline QDate utcDay(qint64 wallMs)
{
    constexpr qint64 kEpoch = 2'440'588; // the Julian day of 1970-01-01
    constexpr qint64 kDayMs = 86'400'000;
    const qint64 days = wallMs / kDayMs - (wallMs % kDayMs < 0 ? 1 : 0);
    return QDate::fromJulianDay(kEpoch + days);
}

} // namespace gateway
