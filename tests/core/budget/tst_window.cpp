// Windows in their time zone: month ends, leap days, both clock changes, half-hour zones, a day that never was; and
// over years they follow each other without a gap.
#include "budget/window.h"

#include <QDateTime>
#include <QTest>
#include <QTimeZone>

using namespace gateway;
using budget::Window;
using budget::windowAt;
using config::BudgetPeriod;

namespace {

qint64 at(const char* text) // ISO, UTC
{
    const QDateTime time = QDateTime::fromString(QString::fromLatin1(text), Qt::ISODate);
    if (!time.isValid())
        qFatal("%s", text);
    return time.toMSecsSinceEpoch();
}

QString text(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODate);
}

constexpr qint64 kHour = 3'600'000;
constexpr BudgetPeriod kAll[] = {BudgetPeriod::Hour, BudgetPeriod::Day, BudgetPeriod::Week, BudgetPeriod::Month,
    BudgetPeriod::Quarter, BudgetPeriod::Year};
constexpr const char* kZones[] = {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo",
    "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "America/St_Johns", "Africa/Casablanca"};

} // namespace

Q_DECLARE_METATYPE(gateway::config::BudgetPeriod)

class TestWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void exact_data()
    {
        QTest::addColumn<BudgetPeriod>("period");
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QString>("instant");
        QTest::addColumn<QString>("start");
        QTest::addColumn<QString>("end");
        const auto row = [](const char* tag, BudgetPeriod period, const char* zone, const char* instant,
                             const char* start, const char* end) {
            QTest::newRow(tag) << period << QByteArray(zone) << QString::fromLatin1(instant)
                               << QString::fromLatin1(start) << QString::fromLatin1(end);
        };
        using enum BudgetPeriod;
        row("hour", Hour, "UTC", "2026-11-22T13:59:59Z", "2026-11-22T13:00:00Z", "2026-11-22T14:00:00Z");
        row("hour, half-hour zone", Hour, "Asia/Kolkata", "2026-11-22T13:29:59Z", "2026-11-22T12:30:00Z",
            "2026-11-22T13:30:00Z");
        row("day", Day, "UTC", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z");
        row("day before midnight", Day, "UTC", "2026-11-21T23:59:59Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z");
        row("day, Kolkata", Day, "Asia/Kolkata", "2026-11-21T18:30:00Z", "2026-11-21T18:30:00Z",
            "2026-11-22T18:30:00Z");
        row("23 hours", Day, "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
        row("25 hours", Day, "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        row("23 hours, New York", Day, "America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z",
            "2026-03-09T04:00:00Z");
        row("25 hours, New York", Day, "America/New_York", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z",
            "2026-11-02T05:00:00Z");
        row("23.5 hours", Day, "Australia/Lord_Howe", "2026-10-04T00:00:00Z", "2026-10-03T13:30:00Z",
            "2026-10-04T13:00:00Z");
        row("24.5 hours", Day, "Australia/Lord_Howe", "2026-04-05T00:00:00Z", "2026-04-04T13:00:00Z",
            "2026-04-05T13:30:00Z");
        row("repeated hour, first", Hour, "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z",
            "2026-10-25T01:00:00Z");
        row("repeated hour, second", Hour, "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z",
            "2026-10-25T02:00:00Z");
        row("repeated half hour", Hour, "Australia/Lord_Howe", "2026-04-04T15:10:00Z", "2026-04-04T15:00:00Z",
            "2026-04-04T15:30:00Z");
        row("half an hour after the gap", Hour, "Australia/Lord_Howe", "2026-10-03T15:40:00Z", "2026-10-03T15:30:00Z",
            "2026-10-03T16:00:00Z");
        row("no midnight", Day, "America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z",
            "2018-11-05T02:00:00Z");
        row("midnight set back", Day, "America/Sao_Paulo", "2018-02-18T02:30:00Z", "2018-02-17T02:00:00Z",
            "2018-02-18T03:00:00Z");
        row("a day that never was", Day, "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z",
            "2011-12-30T10:00:00Z");
        row("the day after it", Day, "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z",
            "2011-12-31T10:00:00Z");
        row("fourteen hours ahead", Day, "Pacific/Kiritimati", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z",
            "2026-11-23T10:00:00Z");
        row("set back over midnight", Day, "America/St_Johns", "2010-11-07T03:00:00Z", "2010-11-07T02:30:00Z",
            "2010-11-08T03:30:00Z");
        row("week from Monday", Week, "UTC", "2026-11-22T13:00:00Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z");
        row("week on Monday", Week, "UTC", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z");
        row("week over the year", Week, "Europe/Berlin", "2027-01-01T12:00:00Z", "2026-12-27T23:00:00Z",
            "2027-01-03T23:00:00Z");
        row("month end", Month, "UTC", "2026-01-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        row("February", Month, "UTC", "2026-02-28T23:59:59Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
        row("leap February", Month, "UTC", "2028-02-29T23:59:59Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z");
        row("month over a change", Month, "Europe/Berlin", "2026-10-15T00:00:00Z", "2026-09-30T22:00:00Z",
            "2026-10-31T23:00:00Z");
        row("quarter", Quarter, "America/New_York", "2026-04-01T03:59:59Z", "2026-01-01T05:00:00Z",
            "2026-04-01T04:00:00Z");
        row("last quarter", Quarter, "UTC", "2026-12-31T23:59:59Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z");
        row("year", Year, "Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2026-12-31T10:00:00Z", "2027-12-31T10:00:00Z");
        row("unknown zone is UTC", Day, "Mars/Olympus", "2026-11-22T13:00:00Z", "2026-11-22T00:00:00Z",
            "2026-11-23T00:00:00Z");
        row("before 1970", Hour, "UTC", "1969-12-31T23:30:00Z", "1969-12-31T23:00:00Z", "1970-01-01T00:00:00Z");
    }
    void exact()
    {
        QFETCH(BudgetPeriod, period);
        QFETCH(QByteArray, zone);
        QFETCH(QString, instant);
        const Window window = windowAt(period, zone, at(instant.toLatin1().constData()));
        QTEST(text(window.startMs), "start");
        QTEST(text(window.endMs), "end");
    }

    // From window to window over years: each begins where the last one ended, holds every instant of itself, and its
    // length is one the period can have.
    void tile_data()
    {
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<BudgetPeriod>("period");
        for (const char* zone : kZones) {
            for (const BudgetPeriod period : kAll)
                QTest::addRow("%s %d", zone, int(period)) << QByteArray(zone) << period;
        }
    }
    void tile()
    {
        QFETCH(QByteArray, zone);
        QFETCH(BudgetPeriod, period);
        const bool hours = period == BudgetPeriod::Hour;
        // hours of a year with both changes; the others over decades, past the last change any table lists
        const qint64 from = at(hours ? "2026-01-01T07:00:00Z" : "2009-06-01T07:00:00Z");
        const qint64 to = at(hours ? "2026-12-31T00:00:00Z" : "2041-01-01T00:00:00Z");
        constexpr qint64 kLeast[] = {1, 1, 6 * 24 - 1, 27 * 24, 88 * 24, 364 * 24}; // Apia lost a whole day
        constexpr qint64 kMost[] = {1, 26, 7 * 24 + 2, 31 * 24 + 2, 92 * 24 + 2, 366 * 24 + 2};
        Window window = windowAt(period, zone, from);
        quint32 dice = 12345;
        while (window.endMs < to) {
            const qint64 length = window.endMs - window.startMs;
            QVERIFY2(
                length > 0 && (hours || length >= kLeast[int(period)] * kHour) && length <= kMost[int(period)] * kHour,
                qPrintable(text(window.startMs) + QStringLiteral(" .. ") + text(window.endMs)));
            dice = dice * 1664525 + 1013904223;
            for (const qint64 inside : {window.startMs, window.startMs + qint64(dice) % length, window.endMs - 1})
                QCOMPARE(windowAt(period, zone, inside), window);
            const Window next = windowAt(period, zone, window.endMs);
            QCOMPARE(next.startMs, window.endMs);
            window = next;
        }
    }

    // The clocks of the zone stand at 0:00 of a first day at every reset (no zone here changes its clocks then).
    void resetsAtLocalMidnight()
    {
        for (const char* name : {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}) {
            const QTimeZone zone{QByteArray(name)};
            Window window = windowAt(BudgetPeriod::Month, name, at("2026-01-15T00:00:00Z"));
            for (int i = 0; i < 60; ++i) {
                const QDateTime local = QDateTime::fromMSecsSinceEpoch(window.endMs, zone);
                QCOMPARE(local.date().day(), 1);
                QCOMPARE(local.time(), QTime(0, 0));
                window = windowAt(BudgetPeriod::Month, name, window.endMs);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestWindow)
#include "tst_window.moc"
