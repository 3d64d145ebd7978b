// Gateway's side of decisions: what they rest on when the engine comes up, and what a new config, a lever or a breaker
// changes while it runs. Control thread.
#include "engine/gateway.h"

#include "budget/rebuild.h"
#include "observability/log.h"
#include "store/spend_reader.h"

namespace gateway::engine {
namespace {

using observability::log;
using observability::LogLevel;

constexpr int kUpkeepMs = 500;
constexpr int kRareTurns = 10;
constexpr auto kRecordCatchesUp = std::chrono::seconds(2);
constexpr qint64 kFoldAtOnce = 5000; // calls, which are added to the sums that a start and the summaries read

} // namespace

// What the record says was spent, for these accounts (none named: all).
api::Outcome Gateway::rebuildSpend(const QStringList& accounts)
{
    m_parts.store->waitUntilFiled(kRecordCatchesUp); // what was answered counts
    auto reader = store::SpendReader::open(m_parts.store->databaseFile());
    if (!reader)
        return reader.error();
    return budget::rebuild(m_parts.live->ledger, **reader, accounts);
}

// A request repeated with its idempotency-key after a restart is still not a second call.
api::Outcome Gateway::rememberRepeatable()
{
    auto record = store::CallReader::open(m_parts.store->databaseFile());
    if (!record)
        return record.error();
    const auto known =
        (*record)->repeatable(m_parts.startedAt.addSecs(-std::chrono::seconds(KeptAnswers::kAge).count()));
    if (!known)
        return known.error();
    for (const store::CallReader::Repeatable& call : *known)
        m_parts.live->kept.remember(QByteArray::fromHex(call.idempotency.toLatin1()), call.id);
    return api::Done{};
}

// What decisions rest on: spend rebuilt from the record, levers as they were left, the config laid over both.
std::optional<api::Error> Gateway::startDecisions()
{
    if (const api::Outcome ready = prepareProviders(*m_parts.config.current()); !ready)
        return part("simulator", ready.error());
    quint32 seed = 0;
    m_parts.random.fill({reinterpret_cast<unsigned char*>(&seed), sizeof seed});
    m_parts.live = std::make_unique<LiveState>(m_parts.clock, m_parts.options.breaker, seed,
        [this](const fallback::CandidateHealth& candidate, const fallback::HealthView& now) {
            QMetaObject::invokeMethod(
                this, [this, label = candidate.label(), now] { breakerChanged(label, now); }, Qt::QueuedConnection);
        });
    m_parts.policy = m_parts.live->bind(m_parts.config.current(), simulatorPort());
    m_parts.levers = std::make_unique<LeverControl>(*m_parts.store, *m_parts.live, m_parts.clock, m_parts.random);
    if (const api::Outcome loaded = m_parts.levers->load(); !loaded)
        return part("levers", loaded.error());
    if (const api::Outcome rebuilt = rebuildSpend({}); !rebuilt)
        return part("budgets", rebuilt.error());
    if (const api::Outcome known = rememberRepeatable(); !known)
        return part("record", known.error());
    m_parts.raises = std::make_unique<BudgetRaises>(*m_parts.store, *m_parts.live, m_parts.clock);
    if (const api::Outcome loaded = m_parts.raises->load(); !loaded)
        return part("budgets", loaded.error());
    m_parts.levers->setAttempts([this](const QString& provider, qint64 sinceMs) {
        const observability::SeriesStore::Flow flow = m_parts.series.flow(provider, {}, sinceMs);
        return std::pair(flow.attempts, flow.failures);
    });
    m_parts.watch = std::make_unique<Watch>(
        m_parts.clock, [this](const QString& id) { return scopeOf(id); },
        [this](const QString& event, const QJsonObject& data) {
            if (m_events)
                m_events->publish(event, data);
        });
    m_parts.watch->setSnapshot(*m_parts.config.current());
    m_parts.watch->setLevers(m_parts.levers->all());
    m_parts.incidents =
        std::make_unique<IncidentKeeper>(*m_parts.store, m_parts.watch->incidentRegister(), m_parts.clock, *this);
    if (const api::Outcome loaded = m_parts.incidents->load(); !loaded)
        return part("incidents", loaded.error());
    connect(m_parts.levers.get(), &LeverControl::changed, this, [this] {
        m_parts.watch->setLevers(m_parts.levers->all());
        publishPolicy();
    });
    connect(&m_upkeepTimer, &QTimer::timeout, this, &Gateway::upkeep);
    m_upkeepTimer.start(kUpkeepMs);
    return std::nullopt;
}

std::optional<observability::Invariants::Scope> Gateway::scopeOf(const QString& credential) const
{
    const credential::CredentialBookPtr book = m_parts.credentials->book();
    const credential::Credential* found = book->find(credential);
    if (!found)
        return std::nullopt;
    return observability::Invariants::Scope{
        found->tenant, found->aliases, found->features, found->expiresAtMs, found->revokedAtMs};
}

void Gateway::breakerChanged(const QString& candidate, const fallback::HealthView& now)
{
    log(now.breaker == fallback::BreakerState::Open ? LogLevel::Warning : LogLevel::Info, "breaker.changed",
        {{"candidate", candidate}, {"breaker", nameOf(now.breaker)}, {"reason", now.reason}});
    if (m_events) {
        m_events->publish(QStringLiteral("provider.health"),
            {{QStringLiteral("candidate"), candidate}, {QStringLiteral("breaker"), nameOf(now.breaker)},
                {QStringLiteral("reason"), now.reason}});
    }
    m_parts.watch->breakerChanged(candidate, now);
}

// What happens is told to the exports as it is to consoles; that one of them fails happens too.
void Gateway::startExports()
{
    m_parts.exports = std::make_unique<exports::Exports>(m_parts.clock, m_parts.random);
    m_parts.exports->setPrometheusTarget(m_parts.adminUrl + QStringLiteral("/metrics"));
    connect(m_events.get(), &admin::EventHub::told, this, [this](const QString& type, const QJsonObject& data) {
        if (m_parts.exports)
            m_parts.exports->tell(type, data);
    });
    connect(m_parts.exports.get(), &exports::Exports::changed, this, [this](const api::ExportStatus& status) {
        m_events->publish(status.state == QLatin1String("failing") ? QStringLiteral("export.failing")
                                                                   : QStringLiteral("export.recovered"),
            api::toJson(status));
    });
    applyExports();
}

void Gateway::applyExports()
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    exports::ExportContext context;
    context.speaker = {snapshot->engineName.name, snapshot->engineName.environment,
        QStringLiteral("%1").arg(m_parts.startedAt.toMSecsSinceEpoch(), 0, 36)};
    context.names = exports::KnownNames::of(*snapshot);
    context.metrics.labels = m_parts.labels;
    for (const auto& metrics : m_parts.metrics)
        context.metrics.workers.push_back(metrics.get());
    context.metrics.startedAtMs = m_parts.startedAt.toMSecsSinceEpoch();
    m_parts.exports->apply(snapshot->exports, context);
}

