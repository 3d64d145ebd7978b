// GatewayView: the engine as the admin handlers see it (admin/engine_view.h), answered from the engine's parts.
// Control thread.
#pragma once

#include "admin/engine_view.h"
#include "engine/parts.h"
#include "engine/probe.h"

#include <QObject>

namespace gateway::engine {

// Wall time as the admin API tells it.
inline QDateTime at(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

class GatewayView final : public admin::EngineView
{
public:
    // Both must outlive the view; `context` lives on the control thread and receives what other threads answer.
    GatewayView(Parts& parts, QObject& context) : m_parts(parts), m_context(context) {}

    admin::Desks desks() override { return m_parts.desks; }
    api::EngineStatus status() const override;
    bool isReady() const override;
    config::SnapshotPtr snapshot() const override { return m_parts.config.current(); }
    QVector<api::ConfigProblem> configProblems() const override;
    api::ConfigCheck checkConfig(const QByteArray& yaml) const override;
    int providerConnections(const QString& provider) const override;
    const observability::SeriesStore& series() const override { return m_parts.series; }
    QByteArray prometheusText() const override;

    void calls(const api::CallQuery& query, const QStringList& tenants, admin::Done<api::CallPage> done) override;
    void call(const QString& id, admin::Done<api::Call> done) override;
    void callSummary(
        const api::CallSummaryQuery& query, const QStringList& tenants, admin::Done<api::CallSummary> done) override;
    void checklist(admin::Done<QVector<api::ChecklistItem>> done) override;
    void credentials(admin::Done<QVector<api::CredentialInfo>> done) override;
    void issueCredential(const api::CredentialRequest& request, const admin::Change& change,
        admin::Done<api::IssuedCredential> done) override;
    void revokeCredential(
        const QString& id, const admin::Change& change, admin::Done<api::CredentialInfo> done) override;
    void rotateCredential(const QString& id, qint64 graceSeconds, const admin::Change& change,
        admin::Done<api::IssuedCredential> done) override;

    QVector<api::BudgetStatus> budgets() const override;
    void raiseBudget(const QString& id, const api::BudgetRaise& raise, const admin::Change& change,
        admin::Done<api::BudgetStatus> done) override;
    void ledgerReport(const QDateTime& since, admin::Done<api::LedgerReport> done) override;
    void reconcile(const QByteArray& csv, admin::Done<api::Reconciliation> done) override;
    api::QuotaReport quotas() const override;
    api::Result<api::RouteExplanation> explainRoute(const api::RouteQuestion& question) const override;
    QVector<api::CandidateCapabilities> capabilities() const override;
    QVector<api::LeverStatus> levers() const override;
    api::Result<api::LeverPreview> previewLever(const api::LeverRequest& request) const override;
    void applyLever(
        const api::LeverRequest& request, const admin::Change& change, admin::Done<api::LeverStatus> done) override;
    void endLever(const QString& id, const admin::Change& change, admin::Done<api::LeverStatus> done) override;
    api::Result<api::DrillCard> drillCard(const QString& id) const override;
    QVector<api::BreakerStatus> breakers(const QString& provider) const override;
    void probeProvider(const QString& name, const admin::Change& change, admin::Done<api::ProbeResult> done) override;
    QVector<api::Invariant> invariants() const override;
    QVector<api::Incident> incidents() const override;
    api::Result<api::Incident> incident(const QString& id) const override;
    void acknowledgeIncident(
        const QString& id, const QString& owner, const admin::Change& change, admin::Done<api::Incident> done) override;
    void noteIncident(
        const QString& id, const QString& text, const admin::Change& change, admin::Done<api::Incident> done) override;
    void handover(const QString& id, admin::Done<api::Handover> done) override;
    QVector<api::ExportStatus> exports() const override;
    void testExport(const QString& name, const admin::Change& change, admin::Done<api::ExportTest> done) override;

private:
    QByteArray metricsPage() const;
    static api::ProviderGateStatus gateStatusOf(const ProviderLive& live);

    Parts& m_parts;
    QObject& m_context;
    Prober m_prober{m_parts.clock};
};

} // namespace gateway::engine
