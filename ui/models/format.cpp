#include "models/format.h"

#include <QTimeZone>

#include <QLocale>

#include <cmath>

namespace ui::models {
namespace {

// English digits and commas whatever the desktop says: units, ids and numbers are not localised (console.md).
const QLocale& numbers()
{
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

} // namespace

QString notApplicable()
{
    return QStringLiteral("\u2014");
}

QString wholeNumber(qint64 value)
{
    return numbers().toString(value);
}

QString secondsFromUs(qint64 us)
{
    return us < 0 ? notApplicable() : numbers().toString(double(us) / 1e6, 'f', 2);
}

QString millisecondsFromUs(qint64 us)
{
    return us < 0 ? notApplicable() : numbers().toString(double(us) / 1e3, 'f', 1);
}

QString durationFromUs(qint64 us)
{
    if (us < 0)
        return notApplicable();
    if (us < 1'000)
        return QStringLiteral("%1 \u00b5s").arg(us);
    if (us < 10'000)
        return QStringLiteral("%1 ms").arg(numbers().toString(double(us) / 1e3, 'f', 1));
    if (us < 999'500)
        return QStringLiteral("%1 ms").arg(qRound64(double(us) / 1e3));
    if (us < 100'000'000)
        return QStringLiteral("%1 s").arg(numbers().toString(double(us) / 1e6, 'f', us < 10'000'000 ? 2 : 1));
    return QStringLiteral("%1 s").arg(wholeNumber(qRound64(double(us) / 1e6)));
}

QString secondsFromMs(std::optional<double> ms)
{
    return ms ? QStringLiteral("%1 s").arg(numbers().toString(*ms / 1000.0, 'f', 2)) : notApplicable();
}

QString percent(std::optional<double> share)
{
    if (!share)
        return notApplicable();
    const double value = *share * 100.0;
    // One decimal below ten, none above, except that 0 and 100 are exact words: "0 %" is never a rounded 0.04.
    if (value == 0.0 || value == 100.0)
        return QStringLiteral("%1 %").arg(int(value));
    if (value < 0.05)
        return QStringLiteral("< 0.1 %");
    return QStringLiteral("%1 %").arg(numbers().toString(value, 'f', value < 9.95 ? 1 : 0));
}

QString dollars(const std::optional<gateway::api::Money>& amount)
{
    if (!amount)
        return QStringLiteral("not priced");
    constexpr std::int64_t step = 10'000; // five decimals of a dollar in nano-USD
    const std::int64_t nano = amount->nano();
    if (nano > 0 && nano < step / 2)
        return QStringLiteral("< 0.00001");
    const std::int64_t rounded = (nano + (nano < 0 ? -step / 2 : step / 2)) / step;
    const std::int64_t whole = rounded / 100'000;
    const QString fraction = QString::number(std::abs(rounded % 100'000)).rightJustified(5, QLatin1Char('0'));
    const QString sign = rounded < 0 && whole == 0 ? QStringLiteral("-") : QString();
    return sign + wholeNumber(whole) + QLatin1Char('.') + fraction;
}

QString dollarsAndCents(gateway::api::Money amount)
{
    constexpr std::int64_t usd = 1'000'000'000;
    const std::int64_t nano = amount.nano();
    const QString sign = nano < 0 ? QStringLiteral("\u2212$") : QStringLiteral("$");
    const std::int64_t size = std::abs(nano);
    if (size > 0 && size < usd) {
        const QString exact = dollars(gateway::api::Money::fromNano(size));
        if (exact.startsWith(QLatin1Char('<')))
            return QStringLiteral("< $0.00001");
        QString shown = exact;
        while (shown.endsWith(QLatin1Char('0')) && shown.size() > 4)
            shown.chop(1);
        return sign + shown;
    }
    const std::int64_t rounded = (size + usd / 200) / (usd / 100);
    return sign + wholeNumber(rounded / 100) + QLatin1Char('.') +
           QString::number(rounded % 100).rightJustified(2, QLatin1Char('0'));
}

QString clockTime(const QDateTime& time)
{
    return time.toUTC().toString(QStringLiteral("HH:mm:ss.zzz"));
}

QString clockMinute(const QDateTime& time)
{
    return time.toUTC().toString(QStringLiteral("HH:mm"));
}

QString age(const QDateTime& then, const QDateTime& now)
{
    const qint64 seconds = std::max<qint64>(0, then.secsTo(now));
    if (seconds < 90)
        return QStringLiteral("%1 s ago").arg(seconds);
    if (seconds < 90 * 60)
        return QStringLiteral("%1 min ago").arg(seconds / 60);
    if (seconds < 24 * 3600)
        return QStringLiteral("%1 h ago").arg(seconds / 3600);
    return then.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString timeLeft(const QDateTime& end, const QDateTime& now)
{
    const qint64 seconds = now.secsTo(end);
    if (seconds <= 0)
        return QStringLiteral("now");
    if (seconds < 90)
        return QStringLiteral("%1 s").arg(seconds);
    if (seconds < 90 * 60)
        return QStringLiteral("%1 min").arg((seconds + 30) / 60);
    if (seconds < 48 * 3600)
        return QStringLiteral("%1 h %2 min").arg(seconds / 3600).arg(seconds % 3600 / 60);
    return QStringLiteral("%1 d %2 h").arg(seconds / 86'400).arg(seconds % 86'400 / 3600);
}

QString windowWords(const QDateTime& start, const QDateTime& end, const QString& timeZone)
{
    const QTimeZone zone(timeZone.toUtf8());
    const QDateTime from = zone.isValid() ? start.toTimeZone(zone) : start.toUTC();
    const QDateTime to = zone.isValid() ? end.toTimeZone(zone) : end.toUTC();
    const QDate last = to.addSecs(-1).date();
    const QLocale words = QLocale::c();
    const auto day = [&words](const QDate& date) { return words.toString(date, QStringLiteral("d MMM")); };
    QString text;
    if (from.secsTo(to) <= 2 * 3600)
        text = day(from.date()) + from.toString(QStringLiteral(" HH:mm")) + QStringLiteral(" to ") +
               to.toString(QStringLiteral("HH:mm"));
    else if (from.date() == last)
        text = day(last);
    else if (from.date().month() == last.month() && from.date().year() == last.year())
        text = QStringLiteral("%1 to %2").arg(from.date().day()).arg(day(last));
    else
        text = QStringLiteral("%1 to %2").arg(day(from.date()), day(last));
    return text + QStringLiteral(", ") + (zone.isValid() ? timeZone : QStringLiteral("UTC"));
}

QString plural(qint64 count, const QString& one, const QString& many)
{
    return QStringLiteral("%1 %2").arg(wholeNumber(count), count == 1 ? one : many);
}

} // namespace ui::models
