// Findings about attribution: each kind where it is due, and none on a quiet normal day.
#include "observability/attribution_watch.h"

#include <QRandomGenerator>
#include <QTest>

using namespace gateway;
using namespace gateway::observability;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kMidnightMs = 1'795'305'600'000 / 86'400'000 * 86'400'000;

api::Call call(const char* credential, const char* feature = "", const char* agent = "", const char* usd = "0.001")
{
    api::Call call;
    call.id = QStringLiteral("req_1");
    call.tenant = QStringLiteral("acme");
    call.credential = QLatin1String(credential);
    call.feature = QLatin1String(feature);
    call.agent = QLatin1String(agent);
    call.outcome = api::CallOutcome::Answered;
    call.cost = api::Money::fromDecimal(QString::fromLatin1(usd));
    return call;
}

api::Call refused(const char* credential, api::ErrorCode error)
{
    api::Call one = call(credential);
    one.outcome = api::CallOutcome::Refused;
    one.error = error;
    one.errorDetail = QStringLiteral("The request names another tenant than its credential.");
    return one;
}

struct Bench
{
    ManualClock clock{kMidnightMs};
    QStringList told; // kinds
    QString last;
    AttributionWatch watch{clock, [this](const api::AttributionFinding& finding) {
                               told.append(finding.kind);
                               last = finding.sentence;
                           }};

    void add(const api::Call& one, int times = 1)
    {
        for (int i = 0; i < times; ++i)
            watch.add(one);
    }
    // Calls a minute, for so many minutes, spread evenly.
    void flow(const api::Call& one, int perMinute, int minutes)
    {
        for (int i = 0; i < perMinute * minutes; ++i) {
            watch.add(one);
            clock.advance(std::chrono::milliseconds(60'000 / perMinute));
            if (i % perMinute == 0)
                watch.tick();
        }
        toMinute();
    }
    void toMinute()
    {
        const auto into = std::chrono::duration_cast<std::chrono::milliseconds>(clock.monotonic()) % 1min;
        clock.advance(into > 0ms ? 1min - into : 0ms);
    }
    void nextDay()
    {
        clock.advance(24h - std::chrono::milliseconds(clock.wallMs() % 86'400'000));
        watch.tick();
    }
};

} // namespace

class TestAttributionWatch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aQuietDayGivesNone();
    void outOfScopeIsToldOnceAnHour();
    void firstSeenNamesAreTold();
    void firstSeenIsBounded();
    void aLoopIsFound();
    void aLoopWithoutHistoryIsFound();
    void aSteadyManyIsNoLoop();
    void whoLoopsIsToldApart();
    void aDearHourIsFound();
    void pairsAreBounded();
    void growthOfTheUnattributedIsFound_data();
    void growthOfTheUnattributedIsFound();
    void aShiftOfSharesIsFound_data();
    void aShiftOfSharesIsFound();
    void aQuietWeekendIsPassedOver();
    void namesMayHoldAnything();
    void findingsAreKeptNewestFirst();
};

void TestAttributionWatch::aQuietDayGivesNone()
{
    Bench bench;
    QRandomGenerator random(7);
    for (int minute = 0; minute < 3 * 24 * 60; ++minute) { // three days, busier at noon
        const int hour = minute / 60 % 24;
        const int calls = (hour > 7 && hour < 20 ? 12 : 3) + random.bounded(6);
        for (int i = 0; i < calls; ++i) {
            const int draw = random.bounded(100);
            bench.add(draw < 50   ? call("c1", "search", "", "0.002")
                      : draw < 80 ? call("c1", "chat", "helper", "0.004")
                      : draw < 90 ? call("c2", "", "", "0.01")
                                  : call("c2", "report", "", "0.003"));
        }
        bench.clock.advance(1min);
        bench.watch.tick();
    }
    QVERIFY2(bench.told.isEmpty(), qPrintable(bench.last));
    QVERIFY(bench.watch.findings().isEmpty());
}

