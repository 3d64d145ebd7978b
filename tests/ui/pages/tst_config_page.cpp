// The Config page: the way of a draft with who and when; findings as one types, only what was typed last; a text that
// is not saved is nobody else's to take away; what the role may not do is not there; a rollback is one button, one
// reason and one way back; unknown is never a pass.
#include "pages/config/config_page.h"

#include "models/line_diff.h"
#include "pages/common/reason_sheet.h"
#include "pages/config/canary_view.h"
#include "pages/config/change_panel.h"
#include "pages/config/config_actions.h"
#include "pages/config/config_data.h"
#include "pages/config/config_stages.h"
#include "pages/config/draft_editor.h"
#include "pages/config/draft_panel.h"
#include "pages/config/history_view.h"
#include "pages/config/meaning_view.h"
#include "pages/config/replay_view.h"
#include "pages/config/standing_bar.h"
#include "theme/theme_manager.h"
#include "widgets/chip.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_editor.h"

#include "story.h"
#include "story_config.h"

#include <QTest>

using namespace gateway::api;
using namespace ui::testing;
using ui::StateOverlay;
using ui::Status;
using ui::config::ConfigPage;

namespace {

struct Fixture
{
    explicit Fixture(const char* role = "admin", void (*tell)(FakeTransport&) = &Story::tell)
    {
        transport = std::make_shared<FakeTransport>();
        tell(*transport);
        ui::SessionOptions options;
        options.role = QString::fromLatin1(role);
        options.pollMs = 3'600'000;
        options.now = [] { return Story::now(); };
        options.monotonic = [] { return std::chrono::milliseconds(0); };
        session = std::make_unique<ui::Session>(transport, options);
        page = std::make_unique<ConfigPage>(*session);
        page->resize(1240, 790);
    }
    void open()
    {
        session->start();
        QTRY_VERIFY(session->status());
        page->show();
        page->activateWindow(); // keys go to the window in front alone
        QVERIFY(QTest::qWaitForWindowActive(page.get()));
        page->activated();
        QTRY_VERIFY(page->isSettled());
    }
    QVector<AdminRequest> sent(const char* path) const
    {
        QVector<AdminRequest> found;
        for (const AdminRequest& request : transport->requests()) {
            if (request.method == QLatin1String("POST") && request.path == QLatin1String(path))
                found.append(request);
        }
        return found;
    }
    void type(const QString& text) const
    {
        page->editor()->editor()->setText(text);
        Q_EMIT page->editor()->editor()->edited();
    }

    std::shared_ptr<FakeTransport> transport;
    std::unique_ptr<ui::Session> session;
    std::unique_ptr<ConfigPage> page;
};

} // namespace

class TestConfigPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark); }
    void theWayOfADraft();
    void whatIsMissingIsNotReached();
    void anEarlierTextSaysNothing();
    void fileAndRunningDiffer();
    void findingsAsOneTypes();
    void onlyTheLastTextIsLookedAt();
    void typedTextIsKept();
    void savedWithItsVersion();
    void refusedSaveIsSaid();
    void changesByEffect();
    void changesByLines();
    void rolesSeeTheirOwn_data();
    void rolesSeeTheirOwn();
    void rollBackAndBackAgain();
    void aReasonIsNeeded();
    void aRefusalStaysInTheSheet();
    void canaryBesideItsControl();
    void unknownIsNoValue();
    void replayWithItsCoverage();
    void historyAgainstWhatRuns();
    void emptyAndRefused();
    void lineDifferences();
};

