// The Providers page in front of the story: order, detail, band and table, failure tiles, freshness, empty and error.
#include "charts/crosshair_bus.h"
#include "charts/plot_widget.h"
#include "pages/providers/failure_tile.h"
#include "pages/providers/provider_detail.h"
#include "pages/providers/provider_plots.h"
#include "pages/providers/providers_page.h"
#include "theme/theme_manager.h"
#include "widgets/choice_cells.h"
#include "widgets/state_overlay.h"
#include "widgets/table_view.h"

#include "story.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QJsonArray>
#include <QTest>

#include <cmath>

using namespace gateway::api;
using namespace ui::testing;
using ui::models::ProviderTableModel;
using ui::providers::ProvidersPage;

namespace {

struct Fixture
{
    explicit Fixture(void (*tell)(FakeTransport&) = &Story::tell)
    {
        transport = std::make_shared<FakeTransport>();
        tell(*transport);
        ui::SessionOptions options;
        options.now = [] { return Story::now(); };
        session = std::make_unique<ui::Session>(transport, options);
        page = std::make_unique<ProvidersPage>(*session);
        page->resize(1240, 790);
        page->setTimeRange({3600, true, {}});
    }

    void open()
    {
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        session->start();
        page->activated();
        QTRY_VERIFY(page->isSettled());
    }

    QString text(int row, int column) const { return page->model()->index(row, column).data().toString(); }

    std::shared_ptr<FakeTransport> transport;
    std::unique_ptr<ui::Session> session;
    std::unique_ptr<ProvidersPage> page;
};

} // namespace

class TestProvidersPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void worstFirstAndChosen();
    void aBucketWithoutCallsIsAGap();
    void detailFollowsTheChoice();
    void bandAndTable();
    void rangeIsTheFrames();
    void noCallsIsSaid();
    void anErrorIsShownAndClears();
    void keepsTheRowOverARefresh();
    void everyFocusableWidgetHasAName();
};

void TestProvidersPage::initTestCase()
{
    ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark);
}

void TestProvidersPage::worstFirstAndChosen()
{
    Fixture f;
    f.open();
    QCOMPARE(f.page->model()->rowCount(), 8);
    QCOMPARE(f.text(0, ProviderTableModel::Provider), QStringLiteral("azure-eu swedencentral"));
    QCOMPARE(f.text(0, ProviderTableModel::State), QStringLiteral("Down"));
    QCOMPARE(f.text(0, ProviderTableModel::Errors), QStringLiteral("58 %"));
    QCOMPARE(f.page->table()->currentIndex().row(), 0);
    QCOMPARE(f.page->detail()->accessibleName(), QStringLiteral("azure-eu"));
    QTRY_VERIFY(f.text(0, ProviderTableModel::LastHour).contains(QStringLiteral("attempts failed")));
    QCOMPARE(f.text(7, ProviderTableModel::Errors), QStringLiteral("no calls"));
}

void TestProvidersPage::aBucketWithoutCallsIsAGap()
{
    Series series;
    for (int i = 0; i < 3; ++i) {
        SeriesBucket bucket;
        bucket.start = Story::now().addSecs(60 * i);
        if (i != 1) {
            bucket.attempts = 10;
            bucket.failures[0] = 4;
            bucket.firstTokenP50Ms = 400;
            bucket.firstTokenP95Ms = 900;
            bucket.firstTokenP99Ms = 1200;
        }
        series.buckets.append(bucket);
    }
    const auto band = ui::providers::firstTokenBand(series, ui::Token::Series1);
    QCOMPARE(band.columns[1].values[0], 0.9);
    QVERIFY(std::isnan(band.columns[1].values[1]));
    QCOMPARE(band.counts[1], 0);
    const auto failures = ui::providers::failureShare(series, FailureClass::Http5xx);
    QCOMPARE(failures.columns[0].values[0], 40.0);
    QVERIFY(std::isnan(failures.columns[0].values[1]));
    QCOMPARE(*ui::providers::sumOf(series, FailureClass::Http5xx).share(), 0.4);
    QVERIFY(!ui::providers::sumOf(Series(), FailureClass::Http5xx).share());
}

void TestProvidersPage::detailFollowsTheChoice()
{
    Fixture f;
    f.open();
    const auto latest = [&] { return f.page->detail()->firstToken()->data().columns.value(1).values; };
    QTRY_VERIFY(!latest().isEmpty());
    const QVector<double> azure = latest();
    f.page->open(QStringLiteral("provider=anthropic"));
    QCOMPARE(f.page->detail()->accessibleName(), QStringLiteral("anthropic"));
    QTRY_VERIFY(!latest().isEmpty());
    QVERIFY(latest() != azure);
    QCOMPARE(f.page->detail()->findChildren<ui::providers::FailureTile*>().size(), 5);
}

