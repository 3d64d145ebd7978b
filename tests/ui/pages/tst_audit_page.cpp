// The Audit page: a verification is never claimed that did not happen, the four verdicts look different, what was found
// stands there, the log is filtered by the engine, and who may not read it asks nothing and has no controls for it.
#include "pages/audit/audit_page.h"

#include "api/principal.h"
#include "pages/audit/audit_rows.h"
#include "pages/audit/chain_panel.h"
#include "pages/common/facts_view.h"
#include "pages/common/verdicts.h"
#include "theme/theme_manager.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"

#include "story.h"
#include "story_governance.h"

#include <QSet>
#include <QTest>

using namespace gateway::api;
using namespace ui::testing;
using ui::StateOverlay;
using ui::Status;
using Page = ui::audit::AuditPage;

namespace {

const QString kChain = QStringLiteral("/api/v1/audit/chain");
const QString kAudit = QStringLiteral("/api/v1/audit");

struct Fixture
{
    explicit Fixture(const char* role = "admin", void (*tell)(FakeTransport&) = &Story::tell)
    {
        transport = std::make_shared<FakeTransport>();
        tell(*transport);
        ui::SessionOptions options;
        options.role = QString::fromLatin1(role);
        options.now = [] { return Story::now(); };
        session = std::make_unique<ui::Session>(transport, options);
        page = std::make_unique<Page>(*session);
        page->resize(1240, 790);
    }
    void open()
    {
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        page->activated();
        QTRY_VERIFY(page->isSettled());
    }
    void chainIs(const ChainStanding& standing) { transport->setReply(kChain, toJson(standing)); }
    int asked(const QString& path) const
    {
        return int(std::count_if(transport->requests().begin(), transport->requests().end(),
            [&path](const AdminRequest& request) { return request.path == path; }));
    }
    QString factOf(const QString& label) const
    {
        for (const auto& fact : page->chain()->facts()->facts()) {
            if (fact.label == label)
                return fact.value;
        }
        return {};
    }
    QString lastAsked(const char* key) const
    {
        for (auto request = transport->requests().rbegin(); request != transport->requests().rend(); ++request) {
            if (request->path == kAudit)
                return request->query.queryItemValue(QLatin1String(key), QUrl::FullyDecoded);
        }
        return {};
    }

    std::shared_ptr<FakeTransport> transport;
    std::unique_ptr<ui::Session> session;
    std::unique_ptr<Page> page;
};

} // namespace

class TestAuditPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark); }
    void verdictsLookDifferent();
    void nobodyLookedIsNoPass();
    void aPassWithItsMoment();
    void whatWasFound();
    void verifyNow();
    void aRefusedVerificationClaimsNothing();
    void entriesInWords();
    void fieldsBeforeAndAfter();
    void theEngineFilters();
    void olderAndNewer();
    void whoMayNotRead();
    void noLogKept();
    void nothingDoneYet();
    void anErrorLaterKeepsWhatIsShown();
    void theVerdictHasItsRoom_data();
    void theVerdictHasItsRoom();
};

void TestAuditPage::verdictsLookDifferent()
{
    QSet<int> shapes;
    for (const char* verdict : {"PASS", "FAIL", "NO_DATA", "INCOMPLETE"})
        shapes.insert(int(ui::verdictStatus(QString::fromLatin1(verdict))));
    QCOMPARE(shapes.size(), 4);
    for (const char* verdict : {"FAIL", "NO_DATA", "INCOMPLETE", "SPLENDID", ""})
        QVERIFY2(ui::verdictStatus(QString::fromLatin1(verdict)) != Status::Ok, verdict);
    QCOMPARE(ui::verdictWord(QStringLiteral("SPLENDID")), QStringLiteral("SPLENDID"));
}

void TestAuditPage::nobodyLookedIsNoPass()
{
    Fixture f;
    ChainStanding standing = storyChain(false);
    standing.last.reset();
    f.chainIs(standing);
    f.open();
    QCOMPARE(f.page->chain()->verdictWords(), QStringLiteral("Not verified"));
    QVERIFY(f.factOf(QStringLiteral("Verified")).isEmpty());
    QVERIFY(f.factOf(QStringLiteral("Signed head")).contains(QStringLiteral("90,311")));
}

void TestAuditPage::aPassWithItsMoment()
{
    Fixture f;
    f.open();
    QCOMPARE(f.page->chain()->verdictWords(), QStringLiteral("Pass"));
    QVERIFY(f.factOf(QStringLiteral("Verified")).contains(QStringLiteral("12 min ago")));
    QVERIFY(f.factOf(QStringLiteral("Signed head")).contains(QStringLiteral("41 s ago")));
    QVERIFY(f.page->chain()->findings()->isHidden() || f.page->chain()->findings()->rows() == 0);
    // the key was not compared with anybody's note: that is said beside the pass
    QVERIFY(!f.factOf(QStringLiteral("Checked with")).isEmpty());
}

