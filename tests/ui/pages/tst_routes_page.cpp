// The Routes page in front of the story: aliases, candidates with configured and actual share, the chain, and a request
// explained: served, refused, not JSON, not answered.
#include "models/capability_table_model.h"
#include "pages/routes/alias_detail.h"
#include "pages/routes/explain_panel.h"
#include "pages/routes/matrix_panel.h"
#include "pages/routes/routes_page.h"
#include "theme/theme_manager.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"

#include "story.h"
#include "story_capabilities.h"
#include "story_control.h"

#include <QAccessible>
#include <QApplication>
#include <QJsonArray>
#include <QPlainTextEdit>
#include <QTest>

using namespace gateway::api;
using namespace ui::testing;
using ui::routes::RoutesPage;

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
        page = std::make_unique<RoutesPage>(*session);
        page->resize(1240, 790);
    }
    void open()
    {
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        page->activated();
        QTRY_VERIFY(page->isSettled());
    }
    QJsonObject asked() const
    {
        QJsonObject body;
        for (const AdminRequest& request : transport->requests()) {
            if (request.path == QLatin1String("/api/v1/routes/explain"))
                body = request.body;
        }
        return body;
    }

    std::shared_ptr<FakeTransport> transport;
    std::unique_ptr<ui::Session> session;
    std::unique_ptr<RoutesPage> page;
};

} // namespace

class TestRoutesPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::ThemeManager::install(*qApp, ui::ThemeChoice::Dark); }
    void aliasesAndTheirChain();
    void aLeversWeightIsShown();
    void aPastedRequestIsExplained();
    void aRefusalIsExplained();
    void whatIsNoJsonIsNotSent();
    void theEnginesErrorIsShown();
    void keepsTheChoiceOverARefresh();
    void theMatrixOfAnAlias();
    void theMatrixIsEmptyOrFails();
    void emptyAndError();
    void everyFocusableWidgetHasAName();
};

void TestRoutesPage::aliasesAndTheirChain()
{
    Fixture f;
    f.open();
    QCOMPARE(f.page->table()->rows(), 4);
    ui::routes::AliasDetail* detail = f.page->detail();
    QCOMPARE(detail->candidates()->rows(), 2);
    QCOMPARE(detail->candidates()->words(0, 2), QStringLiteral("60 %"));
    QCOMPARE(detail->candidates()->words(0, 3), QStringLiteral("12 %"));
    QCOMPARE(detail->chain()->rows(), 4);
    QCOMPARE(detail->chain()->words(1, 1), QStringLiteral("smaller-model"));
    f.page->open(QStringLiteral("alias=embed-docs"));
    QCOMPARE(detail->chain()->words(0, 2), QStringLiteral("the other candidates, then the call fails"));
}

void TestRoutesPage::aLeversWeightIsShown()
{
    Fixture f;
    f.open();
    f.page->open(QStringLiteral("alias=support-chat"));
    QCOMPARE(f.page->detail()->candidates()->words(0, 1), QStringLiteral("10, was 60"));
    QCOMPARE(f.page->detail()->candidates()->words(0, 2), QStringLiteral("20 %"));
    QCOMPARE(f.page->detail()->candidates()->words(0, 3), QStringLiteral("no calls")); // unknown is not 0 %
}

void TestRoutesPage::aPastedRequestIsExplained()
{
    Fixture f;
    f.open();
    ui::routes::ExplainPanel* panel = f.page->explain();
    panel->request()->setPlainText(QStringLiteral("{\"model\":\"contract-qa\",\"messages\":[]}"));
    panel->tenant()->setText(QStringLiteral(" acme "));
    QTest::mouseClick(panel->explainButton(), Qt::LeftButton);
    QTRY_COMPARE(panel->verdict(), QStringLiteral("Served"));
    QCOMPARE(f.asked().value(QStringLiteral("alias")).toString(), QStringLiteral("contract-qa"));
    QCOMPARE(f.asked().value(QStringLiteral("tenant")).toString(), QStringLiteral("acme"));
    QVERIFY(f.asked().value(QStringLiteral("body")).toString().contains(QStringLiteral("messages")));
    QVERIFY(!f.asked().contains(QStringLiteral("zone")));
    QCOMPARE(panel->candidates()->rows(), 4);
    QCOMPARE(panel->candidates()->words(2, 1), QStringLiteral("rejected"));
    QCOMPARE(panel->chain()->words(2, 3), QStringLiteral("no, no time is left after the second step"));
    QCOMPARE(panel->counterfactuals()->words(0, 0), QStringLiteral("breaker"));
}

void TestRoutesPage::aRefusalIsExplained()
{
    Fixture f;
    f.open();
    ui::routes::ExplainPanel* panel = f.page->explain();
    panel->zone()->setText(QStringLiteral("local"));
    QTest::mouseClick(panel->explainButton(), Qt::LeftButton);
    QTRY_COMPARE(panel->verdict(), QStringLiteral("Refused, no_route_in_zone"));
    QCOMPARE(f.asked().value(QStringLiteral("alias")).toString(), QStringLiteral("fast-summariser")); // the chosen one
    QVERIFY(!f.asked().contains(QStringLiteral("body")));
    QCOMPARE(panel->chain()->rows(), 0);
    QCOMPARE(panel->counterfactuals()->rows(), 1);
}