void TestProvidersPage::bandAndTable()
{
    Fixture f;
    f.open();
    ui::charts::PlotWidget* plot = f.page->detail()->firstToken();
    QTRY_VERIFY(plot->data().hasValues());
    QAbstractButton* table = nullptr;
    for (auto* one : f.page->findChildren<QAbstractButton*>()) {
        if (one->text() == QLatin1String("Table"))
            table = one;
    }
    QVERIFY(table);
    QTest::mouseClick(table, Qt::LeftButton);
    QCOMPARE(plot->view(), ui::charts::PlotWidget::View::Table);
    auto* rows = plot->findChild<ui::TableView*>();
    QVERIFY(rows && rows->isVisible());
    QCOMPARE(rows->model()->rowCount(), plot->data().times.size());
}

void TestProvidersPage::rangeIsTheFrames()
{
    Fixture f;
    f.open();
    f.page->setTimeRange({300, true, {}});
    QTRY_COMPARE(f.page->detail()->bus()->range().to - f.page->detail()->bus()->range().from, 300'000);
}

void TestProvidersPage::noCallsIsSaid()
{
    Fixture f(&Story::tellEmpty);
    f.open();
    QCOMPARE(f.text(0, ProviderTableModel::State), QStringLiteral("Unknown"));
    QCOMPARE(f.text(0, ProviderTableModel::Errors), QStringLiteral("no calls"));
    QCOMPARE(f.text(0, ProviderTableModel::Share), QStringLiteral("\u2014"));
    QVERIFY(!f.page->detail()->firstToken()->data().hasValues());
}

void TestProvidersPage::anErrorIsShownAndClears()
{
    Fixture f;
    f.transport->setHandler(QStringLiteral("/api/v1/providers"), [](const AdminRequest&) {
        return errorReply(failure(Failure::Unavailable, QStringLiteral("The engine is starting.")));
    });
    f.open();
    auto* overlay = f.page->findChild<ui::StateOverlay*>();
    QCOMPARE(overlay->state(), ui::StateOverlay::State::Error);
    QVERIFY(overlay->accessibleName().contains(QStringLiteral("The engine is starting.")));
    QJsonArray items;
    for (const ProviderStatus& provider : Story::providers())
        items.append(toJson(provider));
    f.transport->setHandler(QStringLiteral("/api/v1/providers"), [items](const AdminRequest&) {
        return AdminReply{200, {{QStringLiteral("items"), items}}};
    });
    auto* again = overlay->findChild<QAbstractButton*>();
    QVERIFY(again);
    QTest::mouseClick(again, Qt::LeftButton);
    QTRY_COMPARE(overlay->state(), ui::StateOverlay::State::None);
    QCOMPARE(f.page->model()->rowCount(), 8);
}

void TestProvidersPage::keepsTheRowOverARefresh()
{
    Fixture f;
    f.open();
    f.page->open(QStringLiteral("provider=vertex-eu"));
    QVector<ProviderStatus> changed = Story::providers();
    changed[2].health = Health::Down; // anthropic moves to the top
    changed[2].failures5m = 2000;
    QJsonArray items;
    for (const ProviderStatus& provider : changed)
        items.append(toJson(provider));
    f.transport->setHandler(QStringLiteral("/api/v1/providers"), [items](const AdminRequest&) {
        return AdminReply{200, {{QStringLiteral("items"), items}}};
    });
    f.page->setPaused(true);
    f.page->setPaused(false); // asks at once
    QTRY_COMPARE(f.text(0, ProviderTableModel::Provider), QStringLiteral("anthropic eu"));
    QCOMPARE(f.page->detail()->accessibleName(), QStringLiteral("vertex-eu"));
    QCOMPARE(f.text(f.page->table()->currentIndex().row(), ProviderTableModel::Provider),
        QStringLiteral("vertex-eu europe-west4"));
}

void TestProvidersPage::everyFocusableWidgetHasAName()
{
    Fixture f;
    f.open();
    int seen = 0;
    for (QWidget* widget : f.page->findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus ||
            widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
        QVERIFY2(interface && !interface->text(QAccessible::Name).isEmpty(), widget->metaObject()->className());
        ++seen;
    }
    QVERIFY(seen > 8);
}

QTEST_MAIN(TestProvidersPage)
#include "tst_providers_page.moc"