void TestAttributionWatch::outOfScopeIsToldOnceAnHour()
{
    Bench bench;
    bench.add(refused("c1", api::ErrorCode::TenantMismatch));
    QCOMPARE(bench.told, QStringList{QStringLiteral("tenant_out_of_scope")});
    QVERIFY(bench.last.startsWith(QStringLiteral("A call with credential c1 of tenant acme")));
    QVERIFY(bench.last.endsWith(QStringLiteral("another tenant than its credential.")));
    bench.add(refused("c1", api::ErrorCode::ScopeDenied), 41);
    bench.add(refused("c1", api::ErrorCode::BudgetHard)); // not that
    bench.clock.advance(59min);
    bench.watch.tick();
    QCOMPARE(bench.told.size(), 1);
    bench.add(refused("c2", api::ErrorCode::TenantMismatch)); // another credential has an hour of its own
    QCOMPARE(bench.told.size(), 2);
    bench.clock.advance(1min);
    bench.watch.tick();
    QCOMPARE(bench.told.size(), 3);
    QVERIFY(bench.last.startsWith(QStringLiteral("41 calls with credential c1")));
    bench.clock.advance(3h);
    bench.watch.tick(); // nothing new
    QCOMPARE(bench.told.size(), 3);
}

void TestAttributionWatch::firstSeenNamesAreTold()
{
    Bench bench;
    const auto slowly = [&](const api::Call& one, int times) { bench.flow(one, 10, times / 10); };
    slowly(call("c1", "search", "helper"), 100);
    bench.add(call("c1", "chat")); // within the first 200: that is how it settles
    slowly(call("c1", "search"), 90);
    QVERIFY(bench.told.isEmpty());
    slowly(call("c1", "search"), 20);
    bench.add(call("c1", "chat", "helper"));
    QVERIFY(bench.told.isEmpty());
    bench.add(call("c1", "export", "crawler"));
    QCOMPARE(bench.told, (QStringList{QStringLiteral("first_seen"), QStringLiteral("first_seen")}));
    QVERIFY(bench.last.contains(QStringLiteral("Credential c1 of tenant acme named the agent crawler")));
    bench.add(call("c1", "export", "crawler"));
    bench.add(call("c2", "export")); // has no history of its own
    QCOMPARE(bench.told.size(), 2);
    bench.add(refused("c1", api::ErrorCode::ScopeDenied)); // a name that was refused is not seen
    QCOMPARE(bench.told.size(), 3);
    QCOMPARE(bench.told.last(), QStringLiteral("tenant_out_of_scope"));
}

void TestAttributionWatch::firstSeenIsBounded()
{
    Bench bench;
    bench.flow(call("c1", "search"), 20, 11);
    for (int hour = 0; hour < 100; ++hour) {
        for (int i = 0; i < 20; ++i)
            bench.add(call("c1", qPrintable(QStringLiteral("f%1-%2").arg(hour).arg(i))));
        bench.clock.advance(1h);
    }
    // 256 names fill thirteen hours, five told in each; then it is known to name anything
    QCOMPARE(bench.told.count(QStringLiteral("first_seen")), 13 * AttributionWatch::kFirstSeenAnHour);
}

void TestAttributionWatch::aLoopIsFound()
{
    Bench bench;
    bench.flow(call("c1", "", "crawler"), 2, 20); // its usual
    bench.flow(call("c1", "", "crawler"), 60, 1); // thirty times as much, but not many
    QVERIFY(bench.told.isEmpty());
    bench.flow(call("c1", "", "crawler"), 100, 1);
    QCOMPARE(bench.told, QStringList{QStringLiteral("session_loop")});
    QVERIFY2(bench.last.contains(
                 QStringLiteral("The agent crawler with credential c1 made 61 calls within a minute; usual are 2.")),
        qPrintable(bench.last));
    bench.flow(call("c1", "", "crawler"), 100, 5); // the same one: once an hour
    QCOMPARE(bench.told.size(), 1);
    bench.flow(call("c1", "", "crawler"), 2, 70);
    bench.flow(call("c1", "", "crawler"), 100, 1); // and again
    QCOMPARE(bench.told.size(), 2);
}

void TestAttributionWatch::aLoopWithoutHistoryIsFound()
{
    Bench bench;
    bench.flow(call("c1", "", "crawler"), 300, 1);
    QVERIFY(bench.told.isEmpty());
    bench.flow(call("c1", "", "crawler"), 400, 1);
    QCOMPARE(bench.told, QStringList{QStringLiteral("session_loop")});
    QVERIFY(bench.last.contains(QStringLiteral("made 301 calls within a minute; what is usual is not known yet")));
}

