// The Traffic page in front of the story: live rows, pause, filter, the trace of a choice, keys, empty and error
// states.
#include "charts/histogram_brush.h"
#include "charts/waterfall.h"
#include "pages/traffic/trace_panel.h"
#include "pages/traffic/traffic_page.h"
#include "theme/theme_manager.h"
#include "widgets/input_field.h"
#include "widgets/state_overlay.h"
#include "widgets/table_view.h"

#include "story.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QVBoxLayout>

using namespace gateway::api;
using namespace ui::testing;
using ui::models::CallTableModel;
using ui::traffic::TrafficPage;

namespace {

// The page in a window with its header, as the frame would hold it.
struct Fixture
{
    explicit Fixture(void (*tell)(FakeTransport&) = &Story::tell)
    {
        transport = std::make_shared<FakeTransport>();
        tell(*transport);
        ui::SessionOptions options;
        options.now = [] { return Story::now(); };
        session = std::make_unique<ui::Session>(transport, options);
        page = new TrafficPage(*session);
        auto* layout = new QVBoxLayout(&window);
        layout->addWidget(page->titleWidget());
        for (QWidget* widget : page->headerWidgets())
            layout->addWidget(widget);
        layout->addWidget(page, 1);
        window.resize(1264, 832);
        page->setTimeRange({3600, true, {}});
    }

    void open()
    {
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        session->start();
        page->activated();
        QTRY_VERIFY(page->isSettled());
    }

    Call live(int number)
    {
        Call call = Story::calls()[1];
        call.id = QStringLiteral("req_live%1").arg(number);
        call.startedAt = Story::now().addMSecs(500 + number);
        transport->pushEvents({finishedEvent(call, number)});
        return call;
    }

    QString shown() const { return page->trace()->call() ? page->trace()->call()->id : QString(); }
    ui::FilterField* field() { return window.findChild<ui::FilterField*>(); }
    ui::StateOverlay* overlay() { return page->findChild<ui::StateOverlay*>(); }
    QAbstractButton* button(const QString& text)
    {
        for (auto* one : window.findChildren<QAbstractButton*>()) {
            if (one->text() == text && one->isVisible())
                return one;
        }
        return nullptr;
    }

    std::shared_ptr<FakeTransport> transport;
    std::unique_ptr<ui::Session> session;
    QWidget window;
    TrafficPage* page = nullptr;
};

} // namespace

class TestTrafficPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void showsTheNewestCallAndFollows();
    void barsFollowTheFilter();
    void aLiveCallComesIn();
    void aChoiceStopsFollowingAndCounts();
    void spacePausesAndResumes();
    void pausedByTheFrame();
    void filterAsksTheServerAndJudgesLiveCalls();
    void aWrongFilterIsSaidAndChangesNothing();
    void keysMoveAndOpen();
    void keysCopy();
    void theTraceShowsEveryAttempt();
    void noCallsYetLeadsToTheServerPage();
    void anErrorIsShownAndClears();
    void inTheBackgroundNothingIsInserted();
    void everyFocusableWidgetHasAName();
};

void TestTrafficPage::initTestCase()
{
    ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark);
}

void TestTrafficPage::showsTheNewestCallAndFollows()
{
    Fixture f;
    f.open();
    QCOMPARE(f.page->model()->total(), 409);
    QCOMPARE(f.shown(), Story::calls()[0].id);
    QVERIFY(f.page->model()->isFollowing()); // showing it is no choice of the reader
}

// Attempts know no tenant and no outcome; then the bars are calls that the engine counted.
void TestTrafficPage::barsFollowTheFilter()
{
    Fixture f;
    f.open();
    const auto* histogram = f.page->findChild<ui::charts::HistogramBrush*>();
    QVERIFY(histogram);
    const auto sum = [histogram] {
        ui::charts::HistogramBar all;
        for (const auto& bar : histogram->bars()) {
            all.answered += bar.answered;
            all.failed += bar.failed;
        }
        return all;
    };
    int answered = 0;
    int others = 0;
    const QString tenant = Story::calls().first().tenant;
    for (const Call& call : Story::calls()) {
        if (call.tenant == tenant)
            ++(call.outcome == CallOutcome::Answered ? answered : others);
    }
    f.page->open(QStringLiteral("filter=tenant:") + tenant);
    QTRY_COMPARE(sum().answered, answered);
    QCOMPARE(sum().failed, others);
    QVERIFY(histogram->bars().size() > 50); // quiet minutes are bars too
    f.page->open(QStringLiteral("filter=tenant:%1 outcome:answered").arg(tenant));
    QTRY_COMPARE(sum().failed, 0);
    QCOMPARE(sum().answered, answered);
    f.page->open(QStringLiteral("filter="));
    QTRY_VERIFY(sum().answered > answered); // attempts again, of everybody
}

void TestTrafficPage::aLiveCallComesIn()
{
    Fixture f;
    f.open();
    const Call call = f.live(1);
    QTRY_COMPARE(f.page->model()->rowOf(call.id), 0);
    QCOMPARE(f.shown(), Story::calls()[0].id); // the trace stays on what was shown
    QCOMPARE(f.page->table()->currentIndex().row(), 1);
}

