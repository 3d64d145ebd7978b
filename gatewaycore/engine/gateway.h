// Gateway: one engine, from start to drained. It brings the parts up in order (config, data directory, record,
// credentials, simulator, workers, admin) and takes them down in the other; it walks no call itself. Thread: the
// control thread, which is the one that makes it (the daemon's main thread; a thread of its own inside the console).
// start() blocks that thread, nothing else does; signals are emitted there. When a part cannot start, start() gives the
// reason and what was already up is taken down again.
#pragma once

#include "admin/admin_listener.h"
#include "admin/in_process_transport.h"
#include "admin/principal_book.h"
#include "engine/gateway_view.h"
#include "engine/governance.h"
#include "engine/parts.h"
#include "http/timer_wheel.h"
#include "observability/watched_loop.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <memory>
#include <mutex>

namespace gateway::engine {

// Why a start failed. A config that is not accepted has problems (exit code 78); the rest has only the error.
struct StartFailure
{
    api::Error error;
    config::Problems problems;
};

class Gateway : public QObject
{
    Q_OBJECT
public:
    explicit Gateway(GatewayOptions options, QObject* parent = nullptr);
    ~Gateway() override; // cuts what is still open, records it, closes everything

    std::optional<StartFailure> start();

    // Reads the config again; a file with a problem changes nothing (its problems are logged and shown). Another
    // content is in force when it is recorded, a moment later.
    void reload();
    // Refuses new calls, lets the open ones finish for at most `allowed`, then emits drained(). Again: at once.
    void drain(std::chrono::milliseconds allowed);

    // A revision that these callers are served by, beside the one in force; again with others: another step of it.
    // `everywhere` is called when every worker has it. Another config in force ends it, as endTrial() does: from
    // `everywhere` on no call begins with it; those that have begun end with it.
    api::Outcome tryBeside(
        const config::SnapshotPtr& snapshot, rollout::Assignment callers, std::function<void()> everywhere);
    void endTrial(std::function<void()> everywhere);

    QString gatewayUrl() const { return m_parts.gatewayUrl; }
    QString adminUrl() const { return m_parts.adminUrl; }
    int revision() const { return m_parts.config.current()->revision; }
    int recoveredCalls() const { return m_recovered; }
    QString demoKey() const { return m_demoKey; } // with demo: a key that works for a day
    std::shared_ptr<admin::InProcessLink> link() const { return m_endpoint->link(); }

Q_SIGNALS:
    void drained();

private:
    std::optional<StartFailure> startConfig();
    std::optional<api::Error> startRecord();
    std::optional<api::Error> startCredentials();
    std::optional<api::Error> startDecisions();
    std::optional<api::Error> startWorkers();
    std::optional<api::Error> startPrincipals();
    std::optional<api::Error> startAudit();
    std::optional<api::Error> startAdmin();
    api::Result<http::ServerOptions> adminAddress() const;
    void rememberCertificate(const std::optional<QSslConfiguration>& tls);
    api::Outcome writeRuntime() const; // runtime.json: where we listen, and with which certificate
    void refreshAdmin();
    std::optional<observability::Invariants::Scope> scopeOf(const QString& credential) const;
    void startSeries();
    api::Outcome prepareProviders(const config::PolicySnapshot& snapshot);
    WorkerPolicy policy() const;
    quint16 simulatorPort() const; // 0: it is not needed
    void startExports();
    void applyExports();
    void publishSnapshot(std::function<void()> everywhere = {});
    void publishPolicy(std::function<void()> everywhere = {});
    api::Outcome rebuildSpend(const QStringList& accounts);
    api::Outcome rememberRepeatable();
    void breakerChanged(const QString& candidate, const fallback::HealthView& now);
    std::optional<api::Error> startRevisions();
    void publishEverywhere(std::function<void()> inForce);
    void checkDrained();
    void upkeep();
    void callsCommitted(const std::vector<std::shared_ptr<const api::Call>>& calls);
    void takeCommitted();

    Parts m_parts;
    std::unique_ptr<observability::WatchedLoop> m_watchedLoop; // of the control thread
    GatewayView m_view;
    int m_recovered = 0;
    QString m_demoKey;
    http::TimerWheel m_wheel; // of the admin listener
    std::unique_ptr<admin::EventHub> m_events;
    std::unique_ptr<admin::ChangeLog> m_changes;
    std::unique_ptr<Governance> m_governance;
    std::unique_ptr<admin::PrincipalBook> m_principals;
    std::unique_ptr<admin::Router> m_router;
    std::unique_ptr<admin::InProcessEndpoint> m_endpoint;
    std::unique_ptr<admin::AdminListener> m_admin;
    QTimer m_upkeepTimer;
    int m_upkeepTurns = 0;
    // calls wait to be folded; set by the store's thread
    std::shared_ptr<std::atomic<bool>> m_foldBehind = std::make_shared<std::atomic<bool>>(false);
    QTimer* m_drainTimer = nullptr;
    Monotonic m_drainUntil{0};

    std::mutex m_committedMutex;
    std::vector<std::shared_ptr<const api::Call>> m_committed; // guarded by m_committedMutex
    qint64 m_committedLost = 0;                                // guarded by m_committedMutex
};

} // namespace gateway::engine
