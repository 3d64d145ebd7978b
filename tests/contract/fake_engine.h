// FakeEngine: an EngineView with three calls, two providers, two budgets and one lever, all in memory, the same in
// every run. Its answers come later (a queued call) like those of the real one. And ControlRoom: a control thread with
// a fake engine, router, in-process endpoint and a listener on a free loopback port.
#pragma once

#include "fake_chain.h"
#include "fake_content.h"
#include "fake_rollout.h"

#include "admin/admin_listener.h"
#include "admin/in_process_transport.h"
#include "admin/memory_change_log.h"
#include "admin/principal_book.h"
#include "fake_privacy.h"
#include "fake_replay.h"
#include "http/timer_wheel.h"

#include <QThread>

#include <memory>
#include <optional>

namespace gateway::test {

const QByteArray kToken = QByteArray(64, 'a');
constexpr qint64 kNowMs = 1'795'305'600'000;

inline gateway::Secret fakePepper()
{
    return gateway::Secret(QByteArray(32, 'p'));
}
// Of the config: night-shift, an operator who was issued no token yet.
std::vector<gateway::config::RoleGrant> fakeGrants();

class FakeEngine final : public QObject, public gateway::admin::EngineView
{
public:
    FakeEngine();

    gateway::admin::Desks desks() override;
    gateway::api::EngineStatus status() const override;
    bool isReady() const override { return ready; }
    gateway::config::SnapshotPtr snapshot() const override { return m_snapshot; }
    QVector<gateway::api::ConfigProblem> configProblems() const override { return {}; }
    gateway::api::ConfigCheck checkConfig(const QByteArray& yaml) const override;
    int providerConnections(const QString& provider) const override;
    const gateway::observability::SeriesStore& series() const override { return m_series; }
    QByteArray prometheusText() const override { return "gateway_ready 1\n"; }
    void calls(const gateway::api::CallQuery& query, const QStringList& tenants,
        gateway::admin::Done<gateway::api::CallPage> done) override;
    void callSummary(const gateway::api::CallSummaryQuery& query, const QStringList& tenants,
        gateway::admin::Done<gateway::api::CallSummary> done) override;
    void checklist(gateway::admin::Done<QVector<gateway::api::ChecklistItem>> done) override;
    void rotateCredential(const QString& id, qint64 graceSeconds, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::IssuedCredential> done) override;
    void call(const QString& id, gateway::admin::Done<gateway::api::Call> done) override;
    void credentials(gateway::admin::Done<QVector<gateway::api::CredentialInfo>> done) override;
    void issueCredential(const gateway::api::CredentialRequest& request, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::IssuedCredential> done) override;
    void revokeCredential(const QString& id, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::CredentialInfo> done) override;

    QVector<gateway::api::BudgetStatus> budgets() const override { return m_budgets; }
    void raiseBudget(const QString& id, const gateway::api::BudgetRaise& raise, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::BudgetStatus> done) override;
    void ledgerReport(const QDateTime& since, gateway::admin::Done<gateway::api::LedgerReport> done) override;
    void reconcile(const QByteArray& csv, gateway::admin::Done<gateway::api::Reconciliation> done) override;
    gateway::api::QuotaReport quotas() const override;
    gateway::api::Result<gateway::api::RouteExplanation> explainRoute(
        const gateway::api::RouteQuestion& question) const override;
    QVector<gateway::api::CandidateCapabilities> capabilities() const override;
    QVector<gateway::api::LeverStatus> levers() const override { return m_levers; }
    gateway::api::Result<gateway::api::LeverPreview> previewLever(
        const gateway::api::LeverRequest& request) const override;
    void applyLever(const gateway::api::LeverRequest& request, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::LeverStatus> done) override;
    void endLever(const QString& id, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::LeverStatus> done) override;
    gateway::api::Result<gateway::api::DrillCard> drillCard(const QString& id) const override;
    QVector<gateway::api::BreakerStatus> breakers(const QString& provider) const override;
    void probeProvider(const QString& name, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::ProbeResult> done) override;
    QVector<gateway::api::Invariant> invariants() const override;
    QVector<gateway::api::Incident> incidents() const override;
    gateway::api::Result<gateway::api::Incident> incident(const QString& id) const override;
    void acknowledgeIncident(const QString& id, const QString& owner, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::Incident> done) override;
    void noteIncident(const QString& id, const QString& text, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::Incident> done) override;
    void handover(const QString& id, gateway::admin::Done<gateway::api::Handover> done) override;
    QVector<gateway::api::ExportStatus> exports() const override;
    void testExport(const QString& name, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::ExportTest> done) override;

    bool ready = true;
    FakePrivacyDesk privacy;
    QString lastReason;
    void addCalls(int number); // answered calls of tenant acme, older than the others; below zero: takes them away
    int failCallsAfter = -1;   // pages of the record that are still answered; -1: all
    gateway::ManualClock clock{kNowMs};

private:
    template <typename T>
    void later(gateway::admin::Done<T> done, gateway::api::Result<T> result)
    {
        QMetaObject::invokeMethod(
            this, [done = std::move(done), result = std::move(result)] { done(result); }, Qt::QueuedConnection);
    }
    void fillControl();

    FakeContentDesk m_content;

    gateway::config::SnapshotPtr m_snapshot;
    gateway::observability::SeriesStore m_series{clock};
    QVector<gateway::api::Call> m_calls;
    QVector<gateway::api::CredentialInfo> m_credentials;
    QVector<gateway::api::BudgetStatus> m_budgets;
    QVector<gateway::api::LeverStatus> m_levers;
    QVector<gateway::api::Incident> m_incidents;
    gateway::test::FakeRollout m_rollout;
    FakeReplayDesk m_replay;
    FakeChain m_chain;
};

// Made and destroyed on the test's thread; everything inside lives on the control thread.
class ControlRoom
{
public:
    explicit ControlRoom(gateway::config::Role role = gateway::config::Role::Admin);
    ~ControlRoom();

    std::shared_ptr<gateway::admin::InProcessLink> link() const { return m_link; }
    quint16 port() const { return m_port; }
    // Runs on the control thread and waits for it.
    void run(const std::function<void()>& work);
    void stopEngine(); // the engine goes, the thread stays
    // A second listener before the same router; its port.
    quint16 listenTls(const QSslConfiguration& tls, const QString& host = QStringLiteral("127.0.0.1"));

    struct Parts
    {
        explicit Parts(gateway::config::Role role);
        FakeEngine engine;
        gateway::admin::EventHub events{1};
        gateway::admin::MemoryChangeLog changes{engine.clock};
        gateway::SodiumRandom random;
        gateway::admin::PrincipalBook principals{nullptr, fakePepper(), engine.clock, random};
        gateway::admin::Router router{engine, events, changes, &principals};
        gateway::http::TimerWheel wheel;
        gateway::SystemClock systemClock;
        gateway::admin::InProcessEndpoint endpoint;
        std::unique_ptr<gateway::admin::AdminListener> listener;
        std::unique_ptr<gateway::admin::AdminListener> tlsListener;
    };
    Parts& parts() { return *m_parts; } // touch it inside run() only

private:
    QThread m_thread;
    QObject* m_context = nullptr;
    std::unique_ptr<Parts> m_parts;
    std::shared_ptr<gateway::admin::InProcessLink> m_link;
    quint16 m_port = 0;
};

} // namespace gateway::test
