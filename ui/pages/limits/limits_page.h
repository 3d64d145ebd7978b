// The Limits page, plainly: the standing checks on the three classic bugs of gateways, incidents, and how much of their
// quotas callers and providers have left. Asks every five seconds while it is the active page. Thread: UI; the frame
// owns it, the session outlives it.
#pragma once

#include "session/session.h"
#include "shell/page.h"

#include <QTimer>

namespace ui {
class Panel;
class PlainTable;
class StateOverlay;
} // namespace ui

namespace ui::limits {

class LimitsPage : public Page
{
    Q_OBJECT
public:
    explicit LimitsPage(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Limits"); }
    QString caption() const override;
    void activated() override;
    void deactivated() override;
    void setPaused(bool paused) override;
    bool isSettled() const override { return m_asking == 0 && m_answered; }

    PlainTable* checks() const { return m_checks; }
    PlainTable* incidents() const { return m_incidents; }
    PlainTable* quotas() const { return m_quotas; }
    PlainTable* providers() const { return m_providers; }
    StateOverlay* overlay() const { return m_overlay; }

private:
    void ask();
    template <typename Value>
    void fill(PlainTable* table, const gateway::api::Result<QVector<Value>>& answer);
    void takeQuotas(const gateway::api::Result<gateway::api::QuotaReport>& answer);
    void fail(const QString& message);

    Session& m_session;
    int m_asking = 0;
    bool m_answered = false;
    bool m_active = false;
    bool m_paused = false;
    QString m_waiting; // who waits for a provider, in words
    QTimer m_refresh;

    PlainTable* m_checks;
    PlainTable* m_incidents;
    PlainTable* m_quotas;
    PlainTable* m_providers;
    Panel* m_providerPanel;
    QWidget* m_content;
    Panel* m_statePanel; // instead of the content while there is none
    StateOverlay* m_overlay;
};

} // namespace ui::limits
