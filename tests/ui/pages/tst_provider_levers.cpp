// The levers on the Providers page, in front of the story: the breaker column, the sheet with its preview, a reason and
// an end, undo, resume, probe, the card of a drill, and what a viewer does not see.
#include "pages/common/change_form.h"
#include "pages/providers/lever_list.h"
#include "pages/providers/lever_sheet.h"
#include "pages/providers/provider_actions.h"
#include "pages/providers/provider_detail.h"
#include "pages/providers/providers_page.h"
#include "theme/theme_manager.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"

#include "story.h"
#include "story_control.h"

#include <QApplication>
#include <QPointer>
#include <QTest>

using namespace gateway::api;
using namespace ui::testing;
using ui::models::ProviderTableModel;
using ui::providers::LeverSheet;
using ui::providers::ProvidersPage;

namespace {

struct Fixture
{
    explicit Fixture(const char* role = "operator")
    {
        transport = std::make_shared<FakeTransport>();
        Story::tell(*transport);
        ui::SessionOptions options;
        options.now = [] { return Story::now(); };
        options.role = QString::fromLatin1(role);
        session = std::make_unique<ui::Session>(transport, options);
        session->start(); // nothing is changed before the engine has answered
        page = std::make_unique<ProvidersPage>(*session);
        page->resize(1240, 790);
        page->setTimeRange({3600, true, {}});
        QObject::connect(page.get(), &ui::Page::undoOffered, page.get(),
            [this](const QString& words, const std::function<void()>& back) {
                said = words;
                undo = back;
            });
        QObject::connect(
            page.get(), &ui::Page::toastRequested, page.get(), [this](const QString& words) { said = words; });
    }
    void open(const char* provider)
    {
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        page->activated();
        QTRY_VERIFY(page->isSettled() && session->status());
        page->open(QStringLiteral("provider=") + QLatin1String(provider));
        QTRY_VERIFY(page->isSettled());
    }
    QString gate(const char* provider) const
    {
        for (int row = 0; row < page->model()->rowCount(); ++row) {
            if (page->model()->rows()[row].status.name == QLatin1String(provider))
                return page->model()->index(row, ProviderTableModel::Breaker).data().toString();
        }
        return {};
    }
    const AdminRequest* lastChange() const
    {
        const AdminRequest* last = nullptr;
        for (const AdminRequest& request : transport->requests()) {
            if (!request.reason.isEmpty())
                last = &request;
        }
        return last;
    }

    std::shared_ptr<FakeTransport> transport;
    std::unique_ptr<ui::Session> session;
    std::unique_ptr<ProvidersPage> page;
    QString said;
    std::function<void()> undo;
};

} // namespace

class TestProviderLevers : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark); }
    void breakersAreInTheTable();
    void leversAreListed();
    void theSheetShowsWhatMoves();
    void aReasonIsNeeded();
    void drainAndUndo();
    void breakerIsForced();
    void drillIsScoped();
    void refusalsStayInTheSheet();
    void escLeavesEverything();
    void resumeAndProbe();
    void theCardIsShown();
    void aViewerSeesNoButtons();
};

void TestProviderLevers::breakersAreInTheTable()
{
    Fixture f;
    f.open("azure-eu");
    QCOMPARE(f.gate("azure-eu"), QStringLiteral("open, probe in 23 s"));
    QCOMPARE(f.gate("anthropic"), QStringLiteral("closed"));
    QCOMPARE(f.gate("groq-eu"), QStringLiteral("drained, 2 h 14 min"));
    QCOMPARE(f.gate("ollama"), QStringLiteral("\u2014"));
    ProviderStatus back;
    back.stagePercent = 10;
    QCOMPARE(ui::models::gateWords(back, Story::now()).state, QStringLiteral("back at 10 %"));
    ProviderStatus forced;
    forced.breakers = {BreakerStatus{QStringLiteral("p/m@r"), QStringLiteral("open"), true, {}, {}, {}, {}, 0, 0}};
    QCOMPARE(ui::models::gateWords(forced, Story::now()).note, QStringLiteral("forced"));
}

