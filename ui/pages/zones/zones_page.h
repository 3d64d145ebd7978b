// The Zones page: for each tenant what its contract, its config and its calls say of its privacy zone, whether the
// config in force was proved to keep it there, and when somebody last signed that off; below it the path that leads
// outside, the endpoints of the chosen one and how the check was made. Proof and check are two answers: what could
// happen, and what did. The check counts in the record, so it runs when the page opens, when another time is chosen and
// when it is asked for, not by itself. An engine without proofs or audits leaves those columns without a value. Thread:
// UI; the frame owns it, the session outlives it.
#pragma once

#include "api/privacy_client.h"
#include "session/session.h"
#include "shell/page.h"

#include <QPointer>

#include <optional>

namespace ui {
class Button;
class CodeView;
class FactsView;
class Panel;
class PlainTable;
class ReasonSheet;
class Segment;
class StateOverlay;
class StatusLabel;
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
    bool isSettled() const override { return m_waiting == 0 && m_answered; }
    void open(const QString& argument) override; // "tenant=NAME"

    PlainTable* tenants() const { return m_tenants; }
    PlainTable* endpoints() const { return m_endpoints; }
    FactsView* facts() const { return m_facts; }
    Segment* period() const { return m_period; }
    StateOverlay* overlay() const { return m_overlay; }
    TextLabel* counterexample() const { return m_pathWords; }
    Button* signButton() const { return m_sign; }
    ReasonSheet* sheet() const; // that is open; null: none
    void ask();
    // Opens the sheet that signs the oldest quarter that waits.
    void sign();

private:
    void askProof();
    void askAudits();
    void conclude(); // when all three have answered
    void take(const gateway::api::Result<gateway::api::StandingCheck>& answer);
    void fill();
    void showPermissions();
    const gateway::api::TenantProof* proofOf(const QString& tenant) const;
    const gateway::api::ZoneAudit* waitingAudit() const; // the oldest; null: none
    void fail(const gateway::api::Error& error);
    void showTenant(int row);

    Session& m_session;
    gateway::api::StandingCheck m_check; // tenants in the order of the table
    std::optional<gateway::api::Result<gateway::api::StandingCheck>> m_checkAnswer;
    std::optional<gateway::api::ZoneProof> m_proof;
    std::optional<QVector<gateway::api::ZoneAudit>> m_audits;
    QString m_chosen;
    int m_waiting = 0; // answers
    bool m_answered = false;

    Segment* m_period;
    Button* m_again;
    Button* m_sign;
    QPointer<ReasonSheet> m_sheet;
    SummaryStrip* m_summary;
    PlainTable* m_tenants;
    Panel* m_pathPanel; // of the counterexample; there while there is one
    TextLabel* m_pathWords;
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
