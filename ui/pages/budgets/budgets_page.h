// The Budgets page: what is left of one budget over its window, its numbers and another limit for it, all budgets with
// those at risk first, and what the ledger says of itself. Asks every five seconds while it is the active page. Thread:
// UI; the frame owns it, the session outlives it.
#pragma once

#include "api/budget_status.h"
#include "api/ledger_report.h"
#include "session/session.h"
#include "shell/page.h"

#include <QTimer>

namespace ui {
class Panel;
class StateOverlay;
class TableView;
namespace charts {
class PlotWidget;
}
namespace models {
class BudgetTableModel;
}
} // namespace ui

namespace ui::budgets {

class LedgerPanel;
class RaisePanel;

class BudgetsPage : public Page
{
    Q_OBJECT
public:
    explicit BudgetsPage(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Budgets"); }
    QString caption() const override;
    void activated() override;
    void deactivated() override;
    void setPaused(bool paused) override;
    bool isSettled() const override { return m_asking == 0 && m_answered; }
    // "budget=ID" chooses a budget.
    void open(const QString& argument) override;

    models::BudgetTableModel* model() const { return m_model; }
    TableView* table() const { return m_table; }
    RaisePanel* raisePanel() const { return m_raise; }
    LedgerPanel* ledger() const { return m_ledger; }
    charts::PlotWidget* plot() const { return m_plot; }
    StateOverlay* overlay() const { return m_overlay; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void ask();
    void askLedger();
    void takeBudgets(const gateway::api::Result<QVector<gateway::api::BudgetStatus>>& answer);
    void choose(int row);
    void showBudget(const gateway::api::BudgetStatus& budget);
    void raise(const QString& id, const gateway::api::BudgetRaise& raise, const QString& reason);
    void showContent(bool isThere);
    void layOut();

    Session& m_session;
    models::BudgetTableModel* m_model;
    QString m_id; // of the chosen budget
    QDateTime m_ledgerAt;
    int m_asking = 0;
    bool m_answered = false;
    bool m_active = false;
    bool m_paused = false;
    QTimer m_refresh;

    Panel* m_plotPanel;
    charts::PlotWidget* m_plot;
    RaisePanel* m_raise;
    Panel* m_listPanel;
    TableView* m_table;
    LedgerPanel* m_ledger;
    QWidget* m_content;
    Panel* m_statePanel; // instead of the content while there is none
    StateOverlay* m_overlay;
};

} // namespace ui::budgets