void TestRoutesPage::whatIsNoJsonIsNotSent()
{
    Fixture f;
    f.open();
    f.page->explain()->request()->setPlainText(QStringLiteral("{\"model\":"));
    QTest::mouseClick(f.page->explain()->explainButton(), Qt::LeftButton);
    QCOMPARE(f.page->explain()->verdict(), QStringLiteral("No answer"));
    QVERIFY(f.asked().isEmpty());
}

void TestRoutesPage::theEnginesErrorIsShown()
{
    Fixture f;
    f.open();
    f.transport->setHandler(QStringLiteral("POST /api/v1/routes/explain"), [](const AdminRequest&) {
        return errorReply(failure(Failure::NotFound, QStringLiteral("No alias named x is configured.")));
    });
    QTest::mouseClick(f.page->explain()->explainButton(), Qt::LeftButton);
    QTRY_COMPARE(f.page->explain()->verdict(), QStringLiteral("No answer"));
    QCOMPARE(f.page->explain()->candidates()->rows(), 0);
}

void TestRoutesPage::keepsTheChoiceOverARefresh()
{
    Fixture f;
    f.open();
    f.page->open(QStringLiteral("alias=contract-qa"));
    f.page->setPaused(false); // asks at once
    QTRY_VERIFY(f.page->isSettled());
    QCOMPARE(f.page->detail()->accessibleName(), QStringLiteral("contract-qa"));
}

void TestRoutesPage::theMatrixOfAnAlias()
{
    Fixture f;
    f.open();
    ui::routes::MatrixPanel* panel = f.page->matrix();
    QVERIFY(!panel->isVisible());
    f.page->showLower(RoutesPage::MatrixPart);
    QVERIFY(panel->isVisible());
    const ui::models::CapabilityTableModel& model = *panel->model();
    const auto words = [&model](int row, int column) { return model.index(row, column).data().toString(); };
    QCOMPARE(model.columnCount(), 5); // two candidates and two of the chain, and the names
    QCOMPARE(model.rowCount(), 17);
    QCOMPARE(words(1, 0), QStringLiteral("tools"));
    QCOMPARE(words(0, 3), QStringLiteral("anthropic"));
    QCOMPARE(words(1, 1), QStringLiteral("same"));
    QCOMPARE(words(1, 3), QStringLiteral("carried"));
    panel->chooseSurface(2);
    QCOMPARE(words(0, 1), QStringLiteral("openai.chat"));
    QCOMPARE(words(1, 3), QStringLiteral("same"));
    QCOMPARE(words(6, 1), QStringLiteral("lossy")); // images by address
    f.page->open(QStringLiteral("alias=contract-qa"));
    QCOMPARE(model.columnCount(), 3);
    QCOMPARE(panel->surface()->current(), 2); // the choice stays
}

void TestRoutesPage::theMatrixIsEmptyOrFails()
{
    Fixture empty;
    empty.transport->setReply(
        QStringLiteral("/api/v1/capabilities"), QJsonObject{{QStringLiteral("items"), QJsonArray()}});
    empty.open();
    QCOMPARE(empty.page->matrix()->overlay()->state(), ui::StateOverlay::State::Zero);
    Fixture broken;
    broken.transport->setHandler(QStringLiteral("/api/v1/capabilities"), [](const AdminRequest&) {
        return errorReply(failure(Failure::Unavailable, QStringLiteral("The engine is starting.")));
    });
    broken.open();
    QCOMPARE(broken.page->matrix()->overlay()->state(), ui::StateOverlay::State::Error);
    QCOMPARE(broken.page->detail()->candidates()->rows(), 2); // the other parts go on
    broken.transport->setHandler(QStringLiteral("/api/v1/capabilities"), [](const AdminRequest&) {
        QJsonArray items;
        for (const CandidateCapabilities& one : storyCapabilities(false))
            items.append(toJson(one));
        return AdminReply{200, QJsonObject{{QStringLiteral("items"), items}}};
    });
    broken.page->setPaused(false); // asks at once
    QTRY_VERIFY(broken.page->isSettled());
    QCOMPARE(broken.page->matrix()->overlay()->state(), ui::StateOverlay::State::None);
    broken.transport->setHandler(QStringLiteral("/api/v1/capabilities"), [](const AdminRequest&) {
        return errorReply(failure(Failure::Unavailable, QStringLiteral("The engine is starting.")));
    });
    broken.page->setPaused(false);
    QTRY_VERIFY(broken.page->isSettled());
    QCOMPARE(broken.page->matrix()->overlay()->state(), ui::StateOverlay::State::None); // what was read stays
    QVERIFY(broken.page->matrix()->model()->rowCount() > 0);
}

void TestRoutesPage::emptyAndError()
{
    const auto stateOf = [](RoutesPage& page) { return page.overlay()->state(); };
    Fixture empty(&Story::tellEmpty);
    empty.open();
    QCOMPARE(stateOf(*empty.page), ui::StateOverlay::State::Zero);
    Fixture broken;
    broken.transport->setHandler(QStringLiteral("/api/v1/aliases"), [](const AdminRequest&) {
        return errorReply(failure(Failure::Unavailable, QStringLiteral("The engine is starting.")));
    });
    broken.open();
    QCOMPARE(stateOf(*broken.page), ui::StateOverlay::State::Error);
}

void TestRoutesPage::everyFocusableWidgetHasAName()
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

QTEST_MAIN(TestRoutesPage)
#include "tst_routes_page.moc"