void TestConfigPage::theWayOfADraft()
{
    Fixture f;
    f.open();
    QCOMPARE(f.page->data()->chosen(), QStringLiteral("d7"));
    const auto& steps = f.page->stages()->steps();
    QCOMPARE(steps.size(), 6);
    QCOMPARE(steps[0].detail, QStringLiteral("m.okafor, 01:20"));
    QCOMPARE(steps[1].note, QStringLiteral("0 blocks, 1 warning"));
    QCOMPARE(steps[2].detail, QStringLiteral("s.lind, 02:05"));
    QCOMPARE(steps[2].status, Status::Ok);
    QCOMPARE(steps[3].note, QStringLiteral("5,067 of 184,455 decide otherwise"));
    QCOMPARE(steps[4].name, QStringLiteral("Canary 5 %"));
    QCOMPARE(steps[4].status, Status::Canary);
    QVERIFY(steps[4].current);
    QCOMPARE(steps[5].status, Status::NotReached);
}

void TestConfigPage::whatIsMissingIsNotReached()
{
    const Draft behind = storyDrafts()[1];
    const std::optional<ReplayReport> none;
    auto steps = ui::config::stagesOf({behind, none, false, std::nullopt, true, false, 218, Story::now()});
    QCOMPARE(steps[0].status, Status::Degraded);
    QCOMPARE(steps[1].status, Status::Down);
    QCOMPARE(steps[2].status, Status::NotReached);
    QCOMPARE(steps[2].detail, QStringLiteral("needs another person"));
    QCOMPARE(steps[3].status, Status::NotReached);
    QCOMPARE(steps[5].detail, QStringLiteral("its findings block it"));
}

void TestConfigPage::anEarlierTextSaysNothing()
{
    Draft draft = storyDrafts()[0];
    draft.reviews[1].holds = false;
    const std::optional<ReplayReport> replay = storyReplay();
    const auto steps = ui::config::stagesOf({draft, replay, true, std::nullopt, false, true, 218, Story::now()});
    QCOMPARE(steps[2].status, Status::NotReached);
    QCOMPARE(steps[2].note, QStringLiteral("of an earlier text"));
    QCOMPARE(steps[3].status, Status::CannotSay);
    QCOMPARE(steps[5].detail, QStringLiteral("needs another person"));
    // one's own approval is marked, and another's refusal stands before it
    draft.reviews[1].holds = true;
    draft.reviews[1].isOwn = true;
    QCOMPARE(ui::config::stagesOf({draft, replay, false, std::nullopt, true, false, 218, Story::now()})[2].status,
        Status::Degraded);
    draft.reviews[0].holds = true;
    QCOMPARE(ui::config::stagesOf({draft, replay, false, std::nullopt, true, false, 218, Story::now()})[2].status,
        Status::Down);
}

void TestConfigPage::fileAndRunningDiffer()
{
    Fixture f;
    f.open();
    const QString words = f.page->standing()->words();
    QVERIFY2(words.contains(QStringLiteral("r218 in force")), qPrintable(words));
    QVERIFY2(words.contains(QStringLiteral("file changed, 2 changes")), qPrintable(words));
    QVERIFY(f.page->standing()->adoptButton()->isVisible());
    QVERIFY(f.page->standing()->revertButton()->isVisible());
    QVERIFY(f.page->standing()->reviewButton()->isVisible());
    // a file that agrees has nothing to take
    ConfigStanding agrees = storyStanding();
    agrees.drifts = false;
    agrees.fileState = QStringLiteral("in_force");
    f.page->standing()->setStanding(agrees, std::nullopt, Story::now());
    QVERIFY(!f.page->standing()->adoptButton()->isVisible());
}

void TestConfigPage::findingsAsOneTypes()
{
    Fixture f;
    f.open();
    QCOMPARE(f.page->editor()->findingTable()->rows(), 1);
    f.type(f.page->editor()->text().replace(
        QStringLiteral("acme: {zone: eu-only"), QStringLiteral("acme: {zone: eu-onyl")));
    QVERIFY(f.page->editor()->isEdited());
    QTRY_VERIFY(f.page->isSettled() && !f.page->editor()->findings().items.isEmpty() &&
                f.page->editor()->findings().blocks == 1);
    QCOMPARE(f.page->editor()->editor()->marks().first().line, 20);
    QCOMPARE(f.page->editor()->findingTable()->words(0, 0), QStringLiteral("Blocks"));
    QVERIFY(f.page->editor()->findingTable()->words(0, 2).contains(QStringLiteral("Did you mean eu-only?")));
    // what it changes is told of the text as it is typed
    QVERIFY(f.page->change()->meaning()->words().contains(QStringLiteral("may cost more")));
    QVERIFY(!f.page->change()->meaning()->words().contains(QStringLiteral("new candidate")));
}

