// A tenth of the first attempts may be repeated, however many threads ask; the pause is random below a doubling bound.
#include "fallback/retry_budget.h"

#include <QRandomGenerator>
#include <QTest>

#include <thread>
#include <vector>

using namespace gateway::fallback;
using namespace std::chrono_literals;

class TestRetryBudget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aQuietGatewayHasThree()
    {
        RetryBudget budget;
        for (int i = 0; i < 3; ++i)
            QVERIFY(budget.takeRepetition());
        QVERIFY(!budget.takeRepetition());
        for (int i = 0; i < 9; ++i)
            budget.firstAttempt();
        QVERIFY(!budget.takeRepetition());
        budget.firstAttempt();
        QVERIFY(budget.takeRepetition());
        QVERIFY(!budget.takeRepetition());
    }

    void noMoreThanTenAreSavedUp()
    {
        RetryBudget budget;
        for (int i = 0; i < 10'000; ++i)
            budget.firstAttempt();
        QCOMPARE(budget.thousandths(), RetryBudget::kMost);
        int taken = 0;
        while (budget.takeRepetition())
            ++taken;
        QCOMPARE(taken, 10);
    }

    // A provider that answers nothing but 529: the amplification stays at 1.1.
    void aTenthIsRepeatedByEightThreads()
    {
        constexpr int kThreads = 8;
        constexpr int kEach = 20'000;
        RetryBudget budget;
        std::atomic<qint64> repeated = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < kEach; ++i) {
                    budget.firstAttempt();
                    for (int more = 0; more < 2; ++more) // every call would like two
                        repeated += budget.takeRepetition();
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        // what came in, less what went out, is what is left: nothing is lost and nothing is given twice
        const qint64 most = kThreads * kEach / 10 + RetryBudget::kBeginning / 1000;
        QVERIFY2(repeated.load() <= most, qPrintable(QString::number(repeated.load())));
        QCOMPARE(repeated.load(), most - budget.thousandths() / 1000);
        QVERIFY(budget.thousandths() < 1000);
    }

    void thePauseIsRandomBelowABoundThatDoubles()
    {
        const milliseconds bounds[] = {250ms, 500ms, 1000ms, 2000ms, 4000ms, 8000ms, 8000ms, 8000ms};
        QRandomGenerator random(11);
        for (int repetition = 1; repetition <= 8; ++repetition) {
            const milliseconds bound = bounds[repetition - 1];
            QCOMPARE(pauseBefore(repetition, 0, {}), 0ms);
            QCOMPARE(pauseBefore(repetition, 0xffffffffU, {}), bound);
            int low = 0;
            for (int i = 0; i < 1000; ++i) {
                const milliseconds pause = pauseBefore(repetition, random.generate(), {});
                QVERIFY(pause >= 0ms && pause <= bound);
                low += pause < bound / 2;
            }
            QVERIFY2(low > 400 && low < 600, qPrintable(QString::number(low)));
        }
        QCOMPARE(pauseBefore(1'000'000, 0xffffffffU, {}), 8000ms);
    }

    void aRetryAfterIsTakenAsGiven()
    {
        QCOMPARE(pauseBefore(1, 0xffffffffU, 20'000ms), 20'000ms);
        QCOMPARE(pauseBefore(5, 0, 0ms), 0ms);
        QCOMPARE(pauseBefore(1, 0, -1ms), 0ms);
    }

private:
    using milliseconds = std::chrono::milliseconds;
};

QTEST_GUILESS_MAIN(TestRetryBudget)
#include "tst_retry_budget.moc"
