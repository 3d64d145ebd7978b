#include "budget/window.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>

namespace gateway::budget {
namespace {

using config::BudgetPeriod;

constexpr qint64 kHour = 3'600'000;
constexpr qint64 kDay = 24 * kHour;

QDateTime utc(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

qint64 offsetAt(const QTimeZone& zone, qint64 ms)
{
    return qint64(zone.offsetFromUtc(utc(ms))) * 1000;
}

// Where the offset changes within (from, to), rising. A transition that keeps the offset (a new abbreviation) is none.
std::vector<qint64> changes(const QTimeZone& zone, qint64 from, qint64 to)
{
    std::vector<qint64> list;
    if (!zone.hasTransitions())
        return list;
    for (const QTimeZone::OffsetData& each : zone.transitions(utc(from), utc(to))) {
        const qint64 at = each.atUtc.toMSecsSinceEpoch();
        if (at > from && at < to && offsetAt(zone, at) != offsetAt(zone, at - 1))
            list.push_back(at);
    }
    return list;
}

// The first instant at which the clocks of the zone show this date or a later one: midnight where there is one, else
// the end of the gap that swallowed it (or the whole day). The first of two midnights.
qint64 beginOf(const QTimeZone& zone, QDate date)
{
    const qint64 midnight = QDateTime(date, QTime(0, 0), Qt::UTC).toMSecsSinceEpoch(); // on the zone's clocks
    qint64 from = midnight - 2 * kDay;                                                 // no offset is larger
    std::vector<qint64> ends = changes(zone, from, midnight + 2 * kDay);
    ends.push_back(midnight + 2 * kDay);
    for (const qint64 end : ends) {
        const qint64 at = std::max(from, midnight - offsetAt(zone, from));
        if (at < end)
            return at;
        from = end;
    }
    return midnight;
}

QDate firstDay(BudgetPeriod period, QDate date)
{
    switch (period) {
    case BudgetPeriod::Week:
        return date.addDays(1 - date.dayOfWeek());
    case BudgetPeriod::Month:
        return QDate(date.year(), date.month(), 1);
    case BudgetPeriod::Quarter:
        return QDate(date.year(), (date.month() - 1) / 3 * 3 + 1, 1);
    case BudgetPeriod::Year:
        return QDate(date.year(), 1, 1);
    case BudgetPeriod::Hour:
    case BudgetPeriod::Day:
        break;
    }
    return date;
}

QDate nextFirstDay(BudgetPeriod period, QDate first)
{
    switch (period) {
    case BudgetPeriod::Week:
        return first.addDays(7);
    case BudgetPeriod::Month:
        return first.addMonths(1);
    case BudgetPeriod::Quarter:
        return first.addMonths(3);
    case BudgetPeriod::Year:
        return first.addYears(1);
    case BudgetPeriod::Hour:
    case BudgetPeriod::Day:
        break;
    }
    return first.addDays(1);
}

// An hour of the zone's clocks, cut where the clocks are changed: the repeated hour is two windows.
Window hourAt(const QTimeZone& zone, qint64 ms)
{
    const qint64 offset = offsetAt(zone, ms);
    const qint64 local = ms + offset;
    const qint64 begin = local - ((local % kHour) + kHour) % kHour - offset;
    Window window{begin, begin + kHour};
    for (const qint64 change : changes(zone, window.startMs, window.endMs)) {
        if (change <= ms)
            window.startMs = change;
        else
            window.endMs = std::min(window.endMs, change);
    }
    return window;
}

} // namespace

Window windowAt(BudgetPeriod period, const QByteArray& timeZone, qint64 utcMs)
{
    QTimeZone zone(timeZone);
    if (!zone.isValid()) // the config knows better; a zone that was removed since must not stop the engine
        zone = QTimeZone::utc();
    if (period == BudgetPeriod::Hour)
        return hourAt(zone, utcMs);

    // from the date the clocks show; where they were set back over midnight that may be the window before
    QDate first = firstDay(period, utc(utcMs + offsetAt(zone, utcMs)).date());
    Window window{beginOf(zone, first), beginOf(zone, nextFirstDay(period, first))};
    while (utcMs >= window.endMs) {
        first = nextFirstDay(period, first);
        window = {window.endMs, beginOf(zone, nextFirstDay(period, first))};
    }
    while (utcMs < window.startMs) {
        first = firstDay(period, first.addDays(-1));
        window = {beginOf(zone, first), window.startMs};
    }
    return window;
}

} // namespace gateway::budget