// One question for many keys, and an answer to an earlier text is dropped.
void TestConfigPage::onlyTheLastTextIsLookedAt()
{
    Fixture f;
    f.open();
    const QString text = f.page->editor()->text();
    for (int i = 0; i < 20; ++i)
        f.type(text + QStringLiteral("# %1\n").arg(i));
    QTRY_VERIFY(f.page->isSettled());
    const auto asked = f.sent("/api/v1/config/findings");
    QCOMPARE(asked.size(), 1);
    QVERIFY(asked.last().body.value(QLatin1String("yaml")).toString().endsWith(QStringLiteral("# 19\n")));
}

void TestConfigPage::typedTextIsKept()
{
    Fixture f;
    f.open();
    const QString mine = f.page->editor()->text() + QStringLiteral("# mine\n");
    f.type(mine);
    QTRY_VERIFY(f.page->isSettled());
    Draft other = storyDrafts()[0];
    other.version = 9;
    other.text = QStringLiteral("# theirs\n");
    f.transport->setReply(QStringLiteral("/api/v1/config/drafts/d7"), toJson(other));
    f.page->data()->ask();
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->editor()->text(), mine);
    QVERIFY(f.page->editor()->isOvertaken());
    QCOMPARE(f.page->editor()->version(), 4); // a save is a conflict, and the engine says so
    // another draft is not opened over it
    f.page->drafts()->table()->selectRow(1);
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->data()->chosen(), QStringLiteral("d7"));
}

void TestConfigPage::savedWithItsVersion()
{
    Fixture f;
    f.open();
    QVERIFY(!f.page->saveButton()->isVisible());
    f.type(f.page->editor()->text() + QStringLiteral("# more\n"));
    QTRY_VERIFY(f.page->saveButton()->isVisible());
    f.page->editor()->editor()->setFocus();
    QTest::keyClick(f.page->editor()->editor()->focusProxy(), Qt::Key_S, Qt::ControlModifier);
    QTRY_COMPARE(f.sent("/api/v1/config/drafts/d7/save").size(), 1);
    const AdminRequest save = f.sent("/api/v1/config/drafts/d7/save").last();
    QCOMPARE(save.body.value(QLatin1String("version")).toInt(), 4);
    QVERIFY(save.body.value(QLatin1String("yaml")).toString().endsWith(QStringLiteral("# more\n")));
    QVERIFY(!save.reason.isEmpty());
    QTRY_VERIFY(f.page->isSettled() && !f.page->editor()->isEdited());
}

void TestConfigPage::refusedSaveIsSaid()
{
    Fixture f;
    f.transport->setHandler(QStringLiteral("POST /api/v1/config/drafts/d7/save"), [](const AdminRequest&) {
        return errorReply(failure(Failure::Conflict, QStringLiteral("Save 5 was made meanwhile.")));
    });
    f.open();
    QString said;
    connect(f.page.get(), &ui::Page::toastRequested, this, [&said](const QString& words) { said = words; });
    f.type(f.page->editor()->text() + QStringLiteral("# more\n"));
    QTRY_VERIFY(f.page->saveButton()->isVisible());
    f.page->saveButton()->click();
    QTRY_COMPARE(said, QStringLiteral("Save 5 was made meanwhile."));
    QVERIFY(f.page->editor()->isEdited());
}

