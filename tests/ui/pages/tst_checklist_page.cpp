// The Checklist page: twenty items in words, what is not measured never reads as met, the chosen one in full, and a way
// to the page that shows it.
#include "pages/checklist/checklist_page.h"

#include "theme/theme_manager.h"
#include "widgets/button.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/text_label.h"

#include "story.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace gateway::api;
using namespace ui::testing;
using ui::StateOverlay;
using ui::checklist::ChecklistPage;

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
        page = std::make_unique<ChecklistPage>(*session);
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
    std::unique_ptr<ChecklistPage> page;
};

} // namespace

class TestChecklistPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark); }
    void twentyItemsInWords()
    {
        Fixture f;
        f.open();
        QCOMPARE(f.page->table()->rows(), 20);
        QCOMPARE(f.page->table()->words(2, 1), QStringLiteral("Met"));
        QCOMPARE(f.page->table()->words(1, 1), QStringLiteral("Partly"));
        QCOMPARE(f.page->table()->words(10, 1), QStringLiteral("Not met"));
        QCOMPARE(f.page->table()->words(17, 1), QStringLiteral("Not measured"));
        QCOMPARE(f.page->table()->words(4, 4), QStringLiteral("Zones"));
    }
    void nothingIsMetBeforeItIsMeasured()
    {
        Fixture f(&Story::tellEmpty);
        f.open();
        for (int row = 0; row < f.page->table()->rows(); ++row)
            QCOMPARE(f.page->table()->words(row, 1), QStringLiteral("Not measured"));
    }
    void theChosenOneInFull()
    {
        Fixture f;
        f.open();
        f.page->open(QStringLiteral("item=zones"));
        QCOMPARE(f.page->evidence()->text(),
            QStringLiteral("7 of 7 tenants have a zone, and for 5 it is the zone of their contract."));
        QSignalSpy opened(f.page.get(), &ui::Page::openRequested);
        QVERIFY(f.page->link()->isVisibleTo(f.page.get()));
        f.page->link()->click();
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].toString(), QStringLiteral("zones"));
        f.page->open(QStringLiteral("item=drift-review")); // no page shows it
        QVERIFY(!f.page->link()->isVisibleTo(f.page.get()));
        f.page->open(QStringLiteral("item=postmortems")); // one that this console does not have
        QVERIFY(!f.page->link()->isVisibleTo(f.page.get()));
    }
    void aStateNobodyKnowsIsNotMet()
    {
        Fixture f;
        const ChecklistItem item{QStringLiteral("x"), 1, QStringLiteral("X"), QStringLiteral("splendid"),
            QStringLiteral("Y."), {}, Story::now()};
        f.transport->setReply(
            QStringLiteral("/api/v1/checklist"), QJsonObject{{QStringLiteral("items"), QJsonArray{toJson(item)}}});
        f.open();
        QCOMPARE(f.page->table()->words(0, 1), QStringLiteral("Not measured"));
    }
    void refusalsInWords()
    {
        const std::pair<Failure, StateOverlay::State> cases[]{
            {Failure::NotPermitted, StateOverlay::State::NotPermitted},
            {Failure::NotFound, StateOverlay::State::NotCollected}, {Failure::Unavailable, StateOverlay::State::Error}};
        for (const auto& [kind, state] : cases) {
            Fixture f;
            f.transport->setHandler(QStringLiteral("/api/v1/checklist"),
                [kind](const AdminRequest&) { return errorReply(failure(kind, QStringLiteral("No."))); });
            f.open();
            QCOMPARE(int(f.page->overlay()->state()), int(state));
            QCOMPARE(f.page->table()->rows(), 0);
        }
    }
};

QTEST_MAIN(TestChecklistPage)
#include "tst_checklist_page.moc"