void TestProviderLevers::leversAreListed()
{
    Fixture f;
    f.open("azure-eu");
    QVERIFY(f.page->levers()->isVisible());
    QCOMPARE(f.page->levers()->shown().size(), 2); // the drain, and the drill that has just ended
    QCOMPARE(f.page->levers()->words(0), QStringLiteral("groq-eu is drained; 2 h 14 min left"));
    QVERIFY(f.page->levers()->undoButton(0)->isVisible());
    QVERIFY(!f.page->levers()->undoButton(1)->isVisible());
    QVERIFY(f.page->levers()->cardButton(1)->isVisible());
}

void TestProviderLevers::theSheetShowsWhatMoves()
{
    Fixture f;
    f.open("azure-eu");
    QTest::mouseClick(f.page->detail()->actions()->drainButton(), Qt::LeftButton);
    auto* sheet = f.page->findChild<LeverSheet*>();
    QVERIFY(sheet && sheet->isVisible());
    QTRY_VERIFY(sheet->isSettled());
    QCOMPARE(sheet->targets()->rows(), 3);
    QCOMPARE(sheet->targets()->words(2, 1), QStringLiteral("refused"));
    QVERIFY(sheet->strandedWords().contains(QStringLiteral("norrvik-care")));
    QVERIFY(sheet->form()->reason().startsWith(QStringLiteral("azure-eu fails 58 %")));
    QCOMPARE(sheet->form()->seconds(), 1800);
    QCOMPARE(sheet->command(), QStringLiteral("signalboxctl provider drain azure-eu --expires 30m"));
    QVERIFY(!f.lastChange()); // looking changes nothing
}

void TestProviderLevers::aReasonIsNeeded()
{
    Fixture f;
    f.open("anthropic");
    LeverSheet* sheet = f.page->openLever(LeverKind::Drain);
    QTRY_VERIFY(sheet->isSettled());
    QVERIFY(sheet->form()->reason().isEmpty()); // it is well, so nobody can guess one
    QTest::mouseClick(sheet->applyButton(), Qt::LeftButton);
    QVERIFY(!sheet->form()->reasonField()->error().isEmpty());
    QVERIFY(!f.lastChange());
    QVERIFY(sheet->isVisible());
}

