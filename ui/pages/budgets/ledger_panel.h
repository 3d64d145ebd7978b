// What the ledger says of itself: what reservations cost, what refusals would have fitted, what is proved, and how
// close reserved and actual are per alias. Values in. Thread: UI.
#pragma once

#include "api/ledger_report.h"
#include "widgets/panel.h"

namespace ui {
class FactsView;
class PlainTable;
class StateOverlay;
class SummaryStrip;
} // namespace ui

namespace ui::budgets {

class LedgerPanel : public Panel
{
    Q_OBJECT
public:
    explicit LedgerPanel(QWidget* parent = nullptr);

    void setReport(const gateway::api::LedgerReport& report);
    void showProblem(const QString& problem);
    SummaryStrip* strip() const { return m_strip; }
    PlainTable* aliases() const { return m_table; }

private:
    SummaryStrip* m_strip;
    PlainTable* m_table;
    FactsView* m_findings;
    StateOverlay* m_overlay;
};

} // namespace ui::budgets