void Gateway::publishSnapshot(std::function<void()> everywhere)
{
    if (const api::Outcome ready = prepareProviders(*m_parts.config.current()); !ready)
        log(LogLevel::Error, "simulator.unavailable", {{"message", ready.error().message}});
    m_parts.labels = observability::MetricLabels::extended(*m_parts.labels, *m_parts.config.current());
    QStringList known;
    for (const budget::AccountStatus& account : m_parts.live->ledger.status())
        known.append(account.id);
    m_parts.policy = m_parts.live->bind(m_parts.config.current(), simulatorPort());
    m_parts.tried.reset(); // it stood beside another one
    m_parts.watch->setSnapshot(*m_parts.config.current());
    m_parts.levers->reapply();
    // a budget that is new counts what was spent before it came
    QStringList added;
    for (const budget::AccountStatus& account : m_parts.live->ledger.status()) {
        if (!known.contains(account.id))
            added.append(account.id);
    }
    if (!added.isEmpty()) {
        if (const api::Outcome rebuilt = rebuildSpend(added); !rebuilt)
            log(LogLevel::Error, "budget.unknown", {{"message", rebuilt.error().message}});
    }
    applyExports();
    publishPolicy(std::move(everywhere));
}

void Gateway::publishPolicy(std::function<void()> everywhere)
{
    // the last of them tells; nobody waits
    const auto taken = std::make_shared<std::atomic<std::size_t>>(m_parts.workers.size());
    const auto tell = [this, taken, everywhere = std::move(everywhere)] {
        if (everywhere && taken->fetch_sub(1) == 1)
            QMetaObject::invokeMethod(this, everywhere, Qt::QueuedConnection);
    };
    for (const auto& worker : m_parts.workers)
        worker->setPolicy(policy(), tell);
}

api::Outcome Gateway::tryBeside(
    const config::SnapshotPtr& snapshot, rollout::Assignment callers, std::function<void()> everywhere)
{
    LivePolicyPtr policy = m_parts.tried ? m_parts.tried->policy : nullptr;
    if (!policy || policy->snapshot != snapshot) {
        if (const api::Outcome ready = prepareProviders(*snapshot); !ready)
            return ready;
        policy = m_parts.live->bindBeside(snapshot, *m_parts.policy, simulatorPort());
        m_parts.labels = observability::MetricLabels::extended(*m_parts.labels, *snapshot);
        applyExports();
    }
    m_parts.tried = std::make_shared<const TriedPolicy>(TriedPolicy{std::move(policy), std::move(callers)});
    publishPolicy(std::move(everywhere));
    return api::Done{};
}

void Gateway::endTrial(std::function<void()> everywhere)
{
    m_parts.tried.reset();
    publishPolicy(std::move(everywhere));
}

quint16 Gateway::simulatorPort() const
{
    return m_parts.simulator ? m_parts.simulator->port() : quint16(0);
}

WorkerPolicy Gateway::policy() const
{
    return {m_parts.policy, m_parts.levers->inForce(), m_parts.labels, m_parts.tried};
}

// What is done every now and then, on threads that may wait for a disk.
void Gateway::upkeep()
{
    m_parts.watch->tick();
    if (!m_parts.state.ready)
        return;
    m_parts.incidents->save((m_upkeepTurns + 1) % kRareTurns == 0);
    m_governance->upkeep();
    if (m_parts.state.callsInFlight > 0) {
        m_parts.reader->later<api::Done>(
            [calls = m_parts.openCalls.get()](const QString&) -> api::Result<api::Done> {
                calls->flush();
                return api::Done{};
            },
            [](const api::Result<api::Done>&) {});
    }
    if (++m_upkeepTurns % kRareTurns == 0) {
        m_parts.spend.note(m_parts.live->ledger.status(), m_parts.clock.wallMs());
    }
    // now and then; without a pause while more calls come than one step takes
    if (m_upkeepTurns % kRareTurns == 0 || m_foldBehind->load(std::memory_order_relaxed)) {
        m_parts.store->fold(
            kFoldAtOnce, [behind = m_foldBehind](bool more) { behind->store(more, std::memory_order_relaxed); });
    }
}

} // namespace gateway::engine