void TestTrafficPage::aChoiceStopsFollowingAndCounts()
{
    Fixture f;
    f.open();
    f.page->table()->selectRow(3);
    QVERIFY(!f.page->model()->isFollowing());
    f.live(1);
    f.live(2);
    f.live(3);
    QTRY_VERIFY(f.button(QStringLiteral("3 new")));
    QCOMPARE(f.page->model()->row(0)->call.id, Story::calls()[0].id);
    QTest::mouseClick(f.button(QStringLiteral("3 new")), Qt::LeftButton);
    QCOMPARE(f.page->model()->row(0)->call.id, QStringLiteral("req_live3"));
    QVERIFY(f.page->model()->isFollowing());
    QCOMPARE(f.shown(), Story::calls()[3].id);
}

void TestTrafficPage::spacePausesAndResumes()
{
    Fixture f;
    f.open();
    f.page->table()->setFocus();
    QVERIFY(f.page->model()->isFollowing());
    QTest::keyClick(f.page->table(), Qt::Key_Space);
    QVERIFY(!f.page->model()->isFollowing());
    f.live(1);
    QTRY_COMPARE(f.page->model()->newCount(), 1);
    QTest::keyClick(f.page->table(), Qt::Key_Space);
    QVERIFY(f.page->model()->isFollowing());
    QCOMPARE(f.page->model()->row(0)->call.id, QStringLiteral("req_live1"));
}

void TestTrafficPage::pausedByTheFrame()
{
    Fixture f;
    f.open();
    f.page->setPaused(true);
    f.live(1);
    QTRY_COMPARE(f.page->model()->newCount(), 1);
    f.page->setPaused(false);
    QCOMPARE(f.page->model()->newCount(), 0);
    // Scrolled away from the newest end is a pause as well.
    f.page->table()->verticalScrollBar()->setValue(500);
    f.live(2);
    QTRY_COMPARE(f.page->model()->newCount(), 1);
    f.page->table()->verticalScrollBar()->setValue(0);
    QTRY_COMPARE(f.page->model()->newCount(), 0);
}

void TestTrafficPage::filterAsksTheServerAndJudgesLiveCalls()
{
    Fixture f;
    f.open();
    f.field()->setFocus();
    QTest::keyClicks(f.field(), QStringLiteral("tenant:acme"));
    QTest::keyClick(f.field(), Qt::Key_Return);
    QTRY_COMPARE(f.page->model()->rowCount(), 3);
    bool asked = false;
    for (const AdminRequest& request : f.transport->requests())
        asked = asked || (request.path == QLatin1String("/api/v1/calls") &&
                             request.query.queryItemValue(QStringLiteral("tenant")) == QLatin1String("acme"));
    QVERIFY(asked);
    f.live(1); // of nordbank
    Call other = Story::calls()[0];
    other.id = QStringLiteral("req_acme");
    other.startedAt = Story::now().addSecs(1);
    f.transport->pushEvents({finishedEvent(other, 2)});
    QTRY_COMPARE(f.page->model()->rowCount(), 4);
    QCOMPARE(f.page->model()->row(0)->call.id, QStringLiteral("req_acme"));
}

void TestTrafficPage::aWrongFilterIsSaidAndChangesNothing()
{
    Fixture f;
    f.open();
    const int rows = f.page->model()->rowCount();
    f.field()->setText(QStringLiteral("tenent:acme"));
    QVERIFY(f.field()->error().contains(QStringLiteral("Did you mean tenant?")));
    QTest::keyClick(f.field(), Qt::Key_Return);
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->model()->rowCount(), rows);
    f.field()->setText(QStringLiteral("outcome:failed"));
    QVERIFY(f.field()->error().isEmpty());
    QTRY_COMPARE(f.page->model()->rowCount(), 1); // without Enter, after a moment
    f.field()->setText(QStringLiteral("tenant:nobody"));
    QTRY_COMPARE(f.overlay()->state(), ui::StateOverlay::State::Zero);
    QVERIFY(f.overlay()->accessibleName().contains(QStringLiteral("leaves out 409 calls")));
}

void TestTrafficPage::keysMoveAndOpen()
{
    Fixture f;
    f.open();
    ui::TableView* table = f.page->table();
    table->setFocus();
    QTest::keyClick(table, Qt::Key_J);
    QTest::keyClick(table, Qt::Key_J);
    QTRY_COMPARE(f.shown(), Story::calls()[2].id);
    QTest::keyClick(table, Qt::Key_K);
    QTRY_COMPARE(f.shown(), Story::calls()[1].id);
    QTest::keyClick(table, Qt::Key_Return);
    QVERIFY(f.page->trace()->waterfall()->hasFocus());
    QTest::keyClick(f.page->trace()->waterfall(), Qt::Key_BracketRight);
    QTRY_COMPARE(f.shown(), Story::calls()[2].id);
    QTest::keyClick(f.page->trace()->waterfall(), Qt::Key_BracketLeft);
    QTRY_COMPARE(f.shown(), Story::calls()[1].id);
    QTest::keyClick(f.page->trace()->waterfall(), Qt::Key_Escape);
    QVERIFY(table->hasFocus());
}

