// One alias: its bounds, its candidates with the share they should have and the one they had, and its chain in order.
// Values in. Thread: UI.
#pragma once

#include "api/engine_status.h"
#include "widgets/panel.h"

namespace ui {
class FactsView;
class PlainTable;
} // namespace ui

namespace ui::routes {

class AliasDetail : public Panel
{
    Q_OBJECT
public:
    explicit AliasDetail(QWidget* parent = nullptr);
    void setAlias(const gateway::api::AliasStatus& alias);
    PlainTable* candidates() const { return m_candidates; }
    PlainTable* chain() const { return m_chain; }

private:
    FactsView* m_facts;
    PlainTable* m_candidates;
    PlainTable* m_chain;
};

} // namespace ui::routes
