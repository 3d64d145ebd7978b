// The Budgets page in front of the story: order and states, burn-down without invented points, what a refusal says, a
// raise with its reason and its undo, roles, empty and error.
#include "charts/plot_widget.h"
#include "models/budget_table_model.h"
#include "models/format.h"
#include "pages/budgets/budgets_page.h"
#include "pages/budgets/burn_down.h"
#include "pages/budgets/ledger_panel.h"
#include "pages/budgets/raise_panel.h"
#include "pages/common/change_form.h"
#include "theme/theme_manager.h"
#include "widgets/button.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/table_view.h"

#include "story.h"
#include "story_control.h"

#include <QAccessible>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace gateway::api;
using namespace ui::testing;
using ui::budgets::BudgetsPage;
using ui::models::BudgetTableModel;

namespace {

struct Fixture
{
    explicit Fixture(void (*tell)(FakeTransport&) = &Story::tell, const char* role = "admin")
    {
        transport = std::make_shared<FakeTransport>();
        tell(*transport);
        ui::SessionOptions options;
        options.now = [] { return Story::now(); };
        options.role = QString::fromLatin1(role);
        session = std::make_unique<ui::Session>(transport, options);
        session->start(); // nothing is changed before the engine has answered
        page = std::make_unique<BudgetsPage>(*session);
        page->resize(1240, 790);
    }
    void open()
    {
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        page->activated();
        QTRY_VERIFY(page->isSettled() && session->status());
    }
    QString text(int row, int column) const { return page->model()->index(row, column).data().toString(); }
    int count(const char* method, const QString& path) const
    {
        int found = 0;
        for (const AdminRequest& request : transport->requests())
            found += request.method == QLatin1String(method) && request.path == path ? 1 : 0;
        return found;
    }

    std::shared_ptr<FakeTransport> transport;
    std::unique_ptr<ui::Session> session;
    std::unique_ptr<BudgetsPage> page;
};

} // namespace

class TestBudgetsPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark); }
    void riskFirst();
    void windowsAreInTheirZone();
    void moneyWords();
    void burnDownInventsNothing();
    void aRefusalIsTold();
    void raiseNeedsAReason();
    void raiseAndUndo();
    void aRefusedRaiseIsShown();
    void aViewerSeesNoForm();
    void ledgerIsShown();
    void emptyAndError();
    void everyFocusableWidgetHasAName();
};

void TestBudgetsPage::riskFirst()
{
    Fixture f;
    f.open();
    QCOMPARE(f.page->model()->rowCount(), 6);
    QCOMPARE(f.text(0, BudgetTableModel::State), QStringLiteral("Stopped"));
    QCOMPARE(f.text(0, BudgetTableModel::Scope), QStringLiteral("tenant acme, agent nightly-etl"));
    QVERIFY(f.text(0, BudgetTableModel::AtLimit).startsWith(QStringLiteral("refuse, resets 22 Nov 23:00")));
    QCOMPARE(f.text(1, BudgetTableModel::State), QStringLiteral("Watch"));
    QCOMPARE(f.text(3, BudgetTableModel::State), QStringLiteral("OK"));
    QCOMPARE(f.page->table()->currentIndex().row(), 0);
    f.page->open(QStringLiteral("budget=b_acme"));
    QCOMPARE(f.page->raisePanel()->accessibleName(), QStringLiteral("tenant acme"));

    BudgetStatus used = storyBudgets()[0]; // degrades
    used.settled = used.limit;
    QCOMPARE(ui::models::stateOf(used).word, QStringLiteral("Degrading"));
    used.atLimit = QStringLiteral("warn");
    QCOMPARE(ui::models::stateOf(used).word, QStringLiteral("Over"));
}

void TestBudgetsPage::windowsAreInTheirZone()
{
    Fixture f;
    f.open();
    QCOMPARE(f.text(0, BudgetTableModel::Window), QStringLiteral("22 Nov, Europe/Berlin"));
    const int nord = f.page->model()->rowOf(QStringLiteral("b_nord"));
    QCOMPARE(f.text(nord, BudgetTableModel::Window), QStringLiteral("1 to 30 Nov, Europe/Stockholm"));
    const QDateTime summer(QDate(2026, 10, 24), QTime(22, 0), Qt::UTC); // the day of 25 hours
    QCOMPARE(ui::models::windowWords(summer, summer.addSecs(25 * 3600), QStringLiteral("Europe/Berlin")),
        QStringLiteral("25 Oct, Europe/Berlin"));
    const QDateTime week(QDate(2026, 11, 30), QTime(0, 0), Qt::UTC);
    QCOMPARE(
        ui::models::windowWords(week, week.addDays(7), QStringLiteral("UTC")), QStringLiteral("30 Nov to 6 Dec, UTC"));
    QCOMPARE(ui::models::windowWords(week, week.addSecs(3600), QStringLiteral("UTC")),
        QStringLiteral("30 Nov 00:00 to 01:00, UTC"));
}

