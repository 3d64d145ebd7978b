// The Limits page: what must hold and whether it does, incidents, who has how much left; unknown is never zero.
#include "pages/limits/limits_page.h"
#include "theme/theme_manager.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"

#include "story.h"

#include <QTest>

using namespace gateway::api;
using namespace ui::testing;
using ui::limits::LimitsPage;

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
        page = std::make_unique<LimitsPage>(*session);
        page->resize(1240, 790);
    }
    void open()
    {
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        page->activated();
        QTRY_VERIFY(page->isSettled());
    }

    std::shared_ptr<FakeTransport> transport;
    std::unique_ptr<ui::Session> session;
    std::unique_ptr<LimitsPage> page;
};

} // namespace

class TestLimitsPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark); }
    void checksInWords()
    {
        Fixture f;
        f.open();
        QCOMPARE(f.page->checks()->rows(), 3);
        QCOMPARE(f.page->checks()->words(0, 0), QStringLiteral("Holds"));
        QCOMPARE(f.page->checks()->words(1, 0), QStringLiteral("Broken"));
        QCOMPARE(f.page->checks()->words(1, 3), QStringLiteral("12"));
        QCOMPARE(f.page->checks()->words(0, 1), QStringLiteral("No call is refused that fits its limit"));
    }
    void incidentsNewestFirst()
    {
        Fixture f;
        f.open();
        QCOMPARE(f.page->incidents()->rows(), 2);
        QCOMPARE(f.page->incidents()->words(0, 0), QStringLiteral("Open"));
        QCOMPARE(f.page->incidents()->words(1, 0), QStringLiteral("Closed"));
        QCOMPARE(f.page->incidents()->words(0, 2), QStringLiteral("nobody yet"));
        QCOMPARE(f.page->incidents()->words(1, 2), QStringLiteral("anna"));
    }
    void whatIsLeft()
    {
        Fixture f;
        f.open();
        QCOMPARE(f.page->quotas()->words(0, 0), QStringLiteral("tenant acme"));
        QCOMPARE(f.page->quotas()->words(0, 1), QStringLiteral("412 of 600"));
        QCOMPARE(f.page->quotas()->words(0, 4), QStringLiteral("12 of 50"));
        QVERIFY(!f.page->quotas()->words(1, 2).contains(QLatin1Char('0'))); // not limited is no number
        QCOMPARE(f.page->providers()->words(0, 1), QStringLiteral("18 of 450"));
        QVERIFY(!f.page->providers()->words(1, 1).contains(QLatin1Char('0')));
    }
    void nothingChecked()
    {
        Fixture f(&Story::tellEmpty);
        f.open();
        QCOMPARE(f.page->checks()->words(0, 0), QStringLiteral("Unknown"));
        QCOMPARE(f.page->incidents()->rows(), 0);
    }
    void errorIsShown()
    {
        Fixture f;
        const auto broken = [](const AdminRequest&) {
            return errorReply(gateway::api::failure(Failure::Unavailable, QStringLiteral("The engine is busy.")));
        };
        for (const char* path : {"/api/v1/limits", "/api/v1/incidents", "/api/v1/quotas"})
            f.transport->setHandler(QString::fromLatin1(path), broken);
        f.open();
        QVERIFY(f.page->overlay()->isVisibleTo(f.page.get()));
        QCOMPARE(f.page->checks()->rows(), 0);
    }
};

QTEST_MAIN(TestLimitsPage)
#include "tst_limits_page.moc"