void TestAuditPage::whatWasFound()
{
    Fixture f;
    f.chainIs(storyBrokenChain());
    f.open();
    QCOMPARE(f.page->chain()->verdictWords(), QStringLiteral("Fail"));
    QCOMPARE(f.page->chain()->findings()->rows(), 2);
    QCOMPARE(f.page->chain()->findings()->words(0, 0), QStringLiteral("changed"));
    QVERIFY(f.page->chain()->findings()->isVisible());
    QVERIFY(f.factOf(QStringLiteral("Anchor fails")).contains(QStringLiteral("no space")));
    f.chainIs(storyChain(false)); // mended: what was found before is gone
    f.page->activated();
    QTRY_VERIFY(f.page->isSettled());
    QVERIFY(!f.page->chain()->findings()->isVisible());
}

void TestAuditPage::verifyNow()
{
    Fixture f;
    ChainStanding standing = storyChain(false);
    const ChainVerification found = *storyBrokenChain().last;
    standing.last.reset();
    f.chainIs(standing);
    f.open();
    f.transport->setHandler(QStringLiteral("POST /api/v1/audit/verify"), [&f, found](const AdminRequest& request) {
        if (!request.reason.isEmpty())
            return AdminReply{400, {}}; // it is a read
        f.chainIs(storyBrokenChain());
        return AdminReply{200, toJson(found)};
    });
    f.page->verifyButton()->click();
    QVERIFY(!f.page->verifyButton()->isEnabled());
    QCOMPARE(f.page->chain()->verdictWords(), QStringLiteral("Looking"));
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->chain()->verdictWords(), QStringLiteral("Fail"));
    QVERIFY(f.page->verifyButton()->isEnabled());
}

void TestAuditPage::aRefusedVerificationClaimsNothing()
{
    Fixture f;
    ChainStanding standing = storyChain(false);
    standing.last.reset();
    f.chainIs(standing);
    f.open();
    f.transport->setHandler(QStringLiteral("POST /api/v1/audit/verify"),
        [](const AdminRequest&) { return errorReply(failure(Failure::Unavailable, QStringLiteral("Stopping."))); });
    f.page->verify();
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->chain()->verdictWords(), QStringLiteral("Not verified"));
    QVERIFY(f.page->verifyButton()->isEnabled());
}

void TestAuditPage::entriesInWords()
{
    Fixture f;
    f.open();
    QCOMPARE(f.page->entries()->rows(), int(storyAudit().size()));
    QCOMPARE(f.page->entries()->words(0, 1), QStringLiteral("Applied"));
    QCOMPARE(f.page->entries()->words(0, 3), QStringLiteral("Drain groq-eu"));
    QCOMPARE(f.page->entries()->words(1, 1), QStringLiteral("Refused"));
    QVERIFY(f.page->entries()->words(1, 4).contains(QStringLiteral("role developer")));
    QCOMPARE(f.page->entries()->words(2, 3), QStringLiteral("Read zones/proof"));
    QCOMPARE(f.page->entries()->words(10, 1), QStringLiteral("Not known"));
    QCOMPARE(f.page->entries()->words(3, 3), QStringLiteral("Verify the log"));
    AuditEntry strange;
    strange.action = QStringLiteral("POST /api/v1/moons/{name}/full");
    strange.object = QStringLiteral("a{b}");
    QCOMPARE(ui::audit::actionWords(strange), QStringLiteral("POST /api/v1/moons/a{b}/full"));
    strange.outcome = QStringLiteral("dreamt");
    QVERIFY(ui::audit::rowOf(strange)[1].status != Status::Ok);
}

void TestAuditPage::fieldsBeforeAndAfter()
{
    const auto changes = ui::audit::changesOf(storyAudit().first());
    QStringList words;
    for (const auto& change : changes)
        words.append(change.field + u' ' + change.before + u'>' + change.after);
    // the weight stayed, so it is not there
    QCOMPARE(
        words, QStringList({QStringLiteral("state serving>drained"), QStringLiteral("until >2026-11-22T04:21:24Z")}));
    AuditEntry deep;
    deep.before = {{QStringLiteral("a"), QJsonObject{{QStringLiteral("b"), 1}, {QStringLiteral("c"), true}}}};
    deep.after = {{QStringLiteral("a"), QJsonObject{{QStringLiteral("b"), 2}, {QStringLiteral("c"), true}}}};
    QCOMPARE(ui::audit::changesOf(deep).size(), 1);
    QCOMPARE(ui::audit::changesOf(deep).first().field, QStringLiteral("a.b"));
    AuditEntry onlyAsked;
    onlyAsked.asked = {{QStringLiteral("percent"), 5}};
    QCOMPARE(ui::audit::changesOf(onlyAsked).first().after, QStringLiteral("5"));
}

