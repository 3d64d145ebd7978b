// The stated error of percentiles, merging, and the edges of the value range.
#include "base/latency_histogram.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace gateway;

class TestLatencyHistogram : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cellsCoverTheRangeWithoutHoles();
    void percentilesStayWithinTheStatedError_data();
    void percentilesStayWithinTheStatedError();
    void emptyHasNoPercentile();
    void mergingEqualsRecording();
    void extremesAreKept();
};

void TestLatencyHistogram::cellsCoverTheRangeWithoutHoles()
{
    int last = -1;
    std::vector<qint64> probes;
    for (int shift = 0; shift < 34; ++shift) {
        for (const qint64 near : {-1, 0, 1})
            probes.push_back((qint64(1) << shift) + near);
    }
    for (qint64 us = 0; us < 5000; ++us)
        probes.push_back(us);
    std::sort(probes.begin(), probes.end());
    for (const qint64 us : probes) {
        const int cell = cellOf(us);
        QVERIFY2(cell >= last && cell < kLatencyCells, qPrintable(QString::number(us)));
        if (us < 5000)
            QVERIFY(cell - last <= 1);
        last = cell;
        if (us > 0 && us < (qint64(1) << 32))
            QVERIFY2(
                std::abs(middleOf(cell) - double(us)) <= kLatencyError * double(us), qPrintable(QString::number(us)));
    }
    QCOMPARE(last, kLatencyCells - 1);
}

void TestLatencyHistogram::percentilesStayWithinTheStatedError_data()
{
    QTest::addColumn<int>("seed");
    QTest::addColumn<double>("spread");
    QTest::newRow("narrow") << 1 << 0.2;
    QTest::newRow("usual") << 2 << 1.0;
    QTest::newRow("wide") << 3 << 3.0;
}

void TestLatencyHistogram::percentilesStayWithinTheStatedError()
{
    QFETCH(int, seed);
    QFETCH(double, spread);
    std::mt19937_64 random{std::uint64_t(seed)};
    std::lognormal_distribution<double> values(std::log(300'000.0), spread);
    std::vector<qint64> exact;
    LatencyHistogram histogram;
    for (int i = 0; i < 20'000; ++i) {
        const auto us = qint64(std::min(values(random), 4e9));
        exact.push_back(us);
        histogram.record(us);
    }
    std::sort(exact.begin(), exact.end());
    for (const double fraction : {0.01, 0.5, 0.95, 0.99, 0.999, 1.0}) {
        const auto rank = std::size_t(std::ceil(fraction * double(exact.size()))) - 1;
        const double want = double(exact[rank]);
        const double got = *histogram.percentileUs(fraction);
        QVERIFY2(std::abs(got - want) <= 0.02 * want + 1,
            qPrintable(QStringLiteral("p%1: %2, exact %3").arg(fraction).arg(got).arg(want)));
    }
}

void TestLatencyHistogram::emptyHasNoPercentile()
{
    QVERIFY(!LatencyHistogram().percentileUs(0.5));
    QVERIFY(!LatencyHistogram().percentileMs(0.99));
}

void TestLatencyHistogram::mergingEqualsRecording()
{
    LatencyHistogram whole;
    LatencyHistogram merged;
    LatencyHistogram dense;
    SparseHistogram sparse;
    std::mt19937 random(7);
    for (int i = 0; i < 5000; ++i) {
        const qint64 us = random() % 2'000'000;
        whole.record(us);
        if (i % 2 == 0)
            dense.record(us);
        else
            sparse.record(us);
    }
    merged.merge(dense);
    merged.merge(sparse);
    QCOMPARE(merged.count(), whole.count());
    for (double fraction = 0; fraction <= 1; fraction += 0.01)
        QCOMPARE(*merged.percentileUs(fraction), *whole.percentileUs(fraction));
    QVERIFY(std::is_sorted(
        sparse.cells().begin(), sparse.cells().end(), [](const auto& a, const auto& b) { return a.cell < b.cell; }));
}

void TestLatencyHistogram::extremesAreKept()
{
    LatencyHistogram histogram;
    histogram.record(-5);
    QCOMPARE(*histogram.percentileUs(1), 0.0);
    histogram.record(std::numeric_limits<qint64>::max());
    QVERIFY(*histogram.percentileUs(1) > 4.2e9);
    QCOMPARE(histogram.count(), 2u);
}

QTEST_GUILESS_MAIN(TestLatencyHistogram)
#include "tst_latency_histogram.moc"