void TestAttributionWatch::aSteadyManyIsNoLoop()
{
    Bench bench;
    for (int perMinute : {50, 100, 200, 300, 600, 1000}) // grows, as a feature does that is rolled out
        bench.flow(call("c1", "search"), perMinute, 10);
    QVERIFY2(bench.told.isEmpty(), qPrintable(bench.last));
}

void TestAttributionWatch::whoLoopsIsToldApart()
{
    Bench bench;
    api::Call user = call("c1", "search");
    user.user = QStringLiteral("u7");
    for (int minute = 0; minute < 10; ++minute) {
        bench.add(call("c1", "search"), 40);
        bench.add(user, 2);
        bench.add(call("c1"), 3);
        bench.clock.advance(1min);
    }
    bench.add(call("c1", "search"), 45);
    bench.add(user, 61);
    QCOMPARE(bench.told, QStringList{QStringLiteral("session_loop")});
    QVERIFY(bench.last.startsWith(QStringLiteral("The user u7 with credential c1 made 61")));
    bench.add(call("c1"), 61);
    QCOMPARE(bench.told.size(), 2);
    QVERIFY(bench.last.startsWith(QStringLiteral("Callers with credential c1 that name nobody made 61")));
}

void TestAttributionWatch::aDearHourIsFound()
{
    Bench bench;
    const auto hour = [&](const char* usd, int calls) {
        bench.add(call("c1", "report", "", usd), calls);
        bench.clock.advance(1h);
    };
    hour("0.01", 10);
    hour("0.01", 10);
    hour("0.9", 10); // nothing is usual yet
    QVERIFY(bench.told.isEmpty());
    hour("0.01", 10);
    hour("0.0999", 10); // ten times as much, but less than a dollar
    QVERIFY(bench.told.isEmpty());
    for (int i = 0; i < 5; ++i)
        hour("0.02", 10);
    hour("0.19", 10);
    QVERIFY2(bench.told.isEmpty(), qPrintable(bench.last));
    hour("0.5", 10);
    QCOMPARE(bench.told, QStringList{QStringLiteral("session_loop")});
    QVERIFY2(bench.last.contains(QStringLiteral(
                 "The feature report with credential c1 spent 2.5 USD within an hour; usual are 0.2 USD.")),
        qPrintable(bench.last));
}

void TestAttributionWatch::pairsAreBounded()
{
    CallPace pace;
    Monotonic now{0};
    const auto tell = [](const QString& sentence) { QFAIL(qPrintable(sentence)); };
    for (int i = 0; i < 3 * CallPace::kPairs; ++i) {
        api::Call one = call("c1");
        one.user = QStringLiteral("u%1").arg(i);
        pace.add(one, now, tell);
    }
    QCOMPARE(pace.pairs(), CallPace::kPairs);
    now += 2h; // all idle: they make room
    pace.add(call("c1", "search"), now, tell);
    QCOMPARE(pace.pairs(), 1);
}

void TestAttributionWatch::growthOfTheUnattributedIsFound_data()
{
    QTest::addColumn<int>("before"); // of the calls of a day, those without a feature
    QTest::addColumn<int>("after");
    QTest::addColumn<int>("calls");
    QTest::addColumn<bool>("found");
    QTest::newRow("more than 20 points") << 10 << 32 << 100 << true;
    QTest::newRow("20 points") << 10 << 30 << 100 << false;
    QTest::newRow("the other way") << 60 << 10 << 100 << false;
    QTest::newRow("too few calls") << 0 << 90 << 99 << false;
}

void TestAttributionWatch::growthOfTheUnattributedIsFound()
{
    QFETCH(int, before);
    QFETCH(int, after);
    QFETCH(int, calls);
    QFETCH(bool, found);
    Bench bench;
    for (const int nameless : {before, after}) {
        for (int i = 0; i < calls; ++i) {
            bench.add(call("c1", i < nameless ? "" : "search", "", "0"));
            bench.clock.advance(1min);
        }
        QVERIFY(bench.told.isEmpty()); // a day is judged when it is over
        bench.nextDay();
    }
    QCOMPARE(bench.told, found ? QStringList{QStringLiteral("unattributed_growth")} : QStringList());
    if (found)
        QVERIFY2(bench.last.contains(QStringLiteral("rose from 10 % to 32 %, between 20")), qPrintable(bench.last));
    bench.nextDay();
    QCOMPARE(bench.told.size(), int(found)); // not told again
}

