// The Zones page: what needs somebody stands first, unknown is never a pass, nor is a proof that nobody made; the path
// that leads outside is said, a quarter is signed with a reason, the chosen tenant is kept over a new check, and an
// engine that does not offer the check is no error.
#include "pages/zones/zones_page.h"

#include "pages/common/facts_view.h"
#include "pages/common/reason_sheet.h"
#include "pages/zones/zones_rows.h"
#include "theme/theme_manager.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/text_label.h"

#include "story.h"
#include "story_checks.h"
#include "story_governance.h"

#include <QTest>

using namespace gateway::api;
using namespace ui::testing;
using ui::StateOverlay;
using ui::zones::ZonesPage;

namespace {

struct Fixture
{
    explicit Fixture(void (*tell)(FakeTransport&) = &Story::tell, const char* role = "admin")
    {
        transport = std::make_shared<FakeTransport>();
        tell(*transport);
        ui::SessionOptions options;
        options.role = QString::fromLatin1(role);
        options.now = [] { return Story::now(); };
        session = std::make_unique<ui::Session>(transport, options);
        page = std::make_unique<ZonesPage>(*session);
        page->resize(1240, 790);
    }
    void open()
    {
        session->start(); // without a status no change leaves
        QTRY_VERIFY(session->status());
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        page->activated();
        QTRY_VERIFY(page->isSettled());
    }
    void answerWith(Failure kind)
    {
        transport->setHandler(QStringLiteral("/api/v1/zones/check"),
            [kind](const AdminRequest&) { return errorReply(failure(kind, QStringLiteral("No."))); });
    }
    QString sinceOfLast() const
    {
        for (auto request = transport->requests().rbegin(); request != transport->requests().rend(); ++request) {
            if (request->path == QLatin1String("/api/v1/zones/check"))
                return request->query.queryItemValue(QStringLiteral("since"), QUrl::FullyDecoded);
        }
        return {};
    }
    int rowOf(const char* tenant) const
    {
        for (int row = 0; row < page->tenants()->rows(); ++row) {
            if (page->tenants()->words(row, 2) == QLatin1String(tenant))
                return row;
        }
        return -1;
    }
    void without(const char* path)
    {
        transport->setHandler(QString::fromLatin1(path), [](const AdminRequest&) {
            return errorReply(failure(Failure::NotFound, QStringLiteral("It is not kept here.")));
        });
    }

    std::shared_ptr<FakeTransport> transport;
    std::unique_ptr<ui::Session> session;
    std::unique_ptr<ZonesPage> page;
};

} // namespace

class TestZonesPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark); }
    void whatNeedsSomebodyStandsFirst()
    {
        Fixture f;
        f.open();
        QCOMPARE(f.page->tenants()->rows(), 7);
        QStringList verdicts;
        for (int row = 0; row < 7; ++row)
            verdicts.append(f.page->tenants()->words(row, 0));
        QCOMPARE(verdicts,
            QStringList({QStringLiteral("Fail"), QStringLiteral("Fail"), QStringLiteral("Incomplete"),
                QStringLiteral("No data"), QStringLiteral("Pass"), QStringLiteral("Pass"), QStringLiteral("Pass")}));
        QCOMPARE(f.page->tenants()->words(0, 2), QStringLiteral("mondo-retail"));
        QCOMPARE(f.page->tenants()->words(0, 3), QStringLiteral("eu-only MSA-52"));
        QCOMPARE(f.page->tenants()->words(0, 6), QStringLiteral("3"));
        QCOMPARE(f.page->tenants()->words(2, 3), QStringLiteral("none"));
    }
    void proofsBesideChecks()
    {
        Fixture f;
        f.open();
        QCOMPARE(f.page->tenants()->words(f.rowOf("acme"), 1), QStringLiteral("Proved"));
        QCOMPARE(f.page->tenants()->words(f.rowOf("mondo-retail"), 1), QStringLiteral("Leads outside"));
        QCOMPARE(f.page->tenants()->words(f.rowOf("brightline"), 1), QStringLiteral("Gets no call"));
        for (const char* verdict : {"VIOLATION", "REFUSED", "UNZONED", "SPLENDID", ""})
            QVERIFY2(ui::zones::proofStatus(QString::fromLatin1(verdict)) != ui::Status::Ok, verdict);
        QVERIFY(ui::zones::proofStatus(QStringLiteral("UNZONED")) != ui::zones::proofStatus(QStringLiteral("REFUSED")));
    }
    // A call has not taken it yet: the check passes, and the tenant stands first all the same.
    void aPathOutsideComesBeforeAPass()
    {
        Fixture f;
        ZoneProof proof = storyProof(false);
        for (TenantProof& one : proof.tenants)
            one.verdict = QLatin1String(one.tenant == QLatin1String("acme") ? "VIOLATION" : "PROVED");
        f.transport->setReply(QStringLiteral("/api/v1/zones/proof"), toJson(proof));
        f.open();
        QVERIFY(f.rowOf("acme") < f.rowOf("orbital-labs"));
        QCOMPARE(f.page->tenants()->words(f.rowOf("acme"), 0), QStringLiteral("Pass"));
    }
    void thePathIsSaid()
    {
        Fixture f;
        f.open();
        f.page->open(QStringLiteral("tenant=mondo-retail"));
        QVERIFY(f.page->counterexample()->isVisible());
        QVERIFY(f.page->counterexample()->text().contains(QStringLiteral("fallback other-region")));
        QVERIFY(f.page->counterexample()->text().contains(QStringLiteral("1 other path leads outside")));
        f.page->open(QStringLiteral("tenant=acme"));
        QVERIFY(!f.page->counterexample()->isVisible());
    }
    void auditsPerTenant()
    {
        Fixture f;
        f.open();
        QVERIFY(f.page->tenants()->words(f.rowOf("acme"), 8).contains(QStringLiteral("Q2 2026")));
        QVERIFY(f.page->tenants()->words(f.rowOf("kestrel"), 8).contains(QStringLiteral("deviates")));
        QCOMPARE(f.page->tenants()->words(f.rowOf("orbital-labs"), 8), QStringLiteral("never"));
        // the oldest that waits, not the quarter that runs
        QVERIFY(f.page->tenants()->words(f.rowOf("acme"), 9).contains(QStringLiteral("30 Sep 2026")));
        QVERIFY(f.page->tenants()->words(f.rowOf("acme"), 9).contains(QStringLiteral("overdue")));
    }
    void anEngineWithoutProofsAndAudits()
    {
        Fixture f;
        f.without("/api/v1/zones/proof");
        f.without("/api/v1/zones/audits");
        f.open();
        QCOMPARE(f.page->tenants()->rows(), 7);
        QCOMPARE(f.page->tenants()->words(f.rowOf("acme"), 1), QStringLiteral("Not known"));
        QVERIFY(!f.page->tenants()->words(f.rowOf("acme"), 8).contains(QStringLiteral("never")));
        QVERIFY(!f.page->counterexample()->isVisible());
        QVERIFY(f.page->signButton()->isHidden());
    }
    void signingAQuarter()
    {
        Fixture f;
        f.open();
        QVERIFY(!f.page->signButton()->isHidden());
        f.page->sign();
        QVERIFY(f.page->sheet());
        f.page->sheet()->setReason(QStringLiteral("quarterly audit"));
        f.page->sheet()->apply(); // without a comment: nothing leaves
        const auto signatures = [&f] {
            QVector<AdminRequest> found;
            for (const AdminRequest& request : f.transport->requests()) {
                if (request.method == QLatin1String("POST"))
                    found.append(request);
            }
            return found;
        };
        QVERIFY(signatures().isEmpty());
        for (auto* field : f.page->sheet()->findChildren<ui::InputField*>()) {
            if (field != f.page->sheet()->reasonField())
                field->setText(QStringLiteral("all contracts read"));
        }
        f.page->sheet()->apply();
        QTRY_VERIFY(!signatures().isEmpty() && f.page->isSettled());
        QCOMPARE(signatures().size(), 1);
        QCOMPARE(signatures().first().reason, QStringLiteral("quarterly audit"));
        QCOMPARE(signatures().first().body.value(QLatin1String("quarter")).toString(), QStringLiteral("2026-Q3"));
        QTRY_VERIFY(f.page->isSettled());
        QTRY_VERIFY(f.page->tenants()->words(f.rowOf("acme"), 8).contains(QStringLiteral("Q3 2026")));
        QVERIFY(f.page->signButton()->isHidden()); // the quarter that runs is not near its end
    }
    void whoMayNotSign()
    {
        Fixture developer(&Story::tell, "developer");
        developer.open();
        QVERIFY(developer.page->signButton()->isHidden());
        Fixture auditor(&Story::tell, "auditor");
        auditor.open();
        QVERIFY(!auditor.page->signButton()->isHidden());
    }
    void gapsAreListed()
    {
        Fixture f;
        StandingCheck standing;
        standing.check = storyZones(false);
        standing.scanned = 100;
        standing.coveragePercent = 97;
        standing.gaps = {{QStringLiteral("calls_missing"), 3, QStringLiteral("3 calls are missing.")}};
        f.transport->setReply(QStringLiteral("/api/v1/zones/check"), toJson(standing));
        f.open();
        QString words;
        for (const auto& fact : f.page->facts()->facts())
            words += fact.label + QLatin1Char('=') + fact.value + QLatin1Char('\n');
        QVERIFY(words.contains(QStringLiteral("Gap=3 calls are missing.")));
        QVERIFY(words.contains(QStringLiteral("97 %")));
    }
    void endpointsOfTheChosen()
    {
        Fixture f;
        f.open();
        QCOMPARE(f.page->endpoints()->rows(), 6);
        QCOMPARE(f.page->endpoints()->words(0, 0), QStringLiteral("Inside"));
        QCOMPARE(f.page->endpoints()->words(3, 0), QStringLiteral("Kept out"));
        QCOMPARE(f.page->endpoints()->words(3, 4), QStringLiteral("region us-east-1 lies outside zone eu-only"));
        QString words;
        for (const auto& fact : f.page->facts()->facts())
            words += fact.label + QLatin1Char('=') + fact.value + QLatin1Char('\n');
        QVERIFY(words.contains(QStringLiteral("3 of 4207")));
        QVERIFY(words.contains(QStringLiteral("req_01kd4qv3m8w2x5y7z9abcdefgh")));
        f.page->open(QStringLiteral("tenant=acme"));
        QVERIFY(f.page->facts()->facts().first().value.contains(QStringLiteral("Pass")));
    }
    void theChosenOneIsKept()
    {
        Fixture f;
        f.open();
        f.page->open(QStringLiteral("tenant=nordbank"));
        f.page->ask();
        QTRY_VERIFY(f.page->isSettled());
        QCOMPARE(f.page->tenants()->words(f.page->tenants()->currentIndex().row(), 2), QStringLiteral("nordbank"));
    }
    void anotherTimeIsAskedFor()
    {
        Fixture f;
        f.open();
        QCOMPARE(f.sinceOfLast(), Story::now().addDays(-1).toString(Qt::ISODateWithMs));
        Q_EMIT f.page->period()->chosen(3);
        QTRY_VERIFY(f.page->isSettled());
        QCOMPARE(f.sinceOfLast(), Story::now().addDays(-90).toString(Qt::ISODateWithMs));
    }
    void nobodyToCheck()
    {
        Fixture f(&Story::tellEmpty);
        f.open();
        QCOMPARE(int(f.page->overlay()->state()), int(StateOverlay::State::Zero));
    }
    void refusalsInWords()
    {
        const std::pair<Failure, StateOverlay::State> cases[]{
            {Failure::NotPermitted, StateOverlay::State::NotPermitted},
            {Failure::NotFound, StateOverlay::State::NotCollected}, {Failure::Unavailable, StateOverlay::State::Error}};
        for (const auto& [kind, state] : cases) {
            Fixture f;
            f.answerWith(kind);
            f.open();
            QCOMPARE(int(f.page->overlay()->state()), int(state));
        }
    }
    void anErrorLaterKeepsWhatIsShown()
    {
        Fixture f;
        f.open();
        f.answerWith(Failure::Unavailable);
        f.page->ask();
        QTRY_VERIFY(f.page->isSettled());
        QCOMPARE(f.page->tenants()->rows(), 7);
    }
    void aVerdictNobodyKnowsIsNoPass()
    {
        Fixture f;
        ZoneCheck check;
        check.asOf = Story::now();
        TenantZoneCheck one;
        one.tenant = QStringLiteral("acme");
        one.verdict = QStringLiteral("SPLENDID");
        check.tenants = {one};
        f.transport->setReply(QStringLiteral("/api/v1/zones/check"), toJson(check));
        f.open();
        QCOMPARE(f.page->tenants()->words(0, 0), QStringLiteral("SPLENDID"));
    }
};

QTEST_MAIN(TestZonesPage)
#include "tst_zones_page.moc"