void TestProviderLevers::drainAndUndo()
{
    Fixture f;
    f.open("anthropic");
    QPointer<LeverSheet> sheet = f.page->openLever(LeverKind::Drain);
    QTRY_VERIFY(sheet->isSettled());
    sheet->form()->setReason(QStringLiteral("a notice"));
    sheet->form()->setSpan(3);
    QTest::keyClick(sheet->form()->reasonField(), Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(!sheet);
    QTRY_VERIFY(f.undo);
    QVERIFY(f.said.contains(QStringLiteral("anthropic is drained")));
    QCOMPARE(f.lastChange()->reason, QStringLiteral("a notice"));
    QCOMPARE(f.lastChange()->body.value(QStringLiteral("duration_s")).toInteger(), 7200);
    QTRY_COMPARE(f.page->levers()->shown().size(), 3);
    f.undo();
    QTRY_COMPARE(f.page->levers()->shown().size(), 2);
    QVERIFY(f.lastChange()->path.endsWith(QStringLiteral("/revert")));
}

void TestProviderLevers::breakerIsForced()
{
    Fixture f;
    f.open("azure-eu");
    LeverSheet* sheet = f.page->openLever(LeverKind::Breaker);
    QTRY_VERIFY(sheet->isSettled());
    QCOMPARE(sheet->request().candidate, QStringLiteral("azure-eu/gpt-6-luna-2026-09-01@swedencentral"));
    QCOMPARE(sheet->request().breaker, QStringLiteral("open"));
    QVERIFY(sheet->command().contains(QStringLiteral(" --candidate azure-eu/gpt-6-luna"))); // it has two
    QVERIFY(sheet->request().provider.isEmpty());
    sheet->form()->setReason(QStringLiteral("hold it"));
    QTest::mouseClick(sheet->applyButton(), Qt::LeftButton);
    QTRY_VERIFY(f.undo);
    QCOMPARE(f.lastChange()->body.value(QStringLiteral("kind")).toString(), QStringLiteral("breaker"));
}

void TestProviderLevers::drillIsScoped()
{
    Fixture f;
    f.open("mistral");
    LeverSheet* sheet = f.page->openLever(LeverKind::Drill);
    QTRY_VERIFY(sheet->isSettled());
    QCOMPARE(sheet->request().percent, std::optional<int>(10));
    QCOMPARE(sheet->request().durationSeconds, std::optional<qint64>(900));
    sheet->form()->setReason(QStringLiteral("weekly"));
    QTest::mouseClick(sheet->applyButton(), Qt::LeftButton);
    QTRY_VERIFY(f.undo);
    QCOMPARE(f.lastChange()->path, QStringLiteral("/api/v1/drills"));
    QVERIFY(!f.lastChange()->body.contains(QStringLiteral("kind")));
}

void TestProviderLevers::refusalsStayInTheSheet()
{
    Fixture f;
    f.open("anthropic");
    f.transport->setHandler(QStringLiteral("POST /api/v1/failovers"), [](const AdminRequest&) {
        return errorReply(failure(Failure::Conflict, QStringLiteral("This is in force already.")));
    });
    QPointer<LeverSheet> sheet = f.page->openLever(LeverKind::Drain);
    sheet->form()->setReason(QStringLiteral("again"));
    QTest::mouseClick(sheet->applyButton(), Qt::LeftButton);
    const auto isSaid = [&] {
        for (QWidget* widget : sheet->findChildren<QWidget*>()) {
            if (widget->isVisible() && widget->accessibleName().contains(QStringLiteral("in force already")))
                return true;
        }
        return false;
    };
    QTRY_VERIFY(isSaid());
    QVERIFY(sheet && sheet->isVisible() && sheet->applyButton()->isEnabled());
}

void TestProviderLevers::escLeavesEverything()
{
    Fixture f;
    f.open("anthropic");
    QPointer<LeverSheet> sheet = f.page->openLever(LeverKind::Drain);
    QTRY_VERIFY(sheet->isSettled());
    for (int i = 0; i < 20; ++i) { // the keyboard stays inside
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QVERIFY(sheet->isAncestorOf(QApplication::focusWidget()));
    }
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QTRY_VERIFY(!sheet);
    QVERIFY(!f.lastChange());
}

void TestProviderLevers::resumeAndProbe()
{
    Fixture f;
    f.open("groq-eu");
    ui::providers::ProviderActions* actions = f.page->detail()->actions();
    QCOMPARE(actions->drainButton()->text(), QStringLiteral("Resume"));
    f.transport->setHandler(QStringLiteral("POST /api/v1/providers/groq-eu/resume"), [](const AdminRequest&) {
        LeverStatus lever = storyLevers()[0];
        lever.endedAt = Story::now();
        lever.stagePercent = 1;
        return AdminReply{200, toJson(lever)};
    });
    QTest::mouseClick(actions->drainButton(), Qt::LeftButton);
    QTRY_VERIFY(f.said.contains(QStringLiteral("groq-eu comes back, 1 %")));
    f.page->open(QStringLiteral("provider=anthropic"));
    QCOMPARE(actions->drainButton()->text(), QStringLiteral("Drain..."));
    QTest::mouseClick(actions->probeButton(), Qt::LeftButton);
    const auto isSaid = [&] {
        for (QWidget* widget : actions->findChildren<QWidget*>()) {
            if (widget->isVisible() && widget->accessibleName().contains(QStringLiteral("200 after 412 ms")))
                return true;
        }
        return false;
    };
    QTRY_VERIFY(isSaid());
}

void TestProviderLevers::theCardIsShown()
{
    Fixture f;
    f.open("mistral");
    QTest::mouseClick(f.page->levers()->cardButton(1), Qt::LeftButton);
    const auto card = [&] { return f.page->findChild<ui::Sheet*>(); };
    QTRY_VERIFY(card());
    QCOMPARE(card()->accessibleName(), QStringLiteral("Drill of mistral"));
    QCOMPARE(card()->findChild<ui::PlainTable*>()->rows(), 3);
}

void TestProviderLevers::aViewerSeesNoButtons()
{
    Fixture f("viewer");
    f.open("azure-eu");
    QVERIFY(!f.page->detail()->actions()->drainButton()->isVisible());
    QVERIFY(!f.page->levers()->undoButton(0)->isVisible());
    QCOMPARE(f.gate("azure-eu"), QStringLiteral("open, probe in 23 s")); // but sees how things stand
}

QTEST_MAIN(TestProviderLevers)
#include "tst_provider_levers.moc"
