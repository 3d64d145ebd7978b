// The sequential tests, simulated: looked at after every few calls for as long as the run lasts, a harmless revision is
// called worse (and a worse one not worse) at most as often as stated; what is really worse is found, and within how
// many calls. All runs are seeded. Exact cases by hand beside them.
#include "rollout/sequential_test.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace gateway::rollout;

namespace {

using Random = std::mt19937_64;

double chance(Random& random)
{
    return std::uniform_real_distribution<double>(0, 1)(random);
}

// How often `looks` said yes, of `runs`; with its own seed each.
template <typename Run>
double frequency(int runs, quint64 seed, Run&& run)
{
    int yes = 0;
    for (int i = 0; i < runs; ++i) {
        Random random(seed * 1'000'003 + quint64(i));
        yes += run(random) ? 1 : 0;
    }
    return double(yes) / runs;
}

// At most alpha, with what 2,000 runs may be off by (3 sigma).
bool isAtMost(double measured, double alpha, int runs)
{
    return measured <= alpha + 3 * std::sqrt(alpha * (1 - alpha) / runs);
}

constexpr int kRuns = 2000;
constexpr int kCalls = 1500; // of both arms together, in one run
constexpr int kLookEvery = 10;

struct ShareCase
{
    double control;
    double canary;
    double canaryPart; // of all calls
};

// Peeks all the way; true if `worse` (or `notWorse`) ever reached what is needed.
bool everReached(Random& random, const ShareCase& one, double tolerated, double alpha, bool worse, int calls = kCalls)
{
    std::vector<Shares> steps(1);
    for (int i = 1; i <= calls; ++i) {
        const bool canary = chance(random) < one.canaryPart;
        Share& arm = canary ? steps[0].canary : steps[0].control;
        arm.of += 1;
        arm.hits += chance(random) < (canary ? one.canary : one.control) ? 1 : 0;
        if (i % kLookEvery != 0)
            continue;
        const Evidence evidence = riseOfShare(steps, tolerated);
        if ((worse ? evidence.worse : evidence.notWorse) >= std::log(1 / alpha))
            return true;
    }
    return false;
}

int cellOf(double value) // values of about one, on the scale of cells
{
    return std::max(0, 200 + int(std::floor(std::log(value) / std::log(kCellRatio))));
}

double logNormal(Random& random, double median, double sigma)
{
    return median * std::exp(sigma * std::normal_distribution<double>(0, 1)(random));
}

} // namespace

class TestSequentialTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void harmlessSharesAreRarelyCalledWorse_data();
    void harmlessSharesAreRarelyCalledWorse();
    void worseSharesRarelyPass_data();
    void worseSharesRarelyPass();
    void aRiseOfTenPointsIsFound_data();
    void aRiseOfTenPointsIsFound();
    void sameSharesPassInTheEnd();
    void stepsAreNotMixed();
    void mediansKeepTheirRates();
    void aSlowMedianIsFound();
    void meansKeepTheirRates_data();
    void meansKeepTheirRates();
    void aDearerMeanIsFound();
    void nothingIsNoEvidence();
    void withoutControlHalfIsTheLimit();
    void intervalsHoldTheTruth();
    void whatIsFreeHasNoRatio();
};

void TestSequentialTest::harmlessSharesAreRarelyCalledWorse_data()
{
    QTest::addColumn<double>("control");
    QTest::addColumn<double>("canary");
    QTest::addColumn<double>("part");
    QTest::newRow("equal, even arms") << 0.05 << 0.05 << 0.5;
    QTest::newRow("equal, a canary of 5 %") << 0.05 << 0.05 << 0.05;
    QTest::newRow("worse by just what is tolerated") << 0.05 << 0.07 << 0.5;
    QTest::newRow("from nothing to what is tolerated") << 0.0 << 0.02 << 0.25;
    QTest::newRow("half of all fail everywhere") << 0.5 << 0.5 << 0.25;
    QTest::newRow("better") << 0.2 << 0.1 << 0.25;
}

