// The Zones page: for each tenant what its contract, its config and its calls say of its privacy zone; below it the
// endpoints of the chosen one and how the check was made. The check counts in the record, so it runs when the page
// opens, when another time is chosen and when it is asked for, not by itself. Thread: UI; the frame owns it, the
// session outlives it.
#pragma once

#include "session/session.h"
#include "shell/page.h"

namespace ui {
class Button;
class CodeView;
class FactsView;
class Panel;
class PlainTable;
class Segment;
class StateOverlay;
class SummaryStrip;
class TextLabel;
} // namespace ui

namespace ui::zones {

class ZonesPage : public Page
{
    Q_OBJECT
public:
    explicit ZonesPage(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Zones"); }
    QString caption() const override;
    QList<QWidget*> headerWidgets() override;
    void activated() override;
    bool isSettled() const override { return !m_asking && m_answered; }
    void open(const QString& argument) override; // "tenant=NAME"

    PlainTable* tenants() const { return m_tenants; }
    PlainTable* endpoints() const { return m_endpoints; }
    FactsView* facts() const { return m_facts; }
    Segment* period() const { return m_period; }
    StateOverlay* overlay() const { return m_overlay; }
    void ask();

private:
    void take(const gateway::api::Result<gateway::api::ZoneCheck>& answer);
    void fail(const gateway::api::Error& error);
    void showTenant(int row);

    Session& m_session;
    gateway::api::ZoneCheck m_check; // tenants in the order of the table
    QString m_chosen;
    bool m_asking = false;
    bool m_answered = false;

    Segment* m_period;
    Button* m_again;
    SummaryStrip* m_summary;
    PlainTable* m_tenants;
    Panel* m_endpointPanel;
    PlainTable* m_endpoints;
    Panel* m_checkPanel;
    FactsView* m_facts;
    CodeView* m_query;
    QWidget* m_content;
    Panel* m_statePanel; // instead of the content while there is none
    StateOverlay* m_overlay;
};

} // namespace ui::zones
