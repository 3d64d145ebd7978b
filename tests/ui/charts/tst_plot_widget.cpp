// PlotWidget and its values: a gap is a gap, the table equals the data, a drag zooms every chart of the page, Esc steps
// back.
#include "charts/crosshair_bus.h"
#include "charts/plot_widget.h"
#include "charts/round_ticks.h"
#include "theme/theme_manager.h"
#include "widgets/cell.h"
#include "widgets/table_view.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace ui::charts;

namespace {

constexpr qint64 kStart = 1'795'314'000'000; // 2026-11-22 02:20:00 UTC
constexpr qint64 kMinute = 60'000;

// 60 minutes of a level line at 2, with no calls from minute 20 to 29 and nothing collected from 40 to 44.
PlotData lineWithHoles()
{
    PlotData data;
    PlotColumn column{QStringLiteral("p95"), ui::Token::Series1, -1, {}};
    for (int i = 0; i < 60; ++i) {
        const bool quiet = i >= 20 && i < 30;
        const bool lost = i >= 40 && i < 45;
        data.times.append(kStart + i * kMinute);
        data.counts.append(lost ? -1 : quiet ? 0 : 700);
        column.values.append(quiet || lost ? qQNaN() : 2.0);
    }
    data.columns = {column};
    data.asOf = QDateTime::fromMSecsSinceEpoch(kStart + 60 * kMinute, Qt::UTC);
    return data;
}

TimeWindow hour()
{
    return {kStart, kStart + 60 * kMinute};
}

void showWhole(PlotWidget& plot)
{
    plot.resize(800, 240);
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
}

// Pixels in the column of a minute that have the line's colour.
int lineInk(const QImage& image, const PlotWidget& plot, double minute)
{
    const QColor ink = ui::color(ui::Token::Series1);
    const int x = int(plot.plotRect().left() + plot.plotRect().width() * minute / 60.0);
    int found = 0;
    for (int y = int(plot.plotRect().top()); y < int(plot.plotRect().bottom()); ++y) {
        const QColor here = image.pixelColor(x, y);
        const int distance = std::abs(here.red() - ink.red()) + std::abs(here.green() - ink.green()) +
                             std::abs(here.blue() - ink.blue());
        found += distance < 60 ? 1 : 0;
    }
    return found;
}

} // namespace

class TestPlotWidget : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void runsEndAtMissingValues();
    void manyPointsBecomePixelColumnsWithTheirExtremes();
    void columnsOfABandStayInOrder();
    void ticksAreRound();
    void noLineAcrossAGap();
    void tableEqualsData();
    void aDragZoomsEveryChartAndEscapeStepsBack();
    void crosshairIsShared();
    void staleLosesItsColour();
    void anEmptyPlotSaysSo();
};

void TestPlotWidget::initTestCase()
{
    ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark);
}

void TestPlotWidget::runsEndAtMissingValues()
{
    const PlotData data = lineWithHoles();
    const auto runs = toRuns(data.times, data.columns[0].values, hour(), 800, false);
    QCOMPARE(runs.size(), 3);
    QCOMPARE(runs[0].size(), 20);
    QCOMPARE(runs[1].size(), 10);
    QCOMPARE(runs[2].size(), 15);
    const QVector<TimeWindow> gaps = gapsOf(data, hour());
    QCOMPARE(gaps.size(), 1); // quiet minutes are no gap
    QCOMPARE(gaps[0].from, kStart + 39 * kMinute);
    QCOMPARE(gaps[0].to, kStart + 45 * kMinute);
}

void TestPlotWidget::manyPointsBecomePixelColumnsWithTheirExtremes()
{
    QVector<qint64> times;
    QVector<double> values;
    for (int i = 0; i < 100'000; ++i) {
        times.append(kStart + i * 36);
        values.append(i == 54'321 ? 900.0 : i == 12'345 ? -50.0 : std::sin(i * 0.01));
    }
    const auto runs = toRuns(times, values, {times.first(), times.last()}, 500, false);
    QCOMPARE(runs.size(), 1);
    QVERIFY(runs[0].size() <= 2 * 501);
    double low = 0;
    double high = 0;
    for (int i = 0; i < runs[0].size(); ++i) {
        low = std::min(low, runs[0][i].y());
        high = std::max(high, runs[0][i].y());
        QVERIFY(i == 0 || runs[0][i].x() >= runs[0][i - 1].x());
    }
    QCOMPARE(high, 900.0);
    QCOMPARE(low, -50.0);
}

