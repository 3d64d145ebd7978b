// The scenes of Budgets, Routes and of the levers on Providers.
#include "scene.h"

#include "story.h"

#include "pages/budgets/budgets_page.h"
#include "pages/budgets/raise_panel.h"
#include "pages/common/change_form.h"
#include "pages/providers/lever_sheet.h"
#include "pages/providers/providers_page.h"
#include "pages/routes/explain_panel.h"
#include "pages/routes/matrix_panel.h"
#include "pages/routes/routes_page.h"
#include "shell/main_window.h"
#include "widgets/button.h"
#include "widgets/input_field.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QJsonArray>
#include <QPlainTextEdit>

namespace ui::testing {
namespace {

using namespace gateway::api;

void settle(FakeTransport& transport)
{
    const QDeadlineTimer deadline(3000);
    do {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    } while (transport.pending() > 0 && !deadline.hasExpired());
    QCoreApplication::processEvents();
}

template <typename PageType>
PageType* pageOf(MainWindow& window)
{
    return qobject_cast<PageType*>(window.currentPage());
}

// One budget without a course, stopped; a raise half typed.
void atTheLimit(MainWindow& window, FakeTransport& transport)
{
    auto* page = pageOf<budgets::BudgetsPage>(window);
    page->open(QStringLiteral("budget=b_nightly"));
    page->raisePanel()->amount()->setText(QStringLiteral("60"));
    page->raisePanel()->raiseButton()->click(); // no reason yet: the field says so
    settle(transport);
}

void chooseAcme(MainWindow& window, FakeTransport& transport)
{
    pageOf<budgets::BudgetsPage>(window)->open(QStringLiteral("budget=b_acme"));
    settle(transport);
}

void explain(MainWindow& window, FakeTransport& transport, const QString& zone)
{
    routes::ExplainPanel* panel = pageOf<routes::RoutesPage>(window)->explain();
    panel->request()->setPlainText(QStringLiteral("{\n  \"model\": \"fast-summariser\",\n  \"stream\": true,\n  "
                                                  "\"max_tokens\": 400,\n  \"messages\": [\n    {\"role\": \"user\", "
                                                  "\"content\": \"Summarise this.\"}\n  ]\n}"));
    panel->tenant()->setText(QStringLiteral("acme"));
    panel->zone()->setText(zone);
    panel->explainButton()->click();
    settle(transport);
}

// The matrix as callers of one dialect see it.
std::function<void(MainWindow&, FakeTransport&)> matrix(int surface)
{
    return [surface](MainWindow& window, FakeTransport& transport) {
        auto* page = pageOf<routes::RoutesPage>(window);
        page->showLower(routes::RoutesPage::MatrixPart);
        page->matrix()->chooseSurface(surface);
        settle(transport);
    };
}

void feedNoMatrix(FakeTransport& transport)
{
    Story::tell(transport);
    transport.setReply(QStringLiteral("/api/v1/capabilities"), QJsonObject{{QStringLiteral("items"), QJsonArray()}});
}

void feedBrokenMatrix(FakeTransport& transport)
{
    Story::tell(transport);
    transport.setHandler(QStringLiteral("/api/v1/capabilities"), [](const AdminRequest&) {
        return errorReply(failure(Failure::NotFound, QStringLiteral("The engine is older than this console.")));
    });
}

std::function<void(MainWindow&, FakeTransport&)> lever(LeverKind kind)
{
    return [kind](MainWindow& window, FakeTransport& transport) {
        auto* page = pageOf<providers::ProvidersPage>(window);
        page->open(QStringLiteral("provider=azure-eu"));
        page->openLever(kind);
        settle(transport);
    };
}

void drillCard(MainWindow& window, FakeTransport& transport)
{
    pageOf<providers::ProvidersPage>(window)->showDrill(QStringLiteral("lev_7"));
    settle(transport);
}

void chooseDrained(MainWindow& window, FakeTransport& transport)
{
    pageOf<providers::ProvidersPage>(window)->open(QStringLiteral("provider=groq-eu"));
    settle(transport);
}

void feedBrokenLedger(FakeTransport& transport)
{
    Story::tell(transport);
    const auto broken = [](const AdminRequest&) {
        return errorReply(
            failure(Failure::Unavailable, QStringLiteral("The ledger is being rebuilt from the record.")));
    };
    for (const char* path : {"/api/v1/budgets", "/api/v1/ledger", "/api/v1/aliases", "/api/v1/failovers",
             "/api/v1/limits", "/api/v1/incidents", "/api/v1/quotas", "/api/v1/zones/check", "/api/v1/checklist"})
        transport.setHandler(QString::fromLatin1(path), broken);
}

// A viewer may not check zones.
void feedViewer(FakeTransport& transport)
{
    Story::tell(transport);
    transport.setHandler(QStringLiteral("/api/v1/zones/check"), [](const AdminRequest&) {
        return errorReply(
            failure(Failure::NotPermitted, QStringLiteral("m.okafor has the role viewer, which does not allow this.")));
    });
}

} // namespace

QVector<Scene> controlScenes(const std::function<SessionOptions()>& production)
{
    QVector<Scene> scenes;
    const auto add = [&](const char* name, const char* page, void (*feed)(FakeTransport&),
                         std::function<void(MainWindow&, FakeTransport&)> act) {
        SessionOptions options = production();
        options.role = QStringLiteral("admin");
        scenes.append({QString::fromLatin1(name), QString::fromLatin1(page), options, feed, std::move(act), 40});
    };
    add("budgets", "budgets", &Story::tell, &chooseAcme);
    add("budgets-at-limit", "budgets", &Story::tell, &atTheLimit);
    add("budgets-empty", "budgets", &Story::tellEmpty, {});
    add("budgets-error", "budgets", &feedBrokenLedger, {});
    add("routes", "routes", &Story::tell,
        [](MainWindow& window, FakeTransport& transport) { explain(window, transport, {}); });
    add("routes-refused", "routes", &Story::tell,
        [](MainWindow& window, FakeTransport& transport) { explain(window, transport, QStringLiteral("local")); });
    add("routes-matrix", "routes", &Story::tell, matrix(0));
    add("routes-matrix-anthropic", "routes", &Story::tell, matrix(2));
    add("routes-matrix-empty", "routes", &feedNoMatrix, matrix(0));
    add("routes-matrix-error", "routes", &feedBrokenMatrix, matrix(0));
    add("routes-empty", "routes", &Story::tellEmpty, {});
    add("routes-error", "routes", &feedBrokenLedger, {});
    add("limits", "limits", &Story::tell, {});
    add("limits-empty", "limits", &Story::tellEmpty, {});
    add("limits-error", "limits", &feedBrokenLedger, {});
    add("zones", "zones", &Story::tell, {});
    add("zones-empty", "zones", &Story::tellEmpty, {});
    add("zones-error", "zones", &feedBrokenLedger, {});
    add("zones-viewer", "zones", &feedViewer, {});
    add("checklist", "checklist", &Story::tell, {});
    add("checklist-empty", "checklist", &Story::tellEmpty, {});
    add("checklist-error", "checklist", &feedBrokenLedger, {});
    add("providers-drain", "providers", &Story::tell, lever(LeverKind::Drain));
    add("providers-breaker", "providers", &Story::tell, lever(LeverKind::Breaker));
    add("providers-drill", "providers", &Story::tell, lever(LeverKind::Drill));
    add("providers-drill-card", "providers", &Story::tell, &drillCard);
    add("providers-drained", "providers", &Story::tell, &chooseDrained);
    return scenes;
}

} // namespace ui::testing