void TestSequentialTest::harmlessSharesAreRarelyCalledWorse()
{
    QFETCH(double, control);
    QFETCH(double, canary);
    QFETCH(double, part);
    constexpr double kAlpha = 0.05; // far larger than in use, so that a wrong bound shows in 2,000 runs
    const double measured = frequency(kRuns, 1, [&](Random& random) {
        return everReached(random, {control, canary, part}, 0.02, kAlpha, true);
    });
    qInfo("called worse: %.4f of %d runs, stated at most %.2f", measured, kRuns, kAlpha);
    QVERIFY(isAtMost(measured, kAlpha, kRuns));
}

void TestSequentialTest::worseSharesRarelyPass_data()
{
    QTest::addColumn<double>("control");
    QTest::addColumn<double>("canary");
    QTest::newRow("just above what is tolerated") << 0.05 << 0.0701;
    QTest::newRow("from nothing") << 0.0 << 0.0201;
    QTest::newRow("three points") << 0.01 << 0.04;
}

void TestSequentialTest::worseSharesRarelyPass()
{
    QFETCH(double, control);
    QFETCH(double, canary);
    constexpr double kAlpha = 0.05;
    const double measured = frequency(kRuns, 2, [&](Random& random) {
        return everReached(random, {control, canary, 0.5}, 0.02, kAlpha, false);
    });
    qInfo("passed: %.4f of %d runs, stated at most %.2f", measured, kRuns, kAlpha);
    QVERIFY(isAtMost(measured, kAlpha, kRuns));
}

void TestSequentialTest::aRiseOfTenPointsIsFound_data()
{
    QTest::addColumn<double>("control");
    QTest::addColumn<double>("rise");
    QTest::addColumn<double>("part");
    QTest::addColumn<int>("calls"); // of both arms
    QTest::newRow("1 % to 11 %, a quarter") << 0.01 << 0.10 << 0.25 << 1200;
    QTest::newRow("5 % to 15 %, even") << 0.05 << 0.10 << 0.5 << 1500;
    QTest::newRow("1 % to 100 %, a twentieth") << 0.01 << 0.99 << 0.05 << 400;
}

void TestSequentialTest::aRiseOfTenPointsIsFound()
{
    QFETCH(double, control);
    QFETCH(double, rise);
    QFETCH(double, part);
    QFETCH(int, calls);
    constexpr double kAlpha = 0.01; // as in use
    const double found = frequency(500, 3, [&](Random& random) {
        return everReached(random, {control, control + rise, part}, 0.02, kAlpha, true, calls);
    });
    qInfo("found within %d calls: %.3f of 500 runs", calls, found);
    QVERIFY(found >= 0.95);
}

void TestSequentialTest::sameSharesPassInTheEnd()
{
    const double passed = frequency(200, 4, [&](Random& random) {
        return everReached(random, {0.005, 0.005, 0.5}, 0.02, 0.05, false, 3000);
    });
    qInfo("passed within 3,000 calls: %.3f of 200 runs", passed);
    QVERIFY(passed >= 0.9);
}

// The trap of adding up over steps: a bad hour in which nearly all were control, then a good one in which half are. The
// sums say that the canary is better or worse; it is neither.
void TestSequentialTest::stepsAreNotMixed()
{
    const std::vector<Shares> steps{{{300, 1000}, {3, 10}}, {{5, 500}, {5, 500}}};
    QVERIFY(riseOfShare(steps, 0.02).worse < std::log(20.0));
    const std::vector<Shares> summed{{{305, 1500}, {8, 510}}};
    QVERIFY(riseOfShare(summed, 0.02).notWorse > std::log(20.0)); // what would have been said
    // a canary that is worse inside each step, and looks better in the sum
    const std::vector<Shares> worse{{{300, 1000}, {10, 10}}, {{5, 500}, {60, 500}}};
    QVERIFY(riseOfShare(worse, 0.02).worse > std::log(100.0));
    const std::vector<Shares> worseSummed{{{305, 1500}, {70, 510}}};
    QVERIFY(riseOfShare(worseSummed, 0.02).worse < std::log(20.0));
}

