// What the scripted person changes: levers, a budget, credentials. Each change is made with the buttons of the page, is
// waited for, looked at, and taken back.
#include "console_script.h"

#include "models/budget_table_model.h"
#include "pages/budgets/budgets_page.h"
#include "pages/budgets/raise_panel.h"
#include "pages/common/change_form.h"
#include "pages/providers/lever_list.h"
#include "pages/providers/lever_sheet.h"
#include "pages/providers/provider_actions.h"
#include "pages/providers/provider_detail.h"
#include "pages/providers/providers_page.h"
#include "shell/page.h"
#include "widgets/button.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"

#include <QPointer>
#include <QTest>

#include <algorithm>

namespace ui::testing {

using namespace gateway::api;
using ui::budgets::BudgetsPage;
using ui::providers::LeverSheet;
using ui::providers::ProvidersPage;

namespace {

const QString kProvider = QStringLiteral("simulator");

bool isInForce(const ProvidersPage* page, LeverKind kind)
{
    const auto& levers = page->levers()->shown();
    return std::any_of(levers.begin(), levers.end(),
        [kind](const LeverStatus& lever) { return lever.kind == kind && lever.isInForce(); });
}

QJsonObject leverFacts(const ProvidersPage* page)
{
    QStringList all;
    for (const LeverStatus& lever : page->levers()->shown())
        all.append(nameOf(lever.kind) + u' ' + lever.provider + u' ' + lever.candidate + u' ' + lever.reason +
                   (lever.isInForce() ? QStringLiteral(" in force") : QStringLiteral(" ended")));
    return {{QStringLiteral("levers"), all.join(QStringLiteral("; "))}};
}

ProvidersPage* choose(ui::Page* page)
{
    auto* providers = qobject_cast<ProvidersPage*>(page);
    if (providers)
        providers->open(QStringLiteral("provider=") + kProvider);
    return providers;
}

template <typename T>
Result<T> await(QFuture<Result<T>> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 20'000))
        return failure(Failure::Internal, QStringLiteral("the future did not finish"));
    return future.result();
}

} // namespace

void ConsoleScript::probe()
{
    ProvidersPage* page = choose(openPage(QStringLiteral("providers")));
    if (!page)
        return;
    look(QStringLiteral("provider chosen"));
    click(page->detail()->actions()->probeButton(), QStringLiteral("Probe"));
    const bool said =
        until(QStringLiteral("the probe's answer"), [this] { return isRead(QStringLiteral("Probe at")); });
    look(QStringLiteral("provider probed"), {{QStringLiteral("answered"), said}});
}

void ConsoleScript::drainAndResume()
{
    ProvidersPage* page = choose(openPage(QStringLiteral("providers")));
    if (!page)
        return;
    click(page->detail()->actions()->drainButton(), QStringLiteral("Drain..."));
    QPointer<LeverSheet> sheet = m_window.findChild<LeverSheet*>();
    if (!until(QStringLiteral("what the drain would move"), [&] { return sheet && sheet->isSettled(); }))
        return;
    look(QStringLiteral("drain planned"),
        {{QStringLiteral("targets"), sheet->targets()->rows()}, {QStringLiteral("stranded"), sheet->strandedWords()},
            {QStringLiteral("command"), sheet->command()}});
    sheet->form()->setReason({});
    click(sheet->applyButton(), QStringLiteral("Apply, without a reason"));
    look(QStringLiteral("drain needs a reason"),
        {{QStringLiteral("still_open"), bool(sheet)},
            {QStringLiteral("error"), sheet ? sheet->form()->reasonField()->error() : QString()}});
    if (!sheet)
        return;
    QTest::keyClicks(sheet->form()->reasonField(), QStringLiteral("the provider's notice of maintenance"));
    until(QStringLiteral("the console lets changes out"), [this] { return m_session.blocked().isEmpty(); });
    QTest::keyClick(sheet->form()->reasonField(), Qt::Key_Return, Qt::ControlModifier);
    until(QStringLiteral("the drain is in force"), [&] { return !sheet && isInForce(page, LeverKind::Drain); });
    until(QStringLiteral("the button says Resume"),
        [&] { return page->detail()->actions()->drainButton()->text() == QStringLiteral("Resume"); });
    look(QStringLiteral("drained"), leverFacts(page));
    click(page->detail()->actions()->drainButton(), QStringLiteral("Resume"));
    until(QStringLiteral("the drain has ended"), [&] { return !isInForce(page, LeverKind::Drain); });
    look(QStringLiteral("resumed"), leverFacts(page));
}

void ConsoleScript::failoverAndUndo()
{
    ProvidersPage* page = choose(openPage(QStringLiteral("providers")));
    if (!page)
        return;
    click(page->detail()->actions()->breakerButton(), QStringLiteral("Breaker..."));
    QPointer<LeverSheet> sheet = m_window.findChild<LeverSheet*>();
    if (!until(QStringLiteral("what the forced breaker would move"), [&] { return sheet && sheet->isSettled(); }))
        return;
    QTest::keyClicks(sheet->form()->reasonField(), QStringLiteral("hold it open while we look"));
    look(QStringLiteral("failover planned"),
        {{QStringLiteral("targets"), sheet->targets()->rows()}, {QStringLiteral("command"), sheet->command()}});
    click(sheet->applyButton(), QStringLiteral("Apply"));
    until(QStringLiteral("the failover is in force"), [&] { return !sheet && isInForce(page, LeverKind::Breaker); });
    look(QStringLiteral("failover applied"), leverFacts(page));
    int row = -1;
    for (int i = 0; i < page->levers()->shown().size(); ++i) {
        if (page->levers()->shown()[i].kind == LeverKind::Breaker && page->levers()->shown()[i].isInForce())
            row = i;
    }
    if (row >= 0)
        click(page->levers()->undoButton(row), QStringLiteral("Undo of the failover"));
    until(QStringLiteral("the failover is reverted"), [&] { return !isInForce(page, LeverKind::Breaker); });
    look(QStringLiteral("failover reverted"), leverFacts(page));
}

void ConsoleScript::drill()
{
    ProvidersPage* page = choose(openPage(QStringLiteral("providers")));
    if (!page)
        return;
    click(page->detail()->actions()->drillButton(), QStringLiteral("Drill..."));
    QPointer<LeverSheet> sheet = m_window.findChild<LeverSheet*>();
    if (!until(QStringLiteral("the drill's preview"), [&] { return sheet && sheet->isSettled(); }))
        return;
    QTest::keyClicks(sheet->form()->reasonField(), QStringLiteral("the weekly drill"));
    click(sheet->applyButton(), QStringLiteral("Start the drill"));
    until(QStringLiteral("the drill runs"), [&] { return !sheet && isInForce(page, LeverKind::Drill); });
    look(QStringLiteral("drill runs"), leverFacts(page));
    for (int i = 0; i < page->levers()->shown().size(); ++i) {
        if (page->levers()->shown()[i].kind == LeverKind::Drill && page->levers()->shown()[i].isInForce()) {
            click(page->levers()->undoButton(i), QStringLiteral("end the drill"));
            break;
        }
    }
    until(QStringLiteral("the drill has ended"), [&] { return !isInForce(page, LeverKind::Drill); });
    look(QStringLiteral("drill ended"), leverFacts(page));
}

void ConsoleScript::budget()
{
    auto* page = qobject_cast<BudgetsPage*>(openPage(QStringLiteral("budgets")));
    if (!page)
        return;
    QString id;
    for (const BudgetStatus& budget : page->model()->rows()) {
        if (describe(budget.scope).contains(QStringLiteral("acme")))
            id = budget.id;
    }
    const auto now = [&]() -> std::optional<BudgetStatus> {
        const int row = page->model()->rowOf(id);
        return row < 0 ? std::nullopt : std::optional(page->model()->rows()[row]);
    };
    const auto facts = [&] {
        const auto budget = now();
        return QJsonObject{{QStringLiteral("limit"), budget ? budget->limit.toDecimal() : QString()},
            {QStringLiteral("raised"), budget && budget->raisedTo.has_value()}};
    };
    page->open(QStringLiteral("budget=") + id);
    look(QStringLiteral("budget chosen"), facts());
    ui::budgets::RaisePanel* panel = page->raisePanel();
    panel->amount()->clear();
    QTest::keyClicks(panel->amount(), QStringLiteral("750"));
    QTest::keyClicks(panel->form()->reasonField(), QStringLiteral("the launch of this week"));
    panel->form()->setSpan(2);
    click(panel->raiseButton(), QStringLiteral("Raise"));
    until(QStringLiteral("the budget is raised"), [&] { return now() && now()->raisedTo; });
    look(QStringLiteral("budget raised"), facts());
    QTest::keyClicks(panel->form()->reasonField(), QStringLiteral("the launch is over"));
    click(panel->endButton(), QStringLiteral("End the raise"));
    until(QStringLiteral("the raise has ended"), [&] { return now() && !now()->raisedTo; });
    look(QStringLiteral("raise ended"), facts());
}

// No page gives a person a credential of somebody else today, so this goes the way the pages go: the session's client.
void ConsoleScript::credentials()
{
    until(QStringLiteral("the console lets changes out"), [this] { return m_session.blocked().isEmpty(); });
    const auto& client = m_session.client();
    CredentialRequest request;
    request.tenant = QStringLiteral("acme");
    request.aliases = {QStringLiteral("support-chat")};
    request.note = QStringLiteral("of the script");
    const auto issued = await(client.issueCredential(request, QStringLiteral("a new service")));
    QJsonObject facts{{QStringLiteral("issued"), bool(issued)},
        {QStringLiteral("has_key"), issued && issued->key.startsWith(QStringLiteral("sbx_"))}};
    if (issued) {
        const auto rotated = await(client.rotateCredential(issued->id, 0, QStringLiteral("the yearly change")));
        facts.insert(QStringLiteral("rotated"), rotated && rotated->key != issued->key);
        const auto revoked = await(client.revokeCredential(issued->id, QStringLiteral("it has leaked")));
        facts.insert(QStringLiteral("revoked"), revoked && revoked->revokedAt.has_value());
    }
    const auto all = await(client.credentials());
    int ofTheScript = 0;
    if (all) {
        for (const CredentialInfo& credential : *all)
            ofTheScript += credential.note == request.note && credential.revokedAt;
    }
    facts.insert(QStringLiteral("listed_as_revoked"), ofTheScript);
    request.tenant = QStringLiteral("nobody");
    const auto refused = await(client.issueCredential(request, QStringLiteral("for nobody")));
    facts.insert(QStringLiteral("for_nobody"), refused ? QString() : nameOf(refused.error().failure));
    look(QStringLiteral("credentials"), facts);
}

} // namespace ui::testing
