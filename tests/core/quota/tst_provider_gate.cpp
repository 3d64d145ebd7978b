// A provider's published limits: headroom, the share that stays for interactive calls, calls larger than the bucket,
// and the sign that the limit has moved.
#include "quota/provider_gate.h"

#include <QRandomGenerator>
#include <QTest>

#include <thread>

using namespace gateway;
using namespace gateway::quota;
using namespace std::chrono;
using namespace std::chrono_literals;
using config::WorkloadClass;

namespace {

struct Bench
{
    ManualClock clock;
    ProviderGate gate{QStringLiteral("openai"), clock};

    Bench(std::optional<qint64> requests, std::optional<qint64> tokens, int headroom = 0)
    {
        gate.configure({requests, tokens, headroom});
    }
    bool take(WorkloadClass workloadClass, qint64 tokens = 0) { return gate.take(workloadClass, tokens).admitted; }
    int flood(WorkloadClass workloadClass, qint64 tokens = 0)
    {
        int taken = 0;
        while (taken < 100'000 && take(workloadClass, tokens))
            ++taken;
        return taken;
    }
};

constexpr auto kInteractive = WorkloadClass::Interactive;
constexpr auto kBatch = WorkloadClass::Batch;

} // namespace

class TestProviderGate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutLimitsAllPass();
    void headroomIsTakenOff();
    void refills();
    void aBatchFloodNeverTakesTheInteractiveShare();
    void aTinyLimitStillServesBatch();
    void settlesWithTheRealUse();
    void aHugeInteractiveCallNeedsAFullBucket();
    void aHugeInteractiveCallIsNotStarved();
    void aHugeBatchCallLeavesTheShare();
    void theTimeToldIsEnough();
    void limitMoved();
    void reconfiguredInTheMiddle();
    void eightThreadsNeverTakeTooMuch();
};

