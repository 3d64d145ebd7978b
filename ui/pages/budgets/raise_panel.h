// One budget beside its plot: its numbers, what a refusal of it says to a caller, and another limit for a time. Values
// in, wishes out; asks nobody. Thread: UI.
#pragma once

#include "api/budget_status.h"
#include "widgets/panel.h"

#include <functional>

namespace ui {
class Button;
class ChangeForm;
class FactsView;
class InputField;
class TextLabel;
} // namespace ui

namespace ui::budgets {

class RaisePanel : public Panel
{
    Q_OBJECT
public:
    RaisePanel(std::function<QDateTime()> now, bool mayRaise, QWidget* parent = nullptr);

    void setBudget(const gateway::api::BudgetStatus& budget);
    void showProblem(const QString& problem); // what the engine said to the last wish; empty: nothing
    void showApplied();                       // clears the form

    InputField* amount() const { return m_amount; }
    ChangeForm* form() const { return m_form; }
    Button* raiseButton() const { return m_raise; }
    Button* endButton() const { return m_end; }

Q_SIGNALS:
    void wished(const QString& id, const gateway::api::BudgetRaise& raise, const QString& reason);

private:
    void wish();

    gateway::api::BudgetStatus m_budget;
    std::function<QDateTime()> m_now;
    FactsView* m_facts;
    TextLabel* m_refusal;
    QWidget* m_actions;
    InputField* m_amount;
    ChangeForm* m_form;
    Button* m_raise;
    Button* m_end;
    TextLabel* m_problem;
};

// The body of a refusal by this budget, as a caller reads it; the call's own numbers stand as words.
QString refusalWords(const gateway::api::BudgetStatus& budget);

} // namespace ui::budgets
