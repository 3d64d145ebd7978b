// Parts: what an engine is made of, in the order it comes up (and, reversed, goes down). Gateway makes and ends them;
// GatewayView answers the admin API from them. Control thread. Private to engine.
#pragma once

#include "admin/desks.h"
#include "api/zone_record.h"
#include "audit/open_calls.h"
#include "base/clock.h"
#include "base/random.h"
#include "config/config_holder.h"
#include "credential/credential_issuer.h"
#include "engine/budget_raises.h"
#include "engine/engine_state.h"
#include "engine/incident_keeper.h"
#include "engine/lever_control.h"
#include "engine/live_state.h"
#include "engine/process_usage.h"
#include "engine/record_reader.h"
#include "engine/spend_history.h"
#include "engine/watch.h"
#include "engine/worker.h"
#include "exports/exports.h"
#include "observability/loop_watch.h"
#include "observability/series_store.h"
#include "observability/worker_metrics.h"
#include "simulator/simulator_server.h"
#include "store/store.h"

#include <memory>
#include <vector>

namespace gateway::engine {

class DraftBook;

struct GatewayOptions
{
    QString configFile; // unused with demo
    QString dataDirectory;
    QString gatewayAddress; // "HOST:PORT" instead of the config's; empty: the config's
    QString adminAddress;
    int workers = 0; // 0: one per core
    bool demo = false;
    fallback::BreakerOptions breaker;                // a test makes them shorter
    std::shared_ptr<observability::LoopWatch> loops; // of this process, if its host has one already; else one is made
};

struct Parts
{
    Parts();
    ~Parts();
    Q_DISABLE_COPY_MOVE(Parts)

    GatewayOptions options;
    SystemClock clock;
    SodiumRandom random;
    EngineState state;
    ProcessUsageReader usage{clock};
    QDateTime startedAt;
    QString gatewayUrl;
    QString adminUrl;
    std::optional<api::CertificateFacts> adminCertificate; // as the admin listener shows it now
    QString engineId;                                      // of the data directory

    config::ConfigHolder config;
    std::unique_ptr<LiveState> live;
    LivePolicyPtr policy; // the config in force, laid over it
    TriedPolicyPtr tried; // a canary beside it; null: there is none
    observability::MetricLabelsPtr labels;
    observability::SeriesStore series{clock};
    std::vector<std::unique_ptr<observability::WorkerMetrics>> metrics;
    std::unique_ptr<audit::OpenCalls> openCalls;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<DraftBook> drafts; // drafts and revisions of the config
    std::unique_ptr<RecordReader> reader;
    std::unique_ptr<credential::CredentialIssuer> credentials;
    std::unique_ptr<LeverControl> levers;
    std::unique_ptr<BudgetRaises> raises;
    SpendHistory spend;
    std::unique_ptr<Watch> watch;
    std::unique_ptr<IncidentKeeper> incidents;                // the register of `watch`, made durable
    std::function<api::Part()> auditHealth;                   // of the audit log, once there is one
    std::function<std::optional<api::ZoneAudit>()> zoneAudit; // the quarterly audit to look at, once governance is up
    std::unique_ptr<simulator::SimulatorServer> simulator;
    std::vector<std::unique_ptr<Worker>> workers;
    std::unique_ptr<exports::Exports> exports; // reads the workers' counters
    admin::Desks desks;                        // governance.h has them
};

// An error of a part that does not come up, with its name before it.
inline api::Error part(const char* name, const api::Error& error)
{
    return {error.failure, QStringLiteral("%1: %2").arg(QLatin1String(name), error.message), error.hint};
}

} // namespace gateway::engine