void TestPlotWidget::columnsOfABandStayInOrder()
{
    QVector<qint64> times;
    QVector<double> p50;
    QVector<double> p95;
    for (int i = 0; i < 20'000; ++i) {
        times.append(kStart + i * 180);
        p50.append(1.0 + 0.4 * std::sin(i * 0.7));
        p95.append(1.5 + 0.4 * std::sin(i * 0.7) + 0.3 * std::cos(i * 0.3));
    }
    const TimeWindow range{times.first(), times.last()};
    const auto lower = toRuns(times, p50, range, 400, true);
    const auto upper = toRuns(times, p95, range, 400, true);
    QCOMPARE(lower[0].size(), upper[0].size());
    for (int i = 0; i < lower[0].size(); ++i) {
        QCOMPARE(lower[0][i].x(), upper[0][i].x());
        QVERIFY(lower[0][i].y() <= upper[0][i].y());
    }
}

void TestPlotWidget::ticksAreRound()
{
    QCOMPARE(linearTicks(52, 4), (QVector<double>{0, 20, 40, 60}));
    QCOMPARE(logTicks(0.3, 7.4, 8), (QVector<double>{0.2, 0.5, 1, 2, 5, 10}));
    const QVector<qint64> ticks = timeTicks(kStart, kStart + 60 * kMinute, 6);
    QCOMPARE(stepOf(ticks), 10 * kMinute);
    QCOMPARE(timeLabel(ticks.first(), stepOf(ticks)), QStringLiteral("02:20"));
    for (const qint64 tick : ticks)
        QCOMPARE(tick % (10 * kMinute), 0);
    QCOMPARE(tickLabel(3000, 1000), QStringLiteral("3k"));
    QCOMPARE(tickLabel(0.5, 0.5), QStringLiteral("0.5"));
}

void TestPlotWidget::noLineAcrossAGap()
{
    PlotWidget plot(QStringLiteral("First token"));
    plot.bus()->setBaseRange(hour());
    plot.setData(lineWithHoles());
    showWhole(plot);
    const QImage image = plot.grab().toImage();
    QVERIFY(lineInk(image, plot, 10) > 0);
    QVERIFY(lineInk(image, plot, 35) > 0);
    QVERIFY(lineInk(image, plot, 52) > 0);
    QCOMPARE(lineInk(image, plot, 25), 0); // no calls: the line ends
    QCOMPARE(lineInk(image, plot, 42), 0); // not collected: hatched
    // Only what was not collected is hatched.
    const QColor panel = ui::color(ui::Token::Panel);
    const auto hatched = [&](double minute) {
        const int x = int(plot.plotRect().left() + plot.plotRect().width() * minute / 60.0);
        int found = 0;
        for (int y = int(plot.plotRect().center().y()); y < int(plot.plotRect().bottom()) - 2; ++y)
            found += image.pixelColor(x, y) != panel ? 1 : 0;
        return found;
    };
    QVERIFY(hatched(42) > 4 * hatched(25));
}

void TestPlotWidget::tableEqualsData()
{
    PlotWidget plot(QStringLiteral("First token"));
    PlotLook look;
    look.unit = QStringLiteral("s");
    plot.setLook(look);
    const PlotData data = lineWithHoles();
    plot.setData(data);
    showWhole(plot);
    plot.setView(PlotWidget::View::Table);
    auto* table = plot.findChild<ui::TableView*>();
    QVERIFY(table && table->isVisible());
    QVERIFY(!table->accessibleName().isEmpty());
    QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    QCOMPARE(table->model()->rowCount(), 60);
    QCOMPARE(table->model()->columnCount(), 3);
    for (int row = 0; row < 60; ++row) {
        const int i = 59 - row; // newest first
        const QVariant value = table->model()->index(row, 1).data(ui::UnderlyingRole);
        QCOMPARE(
            table->model()->index(row, 0).data(ui::UnderlyingRole).toDateTime().toMSecsSinceEpoch(), data.times[i]);
        if (std::isnan(data.columns[0].values[i])) {
            QVERIFY(!value.isValid());
            QCOMPARE(table->model()->index(row, 1).data().toString(),
                data.counts[i] == 0 ? QStringLiteral("no calls") : QStringLiteral("no data"));
        } else {
            QCOMPARE(value.toDouble(), data.columns[0].values[i]);
            QCOMPARE(table->model()->index(row, 1).data().toString(), QStringLiteral("2.00 s"));
        }
    }
    // The next minute changes values, not rows: the reader keeps the place.
    QSignalSpy reset(table->model(), &QAbstractItemModel::modelReset);
    PlotData next = data;
    next.columns[0].values[5] = 3.0;
    plot.setData(next);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(table->model()->index(54, 1).data(ui::UnderlyingRole).toDouble(), 3.0);
}

