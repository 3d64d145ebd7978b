// Values as words on screen: durations, counts, money, shares, ages. One place, so that a number looks the same in
// every table and sentence. tokens.md section 2: thousands comma, one space before a unit, em dash for "not
// applicable". Any thread; pure functions. Units in the names; -1 means "never" and gives the em dash.
#pragma once

#include "api/money.h"

#include <QDateTime>
#include <QString>

#include <optional>

namespace ui::models {

QString notApplicable();                         // the em dash
QString wholeNumber(qint64 value);               // 188,412
QString secondsFromUs(qint64 us);                // "0.93"
QString millisecondsFromUs(qint64 us);           // "3.0"
QString durationFromUs(qint64 us);               // "640 ms", "2.41 s", "0.9 ms": with its unit, three digits at most
QString secondsFromMs(std::optional<double> ms); // "0.93 s"
QString percent(std::optional<double> share);    // 0.057 -> "5.7 %", 0.38 -> "38 %"
QString dollars(const std::optional<gateway::api::Money>& amount); // "0.00167", "< 0.00001"; "not priced" when empty
// "$12,000.00"; below a dollar with as many decimals as it needs, at most five: "$0.00167".
QString dollarsAndCents(gateway::api::Money amount);
QString clockTime(const QDateTime& time);                     // "03:22:24.118", UTC
QString clockMinute(const QDateTime& time);                   // "03:22", UTC
QString age(const QDateTime& then, const QDateTime& now);     // "1 s ago", "4 min ago"; a date when older than a day
QString timeLeft(const QDateTime& end, const QDateTime& now); // "42 s", "23 min", "2 h 14 min", "6 d 3 h"; "now"
// "1 to 30 Nov, UTC", "22 Nov, Europe/Berlin", "22 Nov 14:00 to 15:00, UTC": the window in its own zone.
QString windowWords(const QDateTime& start, const QDateTime& end, const QString& timeZone);
QString plural(qint64 count, const QString& one, const QString& many); // "1 call", "3 calls"

} // namespace ui::models
