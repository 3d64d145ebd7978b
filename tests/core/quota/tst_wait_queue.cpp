// The queue of a worker, on its wheel: fair among tenants and classes, bounded, deadline-aware, each provider for
// itself, safe against whatever an end does, and not slower for being long.
#include "quota/provider_gate.h"
#include "quota/wait_queue.h"

#include <QTest>
#include <QTimer>

#include <map>

using namespace gateway;
using namespace gateway::quota;
using namespace std::chrono;
using namespace std::chrono_literals;
using config::WorkloadClass;

namespace {

const QString kProvider = QStringLiteral("openai");
constexpr auto kInteractive = WorkloadClass::Interactive;
constexpr auto kBatch = WorkloadClass::Batch;
constexpr auto kLong = milliseconds(1h);

struct Bench
{
    ManualClock clock;
    http::TimerWheel wheel;
    WaitCounts counts;
    std::unique_ptr<WaitQueue> queue = std::make_unique<WaitQueue>(wheel, clock, counts);
    int room = 0; // attempts that will succeed
    int asked = 0;
    QStringList admitted;
    QStringList late;
    std::vector<std::unique_ptr<WaitQueue::Ticket>> tickets;

    bool join(const QString& tenant, WorkloadClass workloadClass = kInteractive, milliseconds longest = kLong,
        const QString& provider = kProvider)
    {
        auto ticket = queue->join(
            provider, tenant, workloadClass, longest,
            [this] {
                ++asked;
                return room > 0 ? (--room, 0ms) : 5ms;
            },
            [this, tenant](WaitEnd end) { (end == WaitEnd::Admitted ? admitted : late).append(tenant); });
        const bool joined = ticket != nullptr;
        tickets.push_back(std::move(ticket));
        return joined;
    }