void TestAttributionWatch::aShiftOfSharesIsFound_data()
{
    QTest::addColumn<int>("before"); // calls of search, of 100
    QTest::addColumn<int>("after");
    QTest::addColumn<QByteArray>("usd");
    QTest::addColumn<bool>("found");
    QTest::newRow("up") << 20 << 51 << QByteArray("0.01") << true;
    QTest::newRow("down") << 80 << 49 << QByteArray("0.01") << true;
    QTest::newRow("30 points") << 20 << 50 << QByteArray("0.01") << false;
    QTest::newRow("nothing was spent") << 20 << 90 << QByteArray("0") << false;
}

void TestAttributionWatch::aShiftOfSharesIsFound()
{
    QFETCH(int, before);
    QFETCH(int, after);
    QFETCH(QByteArray, usd);
    QFETCH(bool, found);
    Bench bench;
    for (const int share : {before, after}) {
        for (int i = 0; i < 100; ++i) {
            bench.add(call("c1", i < share ? "search" : i % 2 ? "chat" : "report", "", usd.constData()));
            bench.clock.advance(1min);
        }
        bench.nextDay();
    }
    QCOMPARE(bench.told, found ? QStringList{QStringLiteral("share_shift")} : QStringList());
    if (found)
        QVERIFY2(bench.last.contains(
                     QStringLiteral("the share of feature search moved from %1 % to %2 %").arg(before).arg(after)),
            qPrintable(bench.last));
}

void TestAttributionWatch::aQuietWeekendIsPassedOver()
{
    const auto run = [](int quietDays) {
        Bench bench;
        bench.flow(call("c1", "search"), 10, 12);
        bench.nextDay();
        for (int day = 0; day < quietDays; ++day) {
            bench.add(call("c1"), 5); // too few to say anything
            bench.nextDay();
        }
        bench.flow(call("c1", ""), 10, 12);
        bench.nextDay();
        return bench.told;
    };
    QVERIFY(run(2).contains(QStringLiteral("unattributed_growth")));
    QVERIFY(run(2).contains(QStringLiteral("share_shift")));
    QVERIFY(run(7).isEmpty()); // too long ago to compare with
}

void TestAttributionWatch::namesMayHoldAnything()
{
    Bench bench;
    bench.flow(call("c1", "search"), 20, 11);
    bench.add(call("c1", "%1 %2 %5", "<b>%3</b>"));
    QVERIFY(bench.last.contains(QStringLiteral("named the agent <b>%3</b> for the first time, after 220 calls.")));
    bench.add(call("c1", "", "%2"), 301);
    QVERIFY2(
        bench.last.contains(QStringLiteral("The agent %2 with credential c1 made 301 calls")), qPrintable(bench.last));
}

void TestAttributionWatch::findingsAreKeptNewestFirst()
{
    Bench bench;
    const QDateTime start = QDateTime::fromMSecsSinceEpoch(bench.clock.wallMs(), Qt::UTC);
    for (int i = 0; i < AttributionWatch::kKept + 20; ++i) {
        bench.add(refused(qPrintable(QStringLiteral("c%1").arg(i)), api::ErrorCode::TenantMismatch));
        bench.clock.advance(1s);
    }
    const QVector<api::AttributionFinding> all = bench.watch.findings();
    QCOMPARE(all.size(), AttributionWatch::kKept);
    QVERIFY(all.first().sentence.contains(QStringLiteral(" c119 ")));
    QVERIFY(all.last().sentence.contains(QStringLiteral(" c20 ")));
    QCOMPARE(bench.watch.findings(start.addSecs(110)).size(), 10);
    QCOMPARE(bench.told.size(), AttributionWatch::kKept + 20);
    const QJsonObject json = api::toJson(all.first());
    QCOMPARE(json.keys(), (QStringList{QStringLiteral("at"), QStringLiteral("kind"), QStringLiteral("sentence")}));
}

QTEST_GUILESS_MAIN(TestAttributionWatch)
#include "tst_attribution_watch.moc"