void TestConfigPage::changesByEffect()
{
    Fixture f;
    f.open();
    const QString words = f.page->change()->meaning()->words();
    QVERIFY(words.indexOf(QStringLiteral("Privacy and zones")) < words.indexOf(QStringLiteral("Routing:")));
    QVERIFY(words.contains(QStringLiteral("affected: acme, 199460 calls in 24 h")));
    QVERIFY(words.contains(QStringLiteral("4 lines only look different"))); // never left out
    int line = 0;
    connect(f.page->change()->meaning(), &ui::config::MeaningView::lineWanted, this, [&line](int at) { line = at; });
    f.page->change()->meaning()->setFocus(Qt::TabFocusReason);
    QTest::keyClick(f.page->change()->meaning(), Qt::Key_Return);
    QCOMPARE(line, 15);
    QCOMPARE(f.page->editor()->editor()->currentLine(), 15);
}

void TestConfigPage::changesByLines()
{
    Fixture f;
    f.open();
    f.page->change()->showMode(1);
    const QString text = f.page->change()->lines()->text();
    QVERIFY(text.contains(QStringLiteral("+   bedrock-eu:")));
    QVERIFY(text.contains(QStringLiteral("\u2212       - {provider: azure-eu, model: gpt-6-luna, weight: 80}")));
    QVERIFY(text.contains(QStringLiteral("lines are the same")));
}

void TestConfigPage::rolesSeeTheirOwn_data()
{
    QTest::addColumn<QByteArray>("role");
    QTest::addColumn<bool>("writes");
    QTest::addColumn<bool>("decides");
    QTest::newRow("viewer") << QByteArray("viewer") << false << false;
    QTest::newRow("auditor") << QByteArray("auditor") << false << false;
    QTest::newRow("developer") << QByteArray("developer") << true << false;
    QTest::newRow("operator") << QByteArray("operator") << true << true;
    QTest::newRow("admin") << QByteArray("admin") << true << true;
}

void TestConfigPage::rolesSeeTheirOwn()
{
    QFETCH(QByteArray, role);
    QFETCH(bool, writes);
    QFETCH(bool, decides);
    Fixture f(role.constData());
    f.open();
    QCOMPARE(f.page->drafts()->newButton()->isVisible(), writes);
    QCOMPARE(f.page->editor()->editor()->isReadOnly(), !writes);
    QCOMPARE(f.page->promoteButton()->isVisible(), decides);
    QCOMPARE(f.page->reviewButton()->isVisible(), decides);
    QCOMPARE(f.page->standing()->adoptButton()->isVisible(), decides);
    f.page->setView(ConfigPage::CanaryPart);
    QCOMPARE(f.page->canary()->abortButton()->isVisible(), decides);
    f.page->setView(ConfigPage::ReplayPart);
    QCOMPARE(f.page->replay()->startButton()->isVisible(), writes);
}

void TestConfigPage::rollBackAndBackAgain()
{
    Fixture f;
    f.open();
    std::function<void()> undo;
    connect(f.page.get(), &ui::Page::undoOffered, this,
        [&undo](const QString&, const std::function<void()>& back) { undo = back; });
    f.page->actions()->rollBack(0);
    QVERIFY(f.page->actions()->sheet());
    f.page->actions()->sheet()->setReason(QStringLiteral("answers cut off"));
    f.page->actions()->sheet()->apply();
    QTRY_VERIFY(undo);
    const AdminRequest sent = f.sent("/api/v1/config/rollback").last();
    QCOMPARE(sent.body.value(QLatin1String("revision")).toInt(), 217);
    QCOMPARE(sent.reason, QStringLiteral("answers cut off"));
    undo();
    QTRY_COMPARE(f.sent("/api/v1/config/rollback").size(), 2);
    QCOMPARE(f.sent("/api/v1/config/rollback").last().body.value(QLatin1String("revision")).toInt(), 218);
}

void TestConfigPage::aReasonIsNeeded()
{
    Fixture f;
    f.open();
    f.page->actions()->promote(false);
    f.page->actions()->sheet()->apply();
    QVERIFY(!f.page->actions()->sheet()->reasonField()->error().isEmpty());
    QCOMPARE(f.sent("/api/v1/config/promote").size(), 0);
}