void TestSequentialTest::mediansKeepTheirRates()
{
    constexpr double kAlpha = 0.05;
    constexpr int kFewerRuns = 2000;
    // at the edge: the canary's median is 25 % above, with another spread
    for (const bool worse : {true, false}) {
        const double measured = frequency(kFewerRuns, 5, [&](Random& random) {
            std::vector<CellPair> steps(1);
            for (int i = 1; i <= 400; ++i) {
                const bool canary = i % 2 == 0;
                const double value = canary ? logNormal(random, 1.25, 0.8) : logNormal(random, 1.0, 0.4);
                (canary ? steps[0].canary : steps[0].control).add(cellOf(value));
                if (i % 40 != 0)
                    continue;
                const Evidence evidence = riseOfMedian(steps, 0.25);
                if ((worse ? evidence.worse : evidence.notWorse) >= std::log(1 / kAlpha))
                    return true;
            }
            return false;
        });
        qInfo("%s at the edge: %.4f of %d runs", worse ? "worse" : "not worse", measured, kFewerRuns);
        QVERIFY(isAtMost(measured, kAlpha, kFewerRuns));
    }
}

void TestSequentialTest::aSlowMedianIsFound()
{
    const auto runWith = [](double median, bool worse) {
        return frequency(200, 6, [&](Random& random) {
            std::vector<CellPair> steps(1);
            for (int i = 0; i < 800; ++i)
                (i % 2 ? steps[0].canary : steps[0].control).add(cellOf(logNormal(random, i % 2 ? median : 1.0, 0.5)));
            const Evidence evidence = riseOfMedian(steps, 0.25);
            return worse ? evidence.worse >= std::log(100.0) : evidence.notWorse >= std::log(20.0);
        });
    };
    const double slow = runWith(2.0, true);
    const double same = runWith(1.0, false);
    qInfo("twice as slow is found in 400 and 400 calls: %.3f; the same passes: %.3f", slow, same);
    QVERIFY(slow >= 0.95);
    QVERIFY(same >= 0.8);
}

void TestSequentialTest::meansKeepTheirRates_data()
{
    QTest::addColumn<double>("sigma"); // of the logarithm
    QTest::newRow("costs alike") << 0.2;
    QTest::newRow("costs of a mixed load") << 0.8;
    QTest::newRow("heavy tail") << 1.2;
}

// Not exact, so simulated: at the edge, looked at from the first call on.
void TestSequentialTest::meansKeepTheirRates()
{
    QFETCH(double, sigma);
    constexpr double kAlpha = 0.05;
    for (const bool worse : {true, false}) {
        const double measured = frequency(kRuns, 7, [&](Random& random) {
            std::vector<MomentPair> steps(1);
            for (int i = 1; i <= 2000; ++i) {
                const bool canary = i % 2 == 0;
                (canary ? steps[0].canary : steps[0].control).add(logNormal(random, canary ? 1.25 : 1.0, sigma));
                if (i % kLookEvery != 0)
                    continue;
                const Evidence evidence = riseOfMean(steps, 0.25);
                if ((worse ? evidence.worse : evidence.notWorse) >= std::log(1 / kAlpha))
                    return true;
            }
            return false;
        });
        qInfo("%s at the edge: %.4f of %d runs", worse ? "worse" : "not worse", measured, kRuns);
        QVERIFY(isAtMost(measured, kAlpha, kRuns));
    }
}

