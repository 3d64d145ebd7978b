// The story's budgets, routes, levers and drills: acme is heading over its month, an agent has stopped, azure-eu's
// breaker is open, groq-eu is drained and a drill of mistral has just ended. Values, and a FakeTransport that keeps the
// levers and limits it is asked to change. Thread: UI.
#pragma once

#include "fake_transport.h"

#include "api/budget_status.h"
#include "api/engine_status.h"
#include "api/ledger_report.h"
#include "api/lever.h"
#include "api/route_explanation.h"

namespace ui::testing {

QVector<gateway::api::BudgetStatus> storyBudgets();
gateway::api::LedgerReport storyLedger();
QVector<gateway::api::LeverStatus> storyLevers();
QVector<gateway::api::AliasStatus> storyAliases();
gateway::api::RouteExplanation storyExplanation(bool isRefused);
// Adds breakers, gates and the drain to the story's providers.
void addGates(QVector<gateway::api::ProviderStatus>& providers);

// Answers budgets, ledger, aliases, failovers (also plan, apply, revert), drills, probes and routes/explain.
void tellControl(FakeTransport& transport, bool isEmpty);

} // namespace ui::testing