void TestBudgetsPage::moneyWords()
{
    const auto words = [](const char* usd) {
        return ui::models::dollarsAndCents(Money::fromDecimal(QString::fromLatin1(usd)).value());
    };
    QCOMPARE(words("12000"), QStringLiteral("$12,000.00"));
    QCOMPARE(words("1.005"), QStringLiteral("$1.01"));
    QCOMPARE(words("0"), QStringLiteral("$0.00"));
    QCOMPARE(words("0.00167"), QStringLiteral("$0.00167"));
    QCOMPARE(words("0.5"), QStringLiteral("$0.50"));
    QCOMPARE(words("0.000000001"), QStringLiteral("< $0.00001"));
    QCOMPARE(words("-14.2"), QStringLiteral("\u2212$14.20"));
    const QDateTime now = Story::now();
    QCOMPARE(ui::models::timeLeft(now.addSecs(42), now), QStringLiteral("42 s"));
    QCOMPARE(ui::models::timeLeft(now.addSecs(1800), now), QStringLiteral("30 min"));
    QCOMPARE(ui::models::timeLeft(now.addSecs(8040), now), QStringLiteral("2 h 14 min"));
    QCOMPARE(ui::models::timeLeft(now, now), QStringLiteral("now"));
}

void TestBudgetsPage::burnDownInventsNothing()
{
    const BudgetStatus known = storyBudgets()[0];
    const ui::charts::PlotData data = ui::budgets::burnDown(known, Story::now());
    QCOMPARE(data.columns.size(), 3);
    const auto& left = data.columns[0].values;
    const auto& ahead = data.columns[2].values;
    QCOMPARE(left.first(), 12000.0);
    for (qsizetype i = 0; i < data.times.size(); ++i) {
        const bool isPast = data.times[i] <= Story::now().toMSecsSinceEpoch();
        QCOMPARE(std::isnan(left[i]), !isPast);
        QVERIFY(data.times[i] >= Story::now().toMSecsSinceEpoch() || std::isnan(ahead[i]));
    }
    const qsizetype now = data.times.indexOf(Story::now().toMSecsSinceEpoch());
    QVERIFY(now > 0);
    QVERIFY(std::abs(left[now] - (12000 - 8640.12)) < 0.01);
    QVERIFY(std::abs(ahead[now] - left[now]) < 0.01);
    QVERIFY(ui::budgets::emptyAt(known, Story::now()).has_value());

    BudgetStatus young = known; // nothing kept, too early for a forecast
    young.history.clear();
    young.forecast.reset();
    const ui::charts::PlotData bare = ui::budgets::burnDown(young, Story::now());
    QCOMPARE(bare.columns.size(), 2);
    for (const double value : bare.columns[0].values)
        QVERIFY(std::isnan(value));
    QVERIFY(!ui::budgets::emptyAt(young, Story::now()));
    const auto marks = ui::budgets::softMarksOf(known);
    QCOMPARE(marks.size(), 2);
    QVERIFY(std::abs(marks[0].value - 2400) < 0.001);
}

void TestBudgetsPage::aRefusalIsTold()
{
    const QString refuses = ui::budgets::refusalWords(storyBudgets()[1]);
    for (const char* part :
        {"budget_hard", "$40.00", "largest max_output_tokens", "2026-11-22T23:00:00Z", "not to retry"})
        QVERIFY2(refuses.contains(QLatin1String(part)), part);
    QVERIFY(ui::budgets::refusalWords(storyBudgets()[4]).contains(QStringLiteral("refuses nothing")));
}

void TestBudgetsPage::raiseNeedsAReason()
{
    Fixture f;
    f.open();
    f.page->open(QStringLiteral("budget=b_nightly"));
    ui::budgets::RaisePanel* panel = f.page->raisePanel();
    panel->amount()->setText(QStringLiteral("60"));
    QTest::mouseClick(panel->raiseButton(), Qt::LeftButton);
    QVERIFY(!panel->form()->reasonField()->error().isEmpty());
    panel->form()->setReason(QStringLiteral("month end"));
    QVERIFY(panel->form()->reasonField()->error().isEmpty());
    panel->amount()->setText(QStringLiteral("sixty"));
    QTest::mouseClick(panel->raiseButton(), Qt::LeftButton);
    QVERIFY(!panel->amount()->error().isEmpty());
    QCOMPARE(f.count("POST", QStringLiteral("/api/v1/budgets/b_nightly/raise")), 0);
}