void TestProviderGate::withoutLimitsAllPass()
{
    Bench bench({}, {});
    QCOMPARE(bench.flood(kBatch, 1'000'000), 100'000);
    const GateStatus status = bench.gate.status();
    QVERIFY(!status.requestsPerMinute && !status.tokensPerMinute && !status.requestsLeft && !status.tokensLeft);
    QCOMPARE(status.held, 0);
}

void TestProviderGate::headroomIsTakenOff()
{
    Bench bench(500, 200'000, 10);
    QCOMPARE(bench.gate.status().requestsPerMinute, std::optional<qint64>(450));
    QCOMPARE(bench.gate.status().tokensPerMinute, std::optional<qint64>(180'000));
    QCOMPARE(bench.flood(kInteractive), 450);
    QCOMPARE(bench.gate.status().held, 1);
    QCOMPARE(bench.gate.status().requestsLeft, std::optional<qint64>(0));
}

void TestProviderGate::refills()
{
    Bench bench(60, {});
    QCOMPARE(bench.flood(kInteractive), 60);
    for (int i = 0; i < 200; ++i) {
        const auto pass = bench.gate.take(kInteractive, 0);
        QVERIFY(!pass.admitted);
        QCOMPARE(pass.retryAfter, 1000ms);
        bench.clock.advance(1s);
        QVERIFY(bench.take(kInteractive));
    }
    bench.clock.advance(1h);
    QCOMPARE(bench.flood(kInteractive), 60);
}

void TestProviderGate::aBatchFloodNeverTakesTheInteractiveShare()
{
    for (const auto borrower : {WorkloadClass::Background, kBatch}) {
        Bench bench(100, 10'000);
        QRandomGenerator random(3);
        for (int second = 0; second < 600; ++second) {
            bench.flood(borrower, random.bounded(1, 400));
            QVERIFY(*bench.gate.status().tokensLeft >= 3000);
            QVERIFY(*bench.gate.status().requestsLeft >= 30);
            if (second % 60 == 59) { // and it is there when it is wanted
                for (int i = 0; i < 29; ++i)
                    QVERIFY(bench.take(i % 2 ? kInteractive : WorkloadClass::Streaming, 100));
                QVERIFY(!bench.take(borrower, 1));
                bench.clock.advance(30s);
            }
            bench.clock.advance(1s);
        }
    }
}

void TestProviderGate::aTinyLimitStillServesBatch()
{
    for (qint64 limit = 1; limit <= 4; ++limit) {
        Bench bench(limit, {});
        QVERIFY2(bench.take(kBatch), qPrintable(QString::number(limit)));
    }
}

void TestProviderGate::settlesWithTheRealUse()
{
    Bench bench({}, 10'000);
    const auto pass = bench.gate.take(kInteractive, 8000);
    QVERIFY(pass.admitted && pass.taken == 8000);
    bench.gate.settle(pass, 1500);
    QCOMPARE(bench.gate.status().tokensLeft, std::optional<qint64>(8500));
    const auto none = bench.gate.take(kInteractive, 8000);
    bench.gate.settle(none, 0); // it was never sent
    QCOMPARE(bench.gate.status().tokensLeft, std::optional<qint64>(8500));
    const auto more = bench.gate.take(kInteractive, 100);
    bench.gate.settle(more, 12'000);
    QCOMPARE(bench.gate.status().tokensLeft, std::optional<qint64>(-3500));
    const auto held = bench.gate.take(kInteractive, 1);
    QVERIFY(!held.admitted);
    bench.gate.settle(held, 5000); // took nothing, so settles nothing
    QCOMPARE(bench.gate.status().tokensLeft, std::optional<qint64>(-3500));
}

void TestProviderGate::aHugeInteractiveCallNeedsAFullBucket()
{
    Bench bench({}, 6000);
    QVERIFY(bench.take(kInteractive, 20'000)); // full
    QCOMPARE(bench.gate.status().tokensLeft, std::optional<qint64>(-14'000));
    QVERIFY(!bench.take(kInteractive, 1));
    bench.clock.advance(2min + 20s);
    QVERIFY(!bench.take(kInteractive, 1));
    bench.clock.advance(10ms);
    QVERIFY(bench.take(kInteractive, 1)); // what was overdrawn is paid
}

// Small calls take every token as it comes: the bucket is never full, and the huge one is served all the same.
void TestProviderGate::aHugeInteractiveCallIsNotStarved()
{
    Bench bench({}, 6000);
    bench.flood(kInteractive, 10);
    int seconds = 0;
    while (!bench.take(kInteractive, 20'000) && seconds < 600) {
        bench.clock.advance(1s);
        bench.flood(kInteractive, 10);
        ++seconds;
    }
    QVERIFY2(seconds >= 50 && seconds <= 61, qPrintable(QString::number(seconds)));
    QVERIFY(*bench.gate.status().tokensLeft <= -19'000);
    // the next one waits anew, and after what the last one has overdrawn
    seconds = 0;
    while (!bench.take(kInteractive, 20'000) && seconds < 600) {
        bench.clock.advance(1s);
        bench.flood(kInteractive, 10);
        ++seconds;
    }
    QVERIFY2(seconds >= 190 && seconds <= 202, qPrintable(QString::number(seconds)));
}

void TestProviderGate::aHugeBatchCallLeavesTheShare()
{
    Bench bench({}, 10'000);
    QVERIFY(bench.take(kInteractive, 1));
    QVERIFY(!bench.take(kBatch, 50'000)); // not quite full
    bench.clock.advance(1s);
    const auto pass = bench.gate.take(kBatch, 50'000);
    QVERIFY(pass.admitted);
    QCOMPARE(pass.taken, 7000);
    QCOMPARE(bench.gate.status().tokensLeft, std::optional<qint64>(3000));
    QVERIFY(bench.take(kInteractive, 3000));
    bench.gate.settle(pass, 6000);
    QCOMPARE(bench.gate.status().tokensLeft, std::optional<qint64>(1000));
    // more than the share leaves, less than the bucket: the same rule
    Bench middle({}, 10'000);
    QCOMPARE(middle.gate.take(kBatch, 8000).taken, 7000);
}

// Whoever comes back when it was told to is let through, if nobody else came in between.
void TestProviderGate::theTimeToldIsEnough()
{
    QRandomGenerator random(9);
    int waited = 0;
    for (int i = 0; i < 5000; ++i) {
        Bench bench(random.bounded(1, 100), random.bounded(1, 10'000), random.bounded(0, 50));
        for (int before = random.bounded(0, 20); before > 0; --before) {
            const auto pass = bench.gate.take(WorkloadClass(random.bounded(4)), random.bounded(0, 3000));
            if (random.bounded(2))
                bench.gate.settle(pass, random.bounded(0, 4000));
            bench.clock.advance(milliseconds(random.bounded(0, 500)));
        }
        const auto workloadClass = WorkloadClass(random.bounded(4));
        const qint64 tokens = random.bounded(0, 20'000);
        const auto held = bench.gate.take(workloadClass, tokens);
        if (held.admitted)
            continue;
        ++waited;
        QVERIFY(held.retryAfter > 0ms);
        bench.clock.advance(held.retryAfter);
        const auto pass = bench.gate.take(workloadClass, tokens);
        QVERIFY2(pass.admitted, qPrintable(QStringLiteral("round %1: %2 ms were told, %3 more are wanted")
                                               .arg(i)
                                               .arg(held.retryAfter.count())
                                               .arg(pass.retryAfter.count())));
    }
    QVERIFY(waited > 1000);
}

void TestProviderGate::limitMoved()
{
    Bench bench(100, 10'000);
    bench.gate.throttled();
    QCOMPARE(bench.gate.status().limitMoved, 1);
    QCOMPARE(bench.gate.status().limitMovedMs, std::optional(bench.clock.wallMs()));
    for (int i = 0; i < 80; ++i)
        bench.take(kInteractive, 1);
    bench.gate.throttled(); // 20 of 100 requests were left: that is no surprise
    QCOMPARE(bench.gate.status().limitMoved, 1);
    Bench none({}, {});
    none.gate.throttled(); // there was no limit to move
    QCOMPARE(none.gate.status().limitMoved, 0);
    QVERIFY(!none.gate.status().limitMovedMs);
    Bench one({}, 1000);
    one.gate.throttled();
    QCOMPARE(one.gate.status().limitMoved, 1);
}

void TestProviderGate::reconfiguredInTheMiddle()
{
    Bench bench({}, 10'000);
    const auto pass = bench.gate.take(kInteractive, 9000);
    bench.gate.configure({{}, 2000, 0});
    QCOMPARE(bench.gate.status().tokensLeft, std::optional<qint64>(1000));
    bench.gate.settle(pass, 0);
    QCOMPARE(bench.gate.status().tokensLeft, std::optional<qint64>(2000)); // cut to the new size
    bench.gate.configure({{}, {}, 0});
    QVERIFY(bench.take(kBatch, 1'000'000));
}

void TestProviderGate::eightThreadsNeverTakeTooMuch()
{
    SystemClock clock;
    ProviderGate gate(QStringLiteral("openai"), clock);
    const Monotonic begin = clock.monotonic();
    gate.configure({2000, 100'000, 0});
    std::atomic<qint64> requests = 0;
    std::atomic<qint64> tokens = 0;
    std::atomic<qint64> batch = 0;
    std::vector<std::thread> threads;
    for (quint32 t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            QRandomGenerator random(t);
            for (int i = 0; i < 5000; ++i) {
                const qint64 wanted = random.bounded(0, 200);
                const auto pass = gate.take(t % 2 ? kBatch : kInteractive, wanted);
                if (!pass.admitted)
                    continue;
                const qint64 used = random.bounded(0, int(wanted) + 1);
                ++requests;
                batch += t % 2;
                tokens += used;
                gate.settle(pass, used);
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    const double minutesPassed = double((clock.monotonic() - begin).count()) / 60e9;
    QVERIFY(double(requests) <= 2000 * (1 + minutesPassed) + 1);
    QVERIFY(double(tokens) <= 100'000 * (1 + minutesPassed) + 1);
    QVERIFY(double(batch) <= 1400 + 2000 * minutesPassed + 1);
    QVERIFY(requests > 500);
}

QTEST_GUILESS_MAIN(TestProviderGate)
#include "tst_provider_gate.moc"
