// GatewayClient: the typed side of the admin contract. Each request is one call on an AdminTransport and one codec; the
// console, the command line and the contract tests use nothing else. Thread: that of its transport. Futures never block
// the caller's thread; attach continuations with a context object (QFuture::then(context, ...)).
#pragma once

#include "api/admin_transport.h"
#include "api/audit_entry.h"
#include "api/call.h"
#include "api/call_summary.h"
#include "api/capability.h"
#include "api/checklist.h"
#include "api/config_facts.h"
#include "api/engine_status.h"
#include "api/export_status.h"
#include "api/incident.h"
#include "api/invariant.h"
#include "api/ledger_report.h"
#include "api/lever.h"
#include "api/operation.h"
#include "api/principal.h"
#include "api/route_explanation.h"
#include "api/series.h"
#include "api/zone_check.h"

#include <chrono>
#include <memory>
#include <optional>

namespace gateway::api {

class GatewayClient
{
public:
    explicit GatewayClient(std::shared_ptr<AdminTransport> transport);

    // Changes are meant for this revision of the config (If-Match); without it they are for whichever is in force.
    void expectRevision(std::optional<int> revision) { m_expected = revision; }
    AdminTransport& transport() const { return *m_transport; }

    template <typename T>
    using Reply = QFuture<Result<T>>;

    Reply<EngineStatus> status() const;
    Reply<QVector<ProviderStatus>> providers() const;
    Reply<ProviderStatus> provider(const QString& name) const;
    Reply<QVector<AliasStatus>> aliases() const;
    Reply<QVector<TenantStatus>> tenants() const;
    Reply<CallPage> calls(const CallQuery& query) const;
    Reply<Call> call(const QString& id) const;
    Reply<Series> series(const SeriesQuery& query) const;
    Reply<QVector<CredentialInfo>> credentials() const;
    Reply<IssuedCredential> issueCredential(const CredentialRequest& request, const QString& reason) const;
    Reply<CredentialInfo> revokeCredential(const QString& id, const QString& reason) const;
    Reply<ConfigFacts> config() const;
    Reply<ConfigCheck> checkConfig(const QString& yaml) const;

    // Money and quotas.
    Reply<QVector<BudgetStatus>> budgets() const;
    Reply<BudgetStatus> raiseBudget(const QString& id, const BudgetRaise& raise, const QString& reason) const;
    Reply<LedgerReport> ledger(const std::optional<QDateTime>& since = {}) const; // without: the last 24 hours
    Reply<Reconciliation> reconcile(const QString& csv) const; // provider,model,month,amount_usd with that heading
    Reply<QuotaReport> quotas() const;

    // Routing and the levers on it.
    Reply<RouteExplanation> explainRoute(const RouteQuestion& question) const;
    Reply<QVector<CandidateCapabilities>> capabilities() const; // every candidate of the config once
    Reply<QVector<LeverStatus>> levers() const; // in force first, newest first; then those that ended lately
    Reply<LeverPreview> previewLever(const LeverRequest& request) const;
    Reply<LeverStatus> applyLever(const LeverRequest& request, const QString& reason) const;
    Reply<LeverStatus> endLever(const QString& id, const QString& reason) const;
    Reply<LeverStatus> drainProvider(const QString& name, const LeverEnd& end, const QString& reason) const;
    Reply<LeverStatus> resumeProvider(const QString& name, const QString& reason) const;
    Reply<LeverStatus> forceBreaker(const QString& provider, const BreakerForce& force, const QString& reason) const;
    Reply<ProbeResult> probeProvider(const QString& name, const QString& reason) const; // costs one small call
    Reply<QVector<DrillCard>> drills() const;
    Reply<DrillCard> drill(const QString& id) const;
    Reply<LeverStatus> startDrill(const LeverRequest& request, const QString& reason) const; // its kind is Drill
    Reply<QVector<Invariant>> invariants() const;
    Reply<QVector<ExportStatus>> exports() const;
    Reply<ExportTest> testExport(const QString& name, const QString& reason) const; // sends one span or delivery
    Reply<QVector<Incident>> incidents() const;                                     // newest first, at most 100
    Reply<Incident> incident(const QString& id) const;
    // An empty owner: the one who asks.
    Reply<Incident> acknowledgeIncident(const QString& id, const QString& owner, const QString& reason) const;
    Reply<Incident> noteIncident(const QString& id, const QString& text, const QString& reason) const;
    Reply<Handover> handover(const QString& id) const; // of an incident

    // The audit log of the admin API, and what became of a change of one's own.
    Reply<AuditPage> audit(const AuditQuery& query = {}) const;
    Reply<Operation> settle(const QString& key) const;

    // Who asks, and who else may. A token or a code is in its answer and nowhere else.
    Reply<WhoAmI> whoAmI() const;
    Reply<QVector<PrincipalInfo>> principals() const;
    Reply<IssuedPrincipal> issuePrincipal(const PrincipalRequest& request, const QString& reason) const;
    Reply<PrincipalInfo> revokePrincipal(const QString& name, const QString& reason) const;
    Reply<IssuedPrincipal> rotatePrincipal(const QString& name, const QString& reason) const; // the old token ends
    Reply<Pairing> startPairing(const PrincipalRequest& request, const QString& reason,
        std::optional<std::chrono::seconds> time = {}) const; // ten minutes without, an hour at most
    // With the pairing code as the transport's token. Its answer is not given twice: if it is lost, another pairing is
    // started.
    Reply<IssuedPrincipal> claimPairing(const QString& reason) const;

    // What was promised and what the record says of it.
    Reply<CallSummary> callSummary(const CallSummaryQuery& query) const;
    Reply<ZoneCheck> zoneCheck(const std::optional<QDateTime>& since = {}) const; // without: the last 24 hours
    Reply<QVector<ChecklistItem>> checklist() const;
    // A new key of the same scope; the old one is good for the grace, 0 to 7 days.
    Reply<IssuedCredential> rotateCredential(const QString& id, qint64 graceSeconds, const QString& reason) const;

    std::unique_ptr<EventStream> subscribe(qint64 since = -1) const { return m_transport->subscribe(since); }
    QString description() const { return m_transport->description(); }

    // Every call goes through here: it adds what all of them have in common. Also for the clients of one noun, which
    // stand beside this one (api/..._client.h).
    QFuture<Result<AdminReply>> send(AdminRequest request) const;

private:
    std::shared_ptr<AdminTransport> m_transport;
    std::optional<int> m_expected;
};

// The query string of a CallQuery, a SeriesQuery and an AuditQuery; both ends use these pairs.
QUrlQuery toQuery(const CallQuery& query);
Result<CallQuery> callQueryFromQuery(const QUrlQuery& query);
QUrlQuery toQuery(const SeriesQuery& query);
Result<SeriesQuery> seriesQueryFromQuery(const QUrlQuery& query);
QUrlQuery toQuery(const AuditQuery& query);
Result<AuditQuery> auditQueryFromQuery(const QUrlQuery& query);

} // namespace gateway::api