void TestAuditPage::theEngineFilters()
{
    Fixture f;
    f.open();
    Q_EMIT f.page->outcome()->chosen(2);
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.lastAsked("outcome"), QStringLiteral("refused"));
    QCOMPARE(f.page->entries()->rows(), 1);
    f.page->who()->setText(QStringLiteral(" nobody "));
    Q_EMIT f.page->who()->returnPressed();
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.lastAsked("principal"), QStringLiteral("nobody"));
    QCOMPARE(int(f.page->logOverlay()->state()), int(StateOverlay::State::Zero));
    f.page->who()->clear();
    Q_EMIT f.page->outcome()->chosen(0);
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->entries()->rows(), int(storyAudit().size()));
    QCOMPARE(int(f.page->logOverlay()->state()), int(StateOverlay::State::None));
}

void TestAuditPage::olderAndNewer()
{
    Fixture f;
    f.transport->setHandler(kAudit, [](const AdminRequest& request) {
        const qint64 before = auditQueryFromQuery(request.query)->before;
        gateway::api::AuditPage page;
        page.total = 150;
        AuditEntry entry = storyAudit().first();
        entry.sequence = before ? before - 1 : 150;
        page.entries = {entry};
        page.next = before ? 0 : 51;
        return AdminReply{200, toJson(page)};
    });
    f.open();
    QVERIFY(f.page->newerButton()->isHidden());
    f.page->olderButton()->click();
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.lastAsked("before"), QStringLiteral("51"));
    QCOMPARE(f.page->entries()->words(0, 6), QStringLiteral("50"));
    QVERIFY(f.page->pageWords().contains(QStringLiteral("150 entries")));
    QVERIFY(f.page->olderButton()->isHidden());
    f.page->newerButton()->click();
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->entries()->words(0, 6), QStringLiteral("150"));
}

// A refusal would be an entry of the very log; so nothing is asked, and the page says which role may.
void TestAuditPage::whoMayNotRead()
{
    for (const char* role : {"viewer", "developer"}) {
        Fixture f(role);
        f.open();
        QCOMPARE(f.asked(kAudit), 0);
        QCOMPARE(int(f.page->logOverlay()->state()), int(StateOverlay::State::NotPermitted));
        QVERIFY(f.page->verifyButton()->isHidden());
        QVERIFY(f.page->outcome()->isHidden());
        QCOMPARE(f.page->chain()->verdictWords(), QStringLiteral("Pass")); // how it stands is for everybody
    }
    Fixture auditor("auditor");
    auditor.open();
    QVERIFY(!auditor.page->verifyButton()->isHidden());
    QCOMPARE(auditor.asked(kAudit), 1);
}

void TestAuditPage::noLogKept()
{
    Fixture f;
    f.transport->setHandler(
        kChain, [](const AdminRequest&) { return errorReply(failure(Failure::NotFound, QStringLiteral("None."))); });
    f.open();
    QCOMPARE(int(f.page->chain()->overlay()->state()), int(StateOverlay::State::NotCollected));
    QVERIFY(f.page->verifyButton()->isHidden());                   // there is nothing to verify
    QCOMPARE(f.page->entries()->rows(), int(storyAudit().size())); // the other half goes on
}

void TestAuditPage::nothingDoneYet()
{
    Fixture f("admin", &Story::tellEmpty);
    f.open();
    QCOMPARE(int(f.page->logOverlay()->state()), int(StateOverlay::State::Zero));
    QCOMPARE(f.page->chain()->verdictWords(), QStringLiteral("Not verified"));
}

void TestAuditPage::anErrorLaterKeepsWhatIsShown()
{
    Fixture f;
    f.open();
    f.transport->setHandler(
        kAudit, [](const AdminRequest&) { return errorReply(failure(Failure::Unavailable, QStringLiteral("No."))); });
    f.page->activated();
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->entries()->rows(), int(storyAudit().size()));
    QCOMPARE(int(f.page->logOverlay()->state()), int(StateOverlay::State::None));
}

// Whatever stands below, nothing of the log's standing is cut off.
void TestAuditPage::theVerdictHasItsRoom_data()
{
    QTest::addColumn<QByteArray>("role");
    QTest::addColumn<bool>("isEmpty");
    QTest::newRow("auditor") << QByteArray("auditor") << false;
    QTest::newRow("viewer") << QByteArray("viewer") << false;
    QTest::newRow("empty") << QByteArray("admin") << true;
}

void TestAuditPage::theVerdictHasItsRoom()
{
    QFETCH(QByteArray, role);
    QFETCH(bool, isEmpty);
    Fixture f(role.constData(), isEmpty ? &Story::tellEmpty : &Story::tell);
    f.open();
    ui::FactsView* facts = f.page->chain()->facts();
    QTRY_VERIFY2(facts->height() >= facts->heightForWidth(facts->width()),
        qPrintable(QStringLiteral("%1 of %2").arg(facts->height()).arg(facts->heightForWidth(facts->width()))));
}

QTEST_MAIN(TestAuditPage)
#include "tst_audit_page.moc"
