// Deadlines on the wheel: in order, never early, whatever their handlers do to themselves and to others.
#include "http/timer_wheel.h"

#include <QRandomGenerator>
#include <QTest>

#include <memory>
#include <vector>

using namespace gateway::http;
using namespace std::chrono;
using namespace std::chrono_literals;

class TestTimerWheel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void neverEarlyAndInOrder()
    {
        TimerWheel wheel;
        QRandomGenerator random(7);
        struct One
        {
            steady_clock::time_point due;
            std::unique_ptr<Deadline> deadline;
        };
        std::vector<One> all(500);
        std::vector<int> fired;
        int early = 0;
        for (int i = 0; i < int(all.size()); ++i) {
            const auto in = milliseconds(random.bounded(0, 800));
            all[i].deadline = std::make_unique<Deadline>(wheel, [&, i] {
                early += steady_clock::now() < all[i].due;
                fired.push_back(i);
            });
            all[i].deadline->start(in);
            all[i].due = steady_clock::now() + in - 1us; // the call itself took a moment
            QVERIFY(all[i].deadline->isArmed());
        }
        QTRY_COMPARE_WITH_TIMEOUT(fired.size(), all.size(), 20000);
        QCOMPARE(early, 0);
        for (std::size_t i = 1; i < fired.size(); ++i) // in order of their ticks
            QVERIFY(all[fired[i]].due >= all[fired[i - 1]].due - 2 * TimerWheel::kTick);
        for (const One& one : all)
            QVERIFY(!one.deadline->isArmed());
    }

    void restartMovesIt()
    {
        TimerWheel wheel;
        int fired = 0;
        int other = 0;
        Deadline deadline(wheel, [&] { ++fired; });
        Deadline mark(wheel, [&] { ++other; });
        deadline.start(50ms);
        deadline.start(24h);
        mark.start(400ms);
        QTRY_COMPARE(other, 1);
        QCOMPARE(fired, 0);
        QVERIFY(deadline.isArmed());
        deadline.start(10ms);
        QTRY_COMPARE(fired, 1);
        deadline.stop();
        deadline.stop();
        deadline.start(10ms);
        QTRY_COMPARE(fired, 2);
    }

    void nothingOrLessIsSoon()
    {
        TimerWheel wheel;
        int fired = 0;
        Deadline zero(wheel, [&] { ++fired; });
        Deadline past(wheel, [&] { ++fired; });
        zero.start(0ms);
        past.start(-500ms);
        QTRY_COMPARE_WITH_TIMEOUT(fired, 2, 5000); // not a turn of the wheel later (51 s)
    }

    void stopAndDestroyInHandlers()
    {
        TimerWheel wheel;
        // all due in the same tick: whichever comes first stops, destroys or restarts the others
        int fired = 0;
        int stopped = 0;
        auto victim = std::make_unique<Deadline>(wheel, [&] { ++stopped; });
        auto self = std::unique_ptr<Deadline>();
        Deadline neighbour(wheel, [&] { ++stopped; });
        const auto strike = [&] {
            ++fired;
            victim.reset();
            neighbour.stop();
        };
        self = std::make_unique<Deadline>(wheel, [&] {
            strike();
            self.reset();
        });
        victim->start(100ms);
        neighbour.start(100ms);
        self->start(100ms); // linked last, delivered in either order: at least one of the three survives
        QTRY_VERIFY(fired + stopped > 0);
        QTest::qWait(150);
        if (fired)
            QVERIFY(!self);

        // a chain in which every handler destroys the next one: exactly every second fires
        std::vector<std::unique_ptr<Deadline>> chain(100);
        int survivors = 0;
        int orphans = 0;
        for (std::size_t i = 0; i < chain.size(); ++i) {
            chain[i] = std::make_unique<Deadline>(wheel, [&, i] {
                ++survivors;
                const std::size_t partner = i ^ 1;
                orphans += chain[partner] ? 1 : 0;
                chain[partner].reset();
            });
            chain[i]->start(60ms);
        }
        QTRY_COMPARE(survivors, 50);
        QCOMPARE(orphans, 50);
    }

    void restartInItsHandler()
    {
        TimerWheel wheel;
        int fired = 0;
        std::unique_ptr<Deadline> deadline;
        deadline = std::make_unique<Deadline>(wheel, [&] {
            if (++fired < 5)
                deadline->start(20ms);
        });
        deadline->start(20ms);
        QTRY_COMPARE(fired, 5);
        QVERIFY(!deadline->isArmed());
    }

    void longDeadlinesDoNotFireAtTheirSlot()
    {
        TimerWheel wheel;
        // 1024 ticks of 50 ms are one turn: this one shares its slot with one that is due now
        int early = 0;
        int due = 0;
        std::vector<std::unique_ptr<Deadline>> far;
        for (int turns = 1; turns < 4; ++turns) {
            for (int i = 0; i < 10; ++i) {
                far.push_back(std::make_unique<Deadline>(wheel, [&] { ++early; }));
                far.back()->start(turns * 1024 * TimerWheel::kTick + i * TimerWheel::kTick);
            }
        }
        Deadline near(wheel, [&] { ++due; });
        near.start(10 * TimerWheel::kTick);
        QTRY_COMPARE(due, 1);
        QCOMPARE(early, 0);
        for (const auto& deadline : far)
            QVERIFY(deadline->isArmed());
    }

    void sleepsThroughManyTicks()
    {
        // the thread was busy: everything due meanwhile fires in the next turn, nothing is skipped
        TimerWheel wheel;
        int fired = 0;
        std::vector<std::unique_ptr<Deadline>> all;
        for (int i = 0; i < 20; ++i) {
            all.push_back(std::make_unique<Deadline>(wheel, [&] { ++fired; }));
            all.back()->start(milliseconds(i * 20));
        }
        QTest::qSleep(700);
        QTRY_COMPARE(fired, 20);
    }

    void wheelMayGoFirst()
    {
        auto wheel = std::make_unique<TimerWheel>();
        Deadline deadline(*wheel, [] {});
        deadline.start(1h);
        wheel.reset();
        QVERIFY(!deadline.isArmed());
    }
};

QTEST_GUILESS_MAIN(TestTimerWheel)
#include "tst_timer_wheel.moc"