void TestPlotWidget::aDragZoomsEveryChartAndEscapeStepsBack()
{
    CrosshairBus bus;
    bus.setBaseRange(hour());
    PlotWidget plot(QStringLiteral("First token"), &bus);
    PlotWidget other(QStringLiteral("Errors"), &bus);
    plot.setData(lineWithHoles());
    other.setData(lineWithHoles());
    showWhole(plot);
    showWhole(other);
    plot.grab();
    const QRectF area = plot.plotRect();
    const auto at = [&area](double minute) {
        return QPoint(int(std::lround(area.left() + area.width() * minute / 60)), int(area.center().y()));
    };
    QTest::mousePress(&plot, Qt::LeftButton, {}, at(15));
    QTest::mouseMove(&plot, at(20));
    QTest::mouseMove(&plot, at(30));
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, at(30));
    QVERIFY(bus.isZoomed());
    QVERIFY(std::abs(bus.range().from - (kStart + 15 * kMinute)) < kMinute);
    QVERIFY(std::abs(bus.range().to - (kStart + 30 * kMinute)) < kMinute);
    other.grab();
    const double step = other.plotRect().width();
    QVERIFY(step > 0);
    // A click is no zoom.
    QTest::mouseClick(&plot, Qt::LeftButton, {}, at(20));
    QTest::keyClick(&plot, Qt::Key_Escape);
    QVERIFY(!bus.isZoomed());
    QCOMPARE(bus.range(), hour());
}

void TestPlotWidget::crosshairIsShared()
{
    CrosshairBus bus;
    bus.setBaseRange(hour());
    PlotWidget plot(QStringLiteral("First token"), &bus);
    PlotWidget other(QStringLiteral("Errors"), &bus);
    plot.setData(lineWithHoles());
    other.setData(lineWithHoles());
    showWhole(plot);
    showWhole(other);
    const QImage before = other.grab().toImage();
    plot.grab();
    QTest::mouseMove(&plot, plot.plotRect().center().toPoint());
    QTRY_VERIFY(bus.moment().has_value());
    QVERIFY(std::abs(*bus.moment() - (kStart + 30 * kMinute)) < 2 * kMinute);
    QVERIFY(other.grab().toImage() != before);
    plot.setFocus(Qt::TabFocusReason);
    const qint64 was = *bus.moment();
    QTest::keyClick(&plot, Qt::Key_Left);
    QVERIFY(*bus.moment() < was);
}

void TestPlotWidget::staleLosesItsColour()
{
    PlotWidget plot(QStringLiteral("First token"));
    plot.bus()->setBaseRange({kStart, kStart + 90 * kMinute});
    plot.setData(lineWithHoles());
    showWhole(plot);
    QVERIFY(lineInk(plot.grab().toImage(), plot, 10 * 60.0 / 90) > 0);
    plot.setState(PlotState::Stale, QStringLiteral("as of 03:18:11"));
    QCOMPARE(lineInk(plot.grab().toImage(), plot, 10 * 60.0 / 90), 0);
}

void TestPlotWidget::anEmptyPlotSaysSo()
{
    PlotWidget plot(QStringLiteral("First token"));
    plot.bus()->setBaseRange(hour());
    plot.setData({});
    showWhole(plot);
    QVERIFY(!plot.grab().isNull());
    QCOMPARE(plot.accessibleDescription(), QStringLiteral("No values."));
    plot.setData(lineWithHoles());
    QVERIFY(plot.accessibleDescription().contains(QStringLiteral("p95 2.00")));
}

QTEST_MAIN(TestPlotWidget)
#include "tst_plot_widget.moc"