void TestBudgetsPage::raiseAndUndo()
{
    Fixture f;
    f.open();
    f.page->open(QStringLiteral("budget=b_nightly"));
    std::function<void()> undo;
    QString said;
    connect(f.page.get(), &ui::Page::undoOffered, this, [&](const QString& words, const std::function<void()>& back) {
        said = words;
        undo = back;
    });
    ui::budgets::RaisePanel* panel = f.page->raisePanel();
    QVERIFY(!panel->endButton()->isVisible());
    panel->amount()->setText(QStringLiteral("60"));
    panel->form()->setReason(QStringLiteral("month end"));
    QTest::mouseClick(panel->raiseButton(), Qt::LeftButton);
    QTRY_VERIFY(undo);
    QVERIFY(said.contains(QStringLiteral("$60.00")));
    const AdminRequest* sent = nullptr;
    for (const AdminRequest& request : f.transport->requests()) {
        if (request.method == QLatin1String("POST"))
            sent = &request;
    }
    QVERIFY(sent);
    QCOMPARE(sent->reason, QStringLiteral("month end"));
    QCOMPARE(sent->body.value(QStringLiteral("limit_usd")).toString(), QStringLiteral("60"));
    QVERIFY(!sent->body.contains(QStringLiteral("until"))); // the window's end is the engine's to know
    QTRY_COMPARE(
        f.text(f.page->model()->rowOf(QStringLiteral("b_nightly")), BudgetTableModel::Limit), QStringLiteral("$60.00"));
    QTRY_VERIFY(panel->endButton()->isVisible());
    undo();
    QTRY_COMPARE(
        f.text(f.page->model()->rowOf(QStringLiteral("b_nightly")), BudgetTableModel::Limit), QStringLiteral("$40.00"));
}

void TestBudgetsPage::aRefusedRaiseIsShown()
{
    Fixture f;
    f.open();
    f.page->open(QStringLiteral("budget=b_nightly"));
    f.transport->setHandler(QStringLiteral("POST /api/v1/budgets/b_nightly/raise"), [](const AdminRequest&) {
        return errorReply(failure(Failure::NotPermitted, QStringLiteral("The role of you does not allow this.")));
    });
    ui::budgets::RaisePanel* panel = f.page->raisePanel();
    panel->amount()->setText(QStringLiteral("60"));
    panel->form()->setReason(QStringLiteral("month end"));
    QTest::mouseClick(panel->raiseButton(), Qt::LeftButton);
    const auto isSaid = [&] {
        for (QWidget* widget : panel->findChildren<QWidget*>()) {
            if (widget->isVisible() && widget->accessibleName().contains(QStringLiteral("does not allow this")))
                return true;
        }
        return false;
    };
    QTRY_VERIFY(isSaid());
    QCOMPARE(panel->amount()->text(), QStringLiteral("60")); // what was typed is not lost
}

void TestBudgetsPage::aViewerSeesNoForm()
{
    Fixture f(&Story::tell, "operator");
    f.open();
    QVERIFY(!f.page->raisePanel()->raiseButton()->isVisible());
    QVERIFY(!f.page->raisePanel()->amount()->isVisible());
}

void TestBudgetsPage::ledgerIsShown()
{
    Fixture f;
    f.open();
    QCOMPARE(f.page->ledger()->aliases()->rows(), 3);
    QCOMPARE(f.page->ledger()->aliases()->words(0, 4), QStringLiteral("41 %"));
}

void TestBudgetsPage::emptyAndError()
{
    Fixture empty(&Story::tellEmpty);
    empty.open();
    const auto stateOf = [](BudgetsPage& page) { return page.overlay()->state(); };
    QCOMPARE(stateOf(*empty.page), ui::StateOverlay::State::Zero);
    Fixture broken;
    broken.transport->setHandler(QStringLiteral("/api/v1/budgets"), [](const AdminRequest&) {
        return errorReply(failure(Failure::Unavailable, QStringLiteral("The ledger is being rebuilt.")));
    });
    broken.open();
    QCOMPARE(stateOf(*broken.page), ui::StateOverlay::State::Error);
    Story::tell(*broken.transport);
    broken.page->setPaused(false); // asks at once
    QTRY_COMPARE(stateOf(*broken.page), ui::StateOverlay::State::None);
}

void TestBudgetsPage::everyFocusableWidgetHasAName()
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

QTEST_MAIN(TestBudgetsPage)
#include "tst_budgets_page.moc"