void TestConfigPage::aRefusalStaysInTheSheet()
{
    Fixture f;
    f.transport->setHandler(QStringLiteral("POST /api/v1/config/promote"), [](const AdminRequest&) {
        return errorReply(failure(Failure::NotPermitted, QStringLiteral("It needs somebody else.")));
    });
    f.open();
    f.page->actions()->promote(true);
    f.page->actions()->sheet()->setReason(QStringLiteral("keys are revoked"));
    f.page->actions()->sheet()->apply();
    QTRY_COMPARE(f.page->actions()->sheet()->problem(), QStringLiteral("It needs somebody else."));
    QVERIFY(f.page->actions()->sheet()->isVisible());
    QCOMPARE(f.sent("/api/v1/config/promote").last().body.value(QLatin1String("emergency")).toBool(), true);
}

void TestConfigPage::canaryBesideItsControl()
{
    Fixture f;
    f.open();
    f.page->setView(ConfigPage::CanaryPart);
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->canary()->guards()->rows(), 6);
    QCOMPARE(f.page->canary()->guards()->words(0, 5), QStringLiteral("Too few"));
    QCOMPARE(f.page->canary()->guards()->words(3, 5), QStringLiteral("Inside"));
    QCOMPARE(f.page->canary()->arms()->words(0, 1), QStringLiteral("8,241"));
    QCOMPARE(f.page->canary()->arms()->words(0, 2), QStringLiteral("412"));
    f.page->actions()->act(CanaryAction::Abort);
    f.page->actions()->sheet()->setReason(QStringLiteral("the incident moved its control"));
    f.page->actions()->sheet()->apply();
    QTRY_COMPARE(f.sent("/api/v1/config/canary/abort").size(), 1);
}

void TestConfigPage::unknownIsNoValue()
{
    Fixture f;
    CanaryStatus canary = storyCanary();
    canary.guards[4].canary.reset();
    canary.guards[4].rise.reset();
    canary.guards[4].low.reset();
    canary.guards[4].high.reset();
    canary.guards[4].verdict = CanaryVerdict::InsufficientData;
    canary.canary.meanCost.reset();
    f.page->canary()->setCanary(canary, Story::now());
    QCOMPARE(f.page->canary()->guards()->words(4, 2), QStringLiteral("not known"));
    QCOMPARE(f.page->canary()->guards()->words(4, 5), QStringLiteral("Too few"));
    QVERIFY(f.page->canary()->guards()->words(4, 3).startsWith(QStringLiteral("not known")));
    QVERIFY(f.page->canary()->arms()->words(6, 2).startsWith(QStringLiteral("not known")));
}

void TestConfigPage::replayWithItsCoverage()
{
    Fixture f;
    f.open();
    f.page->setView(ConfigPage::ReplayPart);
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->replay()->changes()->rows(), 12);
    QCOMPARE(f.page->replay()->effects()->rows(), 5);
    QVERIFY(f.page->replay()->coverageWords().contains(QStringLiteral("97.9 %")));
    // none of the calls could be decided again: no data, not zero changes
    ReplayReport nothing = storyReplay();
    nothing.id = QStringLiteral("rp_0");
    nothing.replayable = nothing.changed = 0;
    f.page->replay()->setReport(nothing, false);
    QCOMPARE(int(f.page->replay()->overlay()->state()), int(StateOverlay::State::NoData));
}

void TestConfigPage::historyAgainstWhatRuns()
{
    Fixture f;
    f.open();
    f.page->setView(ConfigPage::HistoryPart);
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->history()->table()->rows(), 5);
    QCOMPARE(f.page->history()->table()->words(0, 0), QStringLiteral("In force"));
    QVERIFY(!f.page->history()->rollBackButton()->isVisible()); // of what runs
    QCOMPARE(f.page->history()->table()->words(2, 0), QStringLiteral("To review"));
    QCOMPARE(f.page->history()->table()->words(3, 0), QStringLiteral("Rolled back"));
    f.page->open(QStringLiteral("revision=217"));
    QTRY_VERIFY(f.page->isSettled());
    QVERIFY(f.page->history()->rollBackButton()->isVisible());
    QVERIFY(f.page->history()->restoreButton()->isVisible());
    const AdminRequest asked = f.sent("/api/v1/config/diff").last();
    QCOMPARE(asked.body.value(QLatin1String("from")).toObject().value(QLatin1String("revision")).toInt(), 217);
}