void TestSequentialTest::aDearerMeanIsFound()
{
    const auto runWith = [](double factor, bool worse) {
        return frequency(200, 8, [&](Random& random) {
            std::vector<MomentPair> steps(1);
            for (int i = 0; i < 1200; ++i)
                (i % 2 ? steps[0].canary : steps[0].control).add(logNormal(random, i % 2 ? factor : 1.0, 0.8));
            const Evidence evidence = riseOfMean(steps, 0.25);
            return worse ? evidence.worse >= std::log(100.0) : evidence.notWorse >= std::log(20.0);
        });
    };
    const double dear = runWith(2.0, true);
    const double same = runWith(1.0, false);
    qInfo("twice as dear is found in 600 and 600 calls: %.3f; the same passes: %.3f", dear, same);
    QVERIFY(dear >= 0.95);
    QVERIFY(same >= 0.8);
}

void TestSequentialTest::nothingIsNoEvidence()
{
    const std::vector<Shares> none{{{0, 0}, {0, 0}}};
    QVERIFY(riseOfShare(none, 0.02).worse <= 0);
    QVERIFY(riseOfShare(none, 0.02).notWorse <= 0);
    const std::vector<Shares> few{{{0, 1000}, {0, 3}}};
    QVERIFY(riseOfShare(few, 0.02).notWorse < std::log(20.0));
    QVERIFY(riseOfMedian(std::vector<CellPair>(1), 0.25).notWorse <= 0);
    QVERIFY(riseOfMean(std::vector<MomentPair>(1), 0.25).notWorse <= 0);
    QVERIFY(riseOfShare({}, 0.02).notWorse == 0);
}

// Everybody is in the canary: nothing passes, and what plainly does not work fails all the same.
void TestSequentialTest::withoutControlHalfIsTheLimit()
{
    const std::vector<Shares> broken{{{0, 0}, {40, 40}}};
    QVERIFY(riseOfShare(broken, 0.02).worse > std::log(100.0));
    const std::vector<Shares> poor{{{0, 0}, {20, 60}}};
    QVERIFY(riseOfShare(poor, 0.02).worse < std::log(20.0));
    const std::vector<Shares> good{{{0, 0}, {0, 5000}}};
    QVERIFY(riseOfShare(good, 0.02).notWorse <= 0);
}

void TestSequentialTest::intervalsHoldTheTruth()
{
    const double missed = frequency(400, 9, [](Random& random) {
        std::vector<Shares> steps(2);
        for (int i = 1; i <= 1200; ++i) {
            Shares& step = steps[i <= 400 ? 0 : 1];
            Share& arm = i % 4 == 0 ? step.canary : step.control;
            arm.of += 1;
            arm.hits += chance(random) < (i % 4 == 0 ? 0.08 : 0.03) ? 1 : 0;
            if (i % 200 != 0)
                continue;
            const Interval interval = shareInterval(steps, 0.05);
            if (interval.low > 0.05 || interval.high < 0.05)
                return true;
        }
        return false;
    });
    QVERIFY2(isAtMost(missed, 0.10, 400), qPrintable(QString::number(missed)));
    const std::vector<Shares> clear{{{10, 1000}, {310, 1000}}};
    const Interval interval = shareInterval(clear, 0.01);
    QVERIFY(interval.low > 0.2 && interval.low < 0.3 && interval.high > 0.3 && interval.high < 0.4);
}

void TestSequentialTest::whatIsFreeHasNoRatio()
{
    std::vector<MomentPair> steps(1);
    for (int i = 0; i < 40; ++i) {
        steps[0].control.add(0);
        steps[0].canary.add(0);
    }
    QVERIFY(riseOfMean(steps, 0.25).notWorse > std::log(20.0)); // free and free
    QVERIFY(riseOfMean(steps, 0.25).worse < 0);
    steps[0].canary.add(0.01);
    QVERIFY(riseOfMean(steps, 0.25).worse > std::log(100.0)); // not free any more
}

QTEST_GUILESS_MAIN(TestSequentialTest)
#include "tst_sequential_test.moc"