    // Time passes on both clocks until `count` were let through.
    bool until(qsizetype count)
    {
        return QTest::qWaitFor(
            [&] {
                clock.advance(5ms);
                return admitted.size() >= count;
            },
            20'000);
    }
    // Some rounds in which nobody needs to be let through.
    void rounds(int more)
    {
        const int before = asked;
        QVERIFY(QTest::qWaitFor(
            [&] {
                clock.advance(5ms);
                return asked >= before + more;
            },
            20'000));
    }
};

} // namespace

class TestWaitQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nobodyIsAskedInsideJoin();
    void tenantsTakeTurns();
    void interactiveFirstButEveryEighthIsNot();
    void batchAloneIsServed();
    void aFullLaneSheds();
    void aDeadlineEndsTheWait();
    void aDestroyedTicketHasLeft();
    void providersDoNotHoldUpEachOther();
    void aHeadThatWantsTooMuchDoesNotHoldUpOthers();
    void whoIsPassedOverOftenIsWaitedFor();
    void manyThatWantTooMuchDoNotHideTheRest();
    void endsMayDoAnything();
    void anEndMayDestroyTheQueue();
    void joiningAgainFromAnEndWaitsForTheNextRound();
    void tenThousandCostNoMoreThanTheyShould();
    void newcomersSeeWhoWaits();
    void aBatchFloodAtAGate();
};

void TestWaitQueue::nobodyIsAskedInsideJoin()
{
    Bench bench;
    bench.room = 1;
    QVERIFY(bench.join(QStringLiteral("a")));
    QCOMPARE(bench.asked, 0);
    QCOMPARE(bench.queue->depth(), 1);
    QCOMPARE(bench.queue->depth(kProvider), 1);
    QCOMPARE(bench.queue->depth(QStringLiteral("other")), 0);
    QCOMPARE(bench.counts.waiting.load(), 1);
    QVERIFY(bench.until(1));
    QCOMPARE(bench.queue->depth(), 0);
    QCOMPARE(bench.counts.waiting.load(), 0);
    QCOMPARE(bench.counts.admitted.load(), 1);
    QVERIFY(bench.counts.waitedUs.load() > 0);
}

void TestWaitQueue::tenantsTakeTurns()
{
    Bench bench;
    for (int i = 0; i < 100; ++i)
        bench.join(QStringLiteral("flood"));
    for (int i = 0; i < 10; ++i) {
        bench.join(QStringLiteral("b"));
        bench.join(QStringLiteral("c"));
    }
    for (int step = 1; step <= 30; ++step) { // one at a time, as a provider's bucket fills
        bench.room = 1;
        QVERIFY(bench.until(step));
    }
    for (const char* tenant : {"flood", "b", "c"})
        QCOMPARE(bench.admitted.count(QLatin1String(tenant)), 10);
    for (int turn = 0; turn < 30; turn += 3) { // in each turn each of them
        QStringList three = bench.admitted.mid(turn, 3);
        three.sort();
        QCOMPARE(three, QStringList({QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("flood")}));
    }
    bench.room = 1000;
    QVERIFY(bench.until(120));
}

void TestWaitQueue::interactiveFirstButEveryEighthIsNot()
{
    Bench bench;
    for (int i = 0; i < 100; ++i) {
        bench.join(QStringLiteral("batch"), i % 2 ? kBatch : WorkloadClass::Background);
        bench.join(QStringLiteral("front"), i % 2 ? kInteractive : WorkloadClass::Streaming);
    }
    bench.room = 40;
    QVERIFY(bench.until(40));
    bench.room = 40;
    QVERIFY(bench.until(80));
    QCOMPARE(bench.admitted.count(QStringLiteral("batch")), 10);
    for (int i = 0; i < 80; ++i)
        QCOMPARE(bench.admitted[i], i % 8 == 7 ? QStringLiteral("batch") : QStringLiteral("front"));
}

void TestWaitQueue::batchAloneIsServed()
{
    Bench bench;
    for (int i = 0; i < 50; ++i)
        bench.join(QStringLiteral("batch"), kBatch);
    bench.room = 50;
    QVERIFY(bench.until(50));
}

void TestWaitQueue::aFullLaneSheds()
{
    Bench bench;
    for (int i = 0; i < WaitQueue::kPerTenant; ++i)
        QVERIFY(bench.join(QStringLiteral("flood"), kBatch));
    QVERIFY(!bench.join(QStringLiteral("flood"), kBatch));
    QCOMPARE(bench.counts.shed.load(), 1);
    QVERIFY(bench.join(QStringLiteral("flood"), kInteractive)); // its batch does not shut out its people
    QVERIFY(bench.join(QStringLiteral("other"), kBatch));
    bench.tickets.front().reset();
    QVERIFY(bench.join(QStringLiteral("flood"), kBatch));
    QVERIFY(!bench.join(QStringLiteral("flood"), WorkloadClass::Background));
}

void TestWaitQueue::aDeadlineEndsTheWait()
{
    Bench bench;
    bench.join(QStringLiteral("patient"));
    bench.join(QStringLiteral("a"), kInteractive, 120ms);
    bench.join(QStringLiteral("b"), kBatch, 0ms);
    QTRY_COMPARE(bench.late.size(), 2);
    QCOMPARE(bench.late, QStringList({QStringLiteral("b"), QStringLiteral("a")}));
    QCOMPARE(bench.counts.timedOut.load(), 2);
    QCOMPARE(bench.queue->depth(), 1);
    bench.room = 3;
    QVERIFY(bench.until(1));
    QCOMPARE(bench.admitted, QStringList(QStringLiteral("patient")));
    QCOMPARE(bench.room, 2); // nobody who had left was asked
}

void TestWaitQueue::aDestroyedTicketHasLeft()
{
    Bench bench;
    for (int i = 0; i < 20; ++i)
        bench.join(QString::number(i % 4), i % 2 ? kBatch : kInteractive, i % 3 ? kLong : 50ms);
    bench.rounds(8); // some of them asleep
    bench.tickets.clear();
    QCOMPARE(bench.queue->depth(), 0);
    QCOMPARE(bench.counts.waiting.load(), 0);
    const int asked = bench.asked;
    bench.room = 100;
    bench.join(QStringLiteral("last"));
    QVERIFY(bench.until(1));
    QCOMPARE(bench.asked, asked + 1);
    QVERIFY(bench.late.isEmpty() || bench.late.size() <= 7); // who was late before the tickets went
}

void TestWaitQueue::providersDoNotHoldUpEachOther()
{
    Bench bench;
    int askedClosed = 0;
    std::vector<std::unique_ptr<WaitQueue::Ticket>> tickets;
    for (int i = 0; i < 100; ++i)
        tickets.push_back(bench.queue->join(
            QStringLiteral("closed"), QString::number(i), kInteractive, kLong,
            [&] {
                ++askedClosed;
                return milliseconds(1h);
            },
            [](WaitEnd) { QFAIL("it was never let through"); }));
    bench.room = 50;
    for (int i = 0; i < 50; ++i)
        bench.join(QString::number(i));
    QVERIFY(bench.until(50));
    QCOMPARE(bench.queue->depth(QStringLiteral("closed")), 100);
    QTRY_VERIFY(askedClosed > 0);
}

void TestWaitQueue::aHeadThatWantsTooMuchDoesNotHoldUpOthers()
{
    Bench bench;
    int ended = 0;
    const auto ticket = bench.queue->join(
        kProvider, QStringLiteral("huge"), kInteractive, kLong, [] { return milliseconds(1min); },
        [&](WaitEnd) { ++ended; });
    for (int i = 0; i < 100; ++i)
        bench.join(QStringLiteral("small"));
    for (int step = 10; step <= 100; step += 10) {
        bench.room = 10;
        QVERIFY(bench.until(step));
    }
    QCOMPARE(ended, 0);
}

// A bucket that small calls empty as it fills: the larger call is passed over, but not for ever.
void TestWaitQueue::whoIsPassedOverOftenIsWaitedFor()
{
    Bench bench;
    qint64 level = 0;
    int smallBefore = -1;
    int small = 0;
    const auto need = [&](qint64 tokens, int* counter) {
        return [&level, tokens, counter] {
            if (level < tokens)
                return milliseconds((tokens - level) * 5);
            level -= tokens;
            ++*counter;
            return 0ms;
        };
    };
    int large = 0;
    const auto ticket = bench.queue->join(kProvider, QStringLiteral("large"), kInteractive, kLong, need(100, &large),
        [&](WaitEnd) { smallBefore = small; });
    std::vector<std::unique_ptr<WaitQueue::Ticket>> tickets;
    for (int i = 0; i < 250; ++i)
        tickets.push_back(bench.queue->join(
            kProvider, QString::number(i % 50), kInteractive, kLong, need(1, &small), [](WaitEnd) {}));
    QVERIFY(QTest::qWaitFor(
        [&] {
            bench.clock.advance(5ms);
            ++level;
            return large == 1;
        },
        30'000));
    QVERIFY2(smallBefore >= WaitQueue::kPassedOver && smallBefore < 2 * WaitQueue::kPassedOver,
        qPrintable(QString::number(smallBefore)));
    QVERIFY(QTest::qWaitFor(
        [&] {
            bench.clock.advance(5ms);
            ++level;
            return small == 250;
        },
        30'000));
}

void TestWaitQueue::manyThatWantTooMuchDoNotHideTheRest()
{
    Bench bench;
    std::vector<std::unique_ptr<WaitQueue::Ticket>> tickets;
    int asked = 0;
    for (int i = 0; i < 60; ++i)
        tickets.push_back(bench.queue->join(
            kProvider, QStringLiteral("huge%1").arg(i), kInteractive, kLong,
            [&] {
                ++asked;
                return milliseconds(1); // and again, and again
            },
            [](WaitEnd) {}));
    bench.room = 5;
    for (int i = 0; i < 5; ++i)
        bench.join(QStringLiteral("small%1").arg(i)); // behind all of them
    QVERIFY(bench.until(5));
    QVERIFY(asked >= 60);
}

void TestWaitQueue::endsMayDoAnything()
{
    Bench bench;
    std::map<int, std::unique_ptr<WaitQueue::Ticket>> tickets;
    int ends = 0;
    int again = 0;
    // each destroys its own ticket and its neighbour's, and joins again once
    std::function<void(int, bool)> join = [&](int i, bool more) {
        tickets[i] = bench.queue->join(
            kProvider, QString::number(i % 5), i % 2 ? kBatch : kInteractive, i % 7 ? kLong : 1ms,
            [&bench] {
                ++bench.asked;
                return bench.asked % 3 ? 0ms : 1ms;
            },
            [&, i, more](WaitEnd) {
                ++ends;
                tickets.erase(i);
                tickets.erase(i ^ 1);
                if (more) {
                    ++again;
                    join(1000 + i, false);
                }
            });
    };
    for (int i = 0; i < 200; ++i)
        join(i, true);
    QVERIFY(QTest::qWaitFor(
        [&] {
            bench.clock.advance(5ms);
            return tickets.empty();
        },
        20'000));
    QCOMPARE(bench.queue->depth(), 0);
    QCOMPARE(bench.counts.waiting.load(), 0);
    QVERIFY2(again == 100 && ends >= 150, qPrintable(QStringLiteral("%1 %2").arg(again).arg(ends)));
}

void TestWaitQueue::anEndMayDestroyTheQueue()
{
    for (const bool byDeadline : {false, true}) {
        Bench bench;
        int ends = 0;
        std::vector<std::unique_ptr<WaitQueue::Ticket>> tickets;
        for (int i = 0; i < 10; ++i)
            tickets.push_back(bench.queue->join(
                kProvider, QString::number(i), kInteractive, byDeadline ? 1ms : kLong,
                [=] { return byDeadline ? milliseconds(1h) : 0ms; },
                [&](WaitEnd) {
                    ++ends;
                    bench.queue.reset();
                }));
        QTRY_COMPARE(ends, 1);
        QVERIFY(!bench.queue);
        QCOMPARE(bench.counts.waiting.load(), 0);
        tickets.clear(); // after their queue
        QTest::qWait(120);
        QCOMPARE(ends, 1);
    }
}

void TestWaitQueue::joiningAgainFromAnEndWaitsForTheNextRound()
{
    Bench bench;
    int ends = 0;
    std::unique_ptr<WaitQueue::Ticket> ticket;
    std::function<void()> join = [&] {
        ticket = bench.queue->join(
            kProvider, QStringLiteral("a"), kInteractive, kLong, [] { return 0ms; },
            [&](WaitEnd) {
                ++ends;
                join(); // for ever: the loop must live on all the same
            });
    };
    join();
    bool looped = false;
    QTimer::singleShot(0, this, [&] { looped = true; });
    QTRY_VERIFY(ends >= 3);
    QVERIFY(looped);
}

void TestWaitQueue::tenThousandCostNoMoreThanTheyShould()
{
    for (const int tenants : {40, 10'000}) {
        Bench bench;
        for (int i = 0; i < 10'000; ++i)
            QVERIFY(bench.join(QString::number(i % tenants), i % 4 == 0 ? kBatch : kInteractive));
        QCOMPARE(bench.queue->depth(), 10'000);
        int rounds = 0;
        while (bench.admitted.size() < 10'000) { // a thousand a round
            const qsizetype before = bench.admitted.size();
            bench.room = 1000;
            ++rounds;
            QVERIFY(bench.until(before + 1000));
        }
        // two groups of 8 at the front and 8 further back, asked in vain; some rounds more for the wheel's sake
        const int most = 10'000 + rounds * 32 * 3;
        QVERIFY2(bench.asked <= most, qPrintable(QStringLiteral("%1 of %2").arg(bench.asked).arg(most)));
        QCOMPARE(bench.queue->depth(), 0);
    }
}

void TestWaitQueue::newcomersSeeWhoWaits()
{
    Bench bench;
    const auto before = [&](WorkloadClass workloadClass) {
        return bench.queue->hasWaitingBefore(kProvider, workloadClass);
    };
    QVERIFY(!before(kInteractive) && !before(kBatch));
    bench.join(QStringLiteral("a"), kBatch);
    QVERIFY(!before(kInteractive) && !before(WorkloadClass::Streaming)); // batch lets them pass
    QVERIFY(before(kBatch) && before(WorkloadClass::Background));
    QVERIFY(!bench.queue->hasWaitingBefore(QStringLiteral("other"), kBatch));
    bench.join(QStringLiteral("a"), kInteractive);
    QVERIFY(before(kInteractive) && before(kBatch));
    bench.tickets.clear();
    QVERIFY(!before(kInteractive) && !before(kBatch));
}

// With the gate of a provider: what batch does not leave, interactive calls wait for, and not the other way round.
void TestWaitQueue::aBatchFloodAtAGate()
{
    Bench bench;
    ProviderGate gate(kProvider, bench.clock);
    gate.configure({60, {}, 0}); // one a second
    std::vector<std::unique_ptr<WaitQueue::Ticket>> tickets;
    int batch = 0;
    int interactive = 0;
    const auto join = [&](WorkloadClass workloadClass, int* counter) {
        tickets.push_back(bench.queue->join(
            kProvider, QStringLiteral("acme"), workloadClass, kLong,
            [&gate, workloadClass] {
                const auto pass = gate.take(workloadClass, 0);
                return pass.admitted ? 0ms : pass.retryAfter;
            },
            [counter](WaitEnd) { ++*counter; }));
    };
    for (int i = 0; i < 60; ++i)
        join(kBatch, &batch);
    QTRY_COMPARE(batch, 42); // 70 % of 60
    for (int i = 0; i < 18; ++i)
        join(kInteractive, &interactive);
    QTRY_COMPARE(interactive, 18); // at once, although 18 were there before them
    QCOMPARE(batch, 42);
    QVERIFY(QTest::qWaitFor(
        [&] {
            bench.clock.advance(100ms);
            return batch == 60;
        },
        20'000));
}

QTEST_GUILESS_MAIN(TestWaitQueue)
#include "tst_wait_queue.moc"
