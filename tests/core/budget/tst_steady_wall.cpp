// Small steps are followed, jumps only when they last; believed time between is monotonic time.
#include "budget/steady_wall.h"

#include <QTest>

using namespace gateway;
using budget::SteadyWall;
using std::chrono::milliseconds;

namespace {
constexpr qint64 kStart = 1'795'305'600'000;
constexpr qint64 kMinute = 60'000;
constexpr qint64 kHour = 60 * kMinute;
} // namespace

class TestSteadyWall : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsTimeAndSmallSteps()
    {
        ManualClock clock(kStart);
        SteadyWall wall(clock);
        QCOMPARE(wall.nowMs(), kStart);
        clock.advance(milliseconds(10 * kHour)); // nobody looked for long; both times moved
        QCOMPARE(wall.nowMs(), kStart + 10 * kHour);
        clock.setWall(clock.wallMs() - 5 * kMinute);
        QCOMPARE(wall.nowMs(), kStart + 10 * kHour - 5 * kMinute);
        clock.setWall(clock.wallMs() + 5 * kMinute);
        QCOMPARE(wall.nowMs(), kStart + 10 * kHour);
        QVERIFY(!wall.doubts());
    }

    void jumpIsBelievedWhenItLasts_data()
    {
        QTest::addColumn<qint64>("by");
        QTest::newRow("an hour on") << kHour;
        QTest::newRow("an hour back") << -kHour;
        QTest::newRow("ten years on") << 3650 * 24 * kHour;
        QTest::newRow("ten years back") << -3650 * 24 * kHour;
        QTest::newRow("just beyond a step") << 5 * kMinute + 1;
    }
    void jumpIsBelievedWhenItLasts()
    {
        QFETCH(qint64, by);
        ManualClock clock(kStart);
        SteadyWall wall(clock);
        clock.setWall(kStart + by);
        QCOMPARE(wall.nowMs(), kStart);
        QVERIFY(wall.doubts());
        clock.advance(milliseconds(kMinute - 1));
        QCOMPARE(wall.nowMs(), kStart + kMinute - 1); // time goes on meanwhile
        clock.advance(milliseconds(1));
        QCOMPARE(wall.nowMs(), kStart + by + kMinute);
        QVERIFY(!wall.doubts());
    }

    void oneLookIsNoProof()
    {
        ManualClock clock(kStart);
        SteadyWall wall(clock);
        clock.advance(milliseconds(2 * kMinute)); // long since the last look, but none has seen the jump yet
        clock.setWall(kStart + 24 * kHour);
        QCOMPARE(wall.nowMs(), kStart + 2 * kMinute);
    }

    void aJumpTakenBackLeavesNothing()
    {
        ManualClock clock(kStart);
        SteadyWall wall(clock);
        clock.setWall(kStart + 24 * kHour);
        wall.nowMs();
        clock.advance(milliseconds(30'000));
        clock.setWall(kStart + 30'000);
        QCOMPARE(wall.nowMs(), kStart + 30'000);
        QVERIFY(!wall.doubts());
        clock.setWall(kStart + 24 * kHour); // a new jump needs its own minute
        wall.nowMs();
        clock.advance(milliseconds(45'000));
        QCOMPARE(wall.nowMs(), kStart + 75'000);
    }

    void jumpingToAndFroIsNeverBelieved()
    {
        ManualClock clock(kStart);
        SteadyWall wall(clock);
        for (int i = 1; i <= 100; ++i) {
            clock.advance(milliseconds(kMinute));
            const qint64 truth = kStart + i * kMinute;
            clock.setWall(truth + (i % 2 ? 24 : -24) * kHour);
            QCOMPARE(wall.nowMs(), truth);
            clock.setWall(truth);
        }
    }
};

QTEST_APPLESS_MAIN(TestSteadyWall)
#include "tst_steady_wall.moc"