void TestTrafficPage::keysCopy()
{
    Fixture f;
    f.open();
    f.page->table()->setFocus();
    QSignalSpy toast(f.page, &ui::Page::toastRequested);
    QTest::keyClick(f.page->table(), Qt::Key_Y);
    QCOMPARE(QGuiApplication::clipboard()->text(), Story::calls()[0].id);
    QTest::keyClick(&f.window, Qt::Key_K, Qt::ControlModifier | Qt::ShiftModifier);
    const QString curl = QGuiApplication::clipboard()->text();
    QVERIFY2(curl.startsWith(QStringLiteral("curl 'http://127.0.0.1:4180/v1/chat/completions'")), qPrintable(curl));
    QVERIFY(curl.contains(QStringLiteral("\"model\":\"fast-summariser\"")));
    QVERIFY(curl.contains(QStringLiteral("$SIGNALBOX_KEY")));
    QVERIFY(!curl.contains(QStringLiteral("sbx_")));
    QCOMPARE(toast.count(), 2);
}

void TestTrafficPage::theTraceShowsEveryAttempt()
{
    Fixture f;
    f.open();
    f.page->open(QStringLiteral("call=") + Story::calls()[0].id);
    const QString spoken = f.page->trace()->waterfall()->accessibleDescription();
    QVERIFY(spoken.contains(QStringLiteral("attempt 1 azure-eu swedencentral: 503 after 640 ms")));
    QVERIFY(
        spoken.contains(QStringLiteral("attempt 2 azure-eu francecentral: skipped: 3.4 % errors, alias allows 2 %")));
    QVERIFY(spoken.contains(QStringLiteral("attempt 3 openai-eu westeurope: 200, complete")));
    // The failed attempt is chosen first.
    QCOMPARE(f.page->trace()->waterfall()->selected(), 3);
    // A call that is not in the list opens as well.
    const QString far = Story::calls()[390].id;
    f.page->open(QStringLiteral("call=") + far);
    QTRY_COMPARE(f.shown(), far);
}

void TestTrafficPage::noCallsYetLeadsToTheServerPage()
{
    Fixture f(&Story::tellEmpty);
    f.open();
    QTRY_COMPARE(f.overlay()->state(), ui::StateOverlay::State::Zero);
    QTRY_VERIFY(f.overlay()->accessibleName().contains(QStringLiteral("http://127.0.0.1:4180/v1")));
    QSignalSpy opened(f.page, &ui::Page::openRequested);
    auto* link = f.button(QStringLiteral("Open the Server page"));
    QVERIFY(link);
    QTest::mouseClick(link, Qt::LeftButton);
    QCOMPARE(opened.count(), 1);
    QCOMPARE(opened.last().at(0).toString(), QStringLiteral("server"));
    // The first call slides in and is shown.
    const Call call = f.live(1);
    QTRY_COMPARE(f.shown(), call.id);
    QCOMPARE(f.overlay()->state(), ui::StateOverlay::State::None);
}

void TestTrafficPage::anErrorIsShownAndClears()
{
    Fixture f;
    f.transport->setHandler(QStringLiteral("/api/v1/calls"), [](const AdminRequest&) {
        return errorReply(failure(Failure::Unavailable, QStringLiteral("The store is not open.")));
    });
    f.open();
    QTRY_COMPARE(f.overlay()->state(), ui::StateOverlay::State::Error);
    QVERIFY(f.overlay()->accessibleName().contains(QStringLiteral("The store is not open.")));
    Story::tell(*f.transport);
    auto* again = f.button(QStringLiteral("Ask again"));
    QVERIFY(again);
    QTest::mouseClick(again, Qt::LeftButton);
    QTRY_COMPARE(f.overlay()->state(), ui::StateOverlay::State::None);
    QVERIFY(f.page->model()->rowCount() > 0);
}

void TestTrafficPage::inTheBackgroundNothingIsInserted()
{
    Fixture f;
    f.open();
    f.page->deactivated();
    const int rows = f.page->model()->rowCount();
    f.live(1);
    QTest::qWait(150); // longer than a batch; nothing may come
    QCOMPARE(f.page->model()->rowCount(), rows);
}

void TestTrafficPage::everyFocusableWidgetHasAName()
{
    Fixture f;
    f.open();
    int seen = 0;
    for (int tab = 0; tab < 4; ++tab) {
        f.page->trace()->setTab(tab);
        for (QWidget* widget : f.window.findChildren<QWidget*>()) {
            if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus ||
                widget->objectName().startsWith(QLatin1String("qt_")))
                continue;
            QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
            QVERIFY2(interface && !interface->text(QAccessible::Name).isEmpty(), widget->metaObject()->className());
            ++seen;
        }
    }
    QVERIFY(seen > 10);
}

QTEST_MAIN(TestTrafficPage)
#include "tst_traffic_page.moc"
