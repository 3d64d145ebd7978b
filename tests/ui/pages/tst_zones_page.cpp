// The Zones page: what needs somebody stands first, unknown is never a pass, the chosen tenant is kept over a new
// check, and an engine that does not offer the check is no error.
#include "pages/zones/zones_page.h"

#include "pages/common/facts_view.h"
#include "theme/theme_manager.h"
#include "widgets/choice_cells.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"

#include "story.h"

#include <QTest>

using namespace gateway::api;
using namespace ui::testing;
using ui::StateOverlay;
using ui::zones::ZonesPage;

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
        page = std::make_unique<ZonesPage>(*session);
        page->resize(1240, 790);
    }
    void open()
    {
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
        return transport->requests().last().query.queryItemValue(QStringLiteral("since"), QUrl::FullyDecoded);
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
        QCOMPARE(f.page->tenants()->words(0, 1), QStringLiteral("mondo-retail"));
        QCOMPARE(f.page->tenants()->words(0, 2), QStringLiteral("eu-only MSA-52"));
        QCOMPARE(f.page->tenants()->words(0, 5), QStringLiteral("3"));
        QCOMPARE(f.page->tenants()->words(2, 2), QStringLiteral("none"));
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
        QCOMPARE(f.page->tenants()->words(f.page->tenants()->currentIndex().row(), 1), QStringLiteral("nordbank"));
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