void TestConfigPage::emptyAndRefused()
{
    Fixture none("admin", &Story::tellEmpty);
    none.open();
    QCOMPARE(none.page->drafts()->table()->rows(), 0);
    QVERIFY(none.page->data()->chosen().isEmpty());
    QVERIFY(!none.page->promoteButton()->isVisible());
    const std::pair<Failure, StateOverlay::State> cases[]{{Failure::NotPermitted, StateOverlay::State::NotPermitted},
        {Failure::NotFound, StateOverlay::State::NotCollected}, {Failure::Unavailable, StateOverlay::State::Error}};
    for (const auto& [kind, state] : cases) {
        Fixture f;
        f.transport->setHandler(QStringLiteral("/api/v1/config/standing"),
            [kind = kind](const AdminRequest&) { return errorReply(failure(kind, QStringLiteral("No."))); });
        f.open();
        QCOMPARE(int(f.page->overlay()->state()), int(state));
    }
}

void TestConfigPage::lineDifferences()
{
    using ui::models::DiffLine;
    using ui::models::lineDiff;
    const auto apply = [](const QString& before, const QString& after, int context) {
        QStringList a;
        QStringList b;
        for (const DiffLine& line : lineDiff(before, after, context)) {
            if (line.kind != DiffLine::Kind::Added)
                a.append(line.text);
            if (line.kind != DiffLine::Kind::Removed)
                b.append(line.text);
        }
        return std::pair(a.join(QLatin1Char('\n')), b.join(QLatin1Char('\n')));
    };
    const QString texts[]{{}, QStringLiteral("a"), QStringLiteral("a\nb\nc"), QStringLiteral("c\nb\na"),
        QStringLiteral("a\nx\nb\nc\nd\nb"), QStringLiteral("b\nc\nd"), QStringLiteral("a\na\na\nb\na")};
    for (const QString& before : texts) {
        for (const QString& after : texts) {
            // with all context the difference holds both texts, whole; without one there is nothing to show around
            if (before == after)
                QCOMPARE(lineDiff(before, after, 1000).size(), 1);
            else
                QCOMPARE(apply(before, after, 1000), std::pair(before, after));
        }
    }
    // the shortest: one line in, none out
    int added = 0;
    int removed = 0;
    for (const DiffLine& line : lineDiff(QStringLiteral("a\nb\nc\nd"), QStringLiteral("a\nb\nnew\nc\nd"))) {
        added += line.kind == DiffLine::Kind::Added;
        removed += line.kind == DiffLine::Kind::Removed;
    }
    QCOMPARE(added, 1);
    QCOMPARE(removed, 0);
    // too many edits for the search are still the truth
    QString many;
    QString others;
    for (int i = 0; i < 3000; ++i) {
        many += QStringLiteral("a%1\n").arg(i);
        others += QStringLiteral("b%1\n").arg(i);
    }
    QCOMPARE(apply(many, others, 10000), std::pair(many, others));
    const auto cut =
        lineDiff(QStringLiteral("1\n2\n3\n4\n5\n6\n7\n8\n9\nx"), QStringLiteral("1\n2\n3\n4\n5\n6\n7\n8\n9\ny"), 2);
    QCOMPARE(cut.first().kind, DiffLine::Kind::LeftOut);
    QCOMPARE(cut.first().text, QStringLiteral("7 lines are the same"));
    QCOMPARE(cut.last().after, 10);
}

QTEST_MAIN(TestConfigPage)
#include "tst_config_page.moc"
