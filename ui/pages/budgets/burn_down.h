// What is left of a budget over its window, as the data of a plot: what was left so far, an even pace, and straight on
// from now. Points the engine does not keep are not invented. Any thread; pure functions.
#pragma once

#include "charts/plot_data.h"

#include "api/budget_status.h"

namespace ui::budgets {

// Dollars; columns "left", "even pace" and, where there is a forecast, "straight on".
charts::PlotData burnDown(const gateway::api::BudgetStatus& budget, const QDateTime& now);
// The soft marks as what is left when they are passed.
QVector<charts::PlotThreshold> softMarksOf(const gateway::api::BudgetStatus& budget);
// When straight on meets zero; nothing if it does not within the window.
std::optional<QDateTime> emptyAt(const gateway::api::BudgetStatus& budget, const QDateTime& now);

} // namespace ui::budgets
