// LastCallPanel: the newest call of this engine in one look: its numbers, its waterfall, and what was asked and
// answered. Before any call it says so and offers a test request. Values only. Thread: UI.
#pragma once

#include "api/call.h"
#include "api/engine_status.h"
#include "models/call_facts.h"
#include "widgets/panel.h"

#include <optional>

class QStackedLayout;

namespace ui {

class Button;
class StateOverlay;
class SummaryStrip;
class TabStrip;
class TextLabel;
namespace charts {
class Waterfall;
}
namespace models {
class TraceModel;
}

class LastCallPanel : public Panel
{
    Q_OBJECT
public:
    explicit LastCallPanel(QWidget* parent = nullptr);
    void setCall(const gateway::api::Call& call, bool isFirst);
    void showNone(bool known);
    void showError(const QString& why);
    void setProviders(const QVector<gateway::api::ProviderStatus>& providers); // for the series slots
    void setGatewayUrl(const QString& url) { m_gatewayUrl = url; }
    const std::optional<gateway::api::Call>& call() const { return m_call; }

Q_SIGNALS:
    void testWanted();
    void openWanted(const QString& callId);

private:
    void showTab(int tab);
    void refreshFacts();

    std::optional<gateway::api::Call> m_call;
    QString m_gatewayUrl;
    QStringList m_providers;
    TabStrip* m_tabs;
    SummaryStrip* m_summary;
    models::TraceModel* m_trace;
    charts::Waterfall* m_waterfall;
    QStackedLayout* m_stack;
    QWidget* m_facts;
    QWidget* m_below;
    QWidget* m_foot;
    TextLabel* m_served;
    StateOverlay* m_overlay;
};

} // namespace ui
