#include "engine/gateway.h"

#include "admin/change_journal.h"
#include "admin/local_access.h"
#include "audit/recover_open_calls.h"
#include "base/core_dumps.h"
#include "base/ids.h"
#include "engine/draft_book.h"
#include "engine/listen_address.h"
#include "observability/log.h"
#include "store/engine_identity.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QThread>
#include <QTimer>

namespace gateway::engine {
namespace {

using namespace std::chrono;
using observability::log;
using observability::LogLevel;

constexpr std::size_t kCommittedKept =
    50'000; // calls waiting for the control thread; live views may miss some, the record never
constexpr int kDrainPollMs = 50;
constexpr auto kReaderWaits = milliseconds(3000); // for the record to catch up; then it answers with what is there

// 128 random bits.
QString freshId(RandomSource& random)
{
    std::array<unsigned char, 16> bytes{};
    random.fill(bytes);
    return QStringLiteral("eng_") + QString::fromLatin1(base32Lower(bytes));
}

} // namespace

Parts::Parts() = default;
Parts::~Parts() = default;

Gateway::Gateway(GatewayOptions options, QObject* parent) : QObject(parent), m_view(m_parts, *this)
{
    m_parts.options = std::move(options);
    if (m_parts.options.workers <= 0)
        m_parts.options.workers = std::max(1, QThread::idealThreadCount());
    if (!m_parts.options.loops)
        m_parts.options.loops = std::make_shared<observability::LoopWatch>();
}

Gateway::~Gateway()
{
    m_parts.state.draining = true;
    m_admin.reset();
    m_endpoint.reset();
    m_parts.desks = {};
    m_governance.reset();
    m_principals.reset();
    for (const auto& worker : m_parts.workers)
        worker->cutCalls();
    m_parts.reader.reset();
    m_parts.credentials.reset();
    m_parts.levers.reset();
    m_parts.raises.reset();
    m_parts.auditHealth = {};
    m_changes.reset();
    m_parts.incidents.reset();
    m_parts.drafts.reset();
    m_parts.store.reset();   // writes what waits; its acknowledgements reach the loops before they end
    m_parts.exports.reset(); // sends what waits, for a short while
    m_parts.workers.clear();
    if (!m_parts.adminUrl.isEmpty())
        admin::removeRuntime(m_parts.options.dataDirectory);
}

std::optional<StartFailure> Gateway::start()
{
    raiseFileLimit();
    forbidCoreDumps();
    m_watchedLoop = m_parts.options.loops->watchThisThread(QStringLiteral("control"));
    m_parts.startedAt = QDateTime::fromMSecsSinceEpoch(m_parts.clock.wallMs(), Qt::UTC);
    if (auto failed = startConfig())
        return failed;
    for (const auto step : {&Gateway::startRecord, &Gateway::startCredentials, &Gateway::startDecisions,
             &Gateway::startWorkers, &Gateway::startAdmin}) {
        if (auto error = (this->*step)())
            return StartFailure{std::move(*error), {}};
    }
    startExports();
    startSeries();
    m_parts.state.ready = true;
    log(LogLevel::Info, "engine.ready",
        {{"gateway", m_parts.gatewayUrl}, {"admin", m_parts.adminUrl}, {"revision", revision()},
            {"workers", m_parts.options.workers}, {"recovered", m_recovered}});
    for (const QString& warning : m_parts.config.current()->warnings)
        log(LogLevel::Warning, "config.warning", {{"message", warning}});
    return std::nullopt;
}

std::optional<StartFailure> Gateway::startConfig()
{
    // the data directory first: the config's revision number continues from it
    const QString& directory = m_parts.options.dataDirectory;
    // one that we make is for its owner alone: the record and the keys to it lie there. One that is there stays as it
    // is.
    const bool isNew = !QFileInfo::exists(directory);
    if (!QDir().mkpath(directory) ||
        (isNew && !QFile::setPermissions(directory, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner)))
        return StartFailure{
            {api::Failure::Unavailable, QStringLiteral("the data directory %1 cannot be made").arg(directory), {}}, {}};
    const config::ConfigHolder::Report report =
        m_parts.options.demo ? m_parts.config.loadDemo() : m_parts.config.load(m_parts.options.configFile);
    if (!report.ok)
        return StartFailure{{api::Failure::Invalid, QStringLiteral("the config is not accepted"), {}}, report.problems};
    return std::nullopt;
}

std::optional<api::Error> Gateway::startRecord()
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    store::StoreOptions options;
    options.directory = m_parts.options.dataDirectory;
    options.refuseWhenUnavailable = snapshot->audit.whenUnavailable == config::WhenUnavailable::Refuse;
    options.clock = &m_parts.clock;
    auto store = store::Store::open(options);
    if (!store)
        return part("record", store.error());
    m_parts.store = std::move(*store);
    const QString fresh = freshId(m_parts.random);
    m_parts.store->submitAndWait([this, &fresh](QSqlDatabase& database) {
        m_parts.engineId = store::engineIdOr(database, fresh);
        return !m_parts.engineId.isEmpty();
    });
    if (m_parts.engineId.isEmpty())
        return part("record",
            api::failure(api::Failure::Unavailable, QStringLiteral("the database cannot keep the engine's id")));

    auto reader = RecordReader::open(
        m_parts.store->databaseFile(), this, [store = m_parts.store.get()] { store->waitUntilFiled(kReaderWaits); });
    if (!reader)
        return part("record", reader.error());
    m_parts.reader = std::move(*reader);

    auto openCalls = audit::OpenCalls::map(m_parts.options.dataDirectory, m_parts.options.workers,
        http::ConnectionLimits().connectionsPerWorker); // one call a connection at most
    if (!openCalls)
        return part("open calls", openCalls.error());
    m_parts.openCalls = std::move(*openCalls);
    auto connection = store::CallReader::open(m_parts.store->databaseFile());
    if (!connection)
        return part("record", connection.error());
    const api::Result<int> recovered =
        audit::recoverOpenCalls(*m_parts.store, **connection, *m_parts.openCalls, m_parts.clock.wallMs());
    if (!recovered)
        return part("open calls", recovered.error());
    m_recovered = *recovered;
    return startRevisions();
}

std::optional<api::Error> Gateway::startCredentials()
{
    auto issuer = credential::CredentialIssuer::open(
        *m_parts.store, m_parts.options.dataDirectory, m_parts.clock, m_parts.random);
    if (!issuer)
        return part("credentials", issuer.error());
    m_parts.credentials = std::move(*issuer);
    m_parts.credentials->setPublished([this](credential::CredentialBookPtr book) {
        for (const auto& worker : m_parts.workers)
            worker->setCredentials(book);
    });
    if (m_parts.options.demo) {
        api::CredentialRequest request;
        request.tenant = m_parts.config.current()->tenants.front()->name;
        request.aliases = QStringList{QStringLiteral("*")};
        request.expiresAt = m_parts.startedAt.addDays(1);
        request.note = QStringLiteral("demo");
        api::Result<api::IssuedCredential> issued = m_parts.credentials->issueAndWait(request);
        if (!issued)
            return part("credentials", issued.error());
        m_demoKey = issued->key;
    }
    return std::nullopt;
}

// What a snapshot's providers need of us before calls go to them: their keys kept out of the log, and the simulated
// provider running if one of them is it.
api::Outcome Gateway::prepareProviders(const config::PolicySnapshot& snapshot)
{
    for (const auto& provider : snapshot.providers) {
        observability::keepOutOfLog(provider->key);
        if (provider->origin.port != 0 || m_parts.simulator)
            continue;
        auto simulator = std::make_unique<simulator::SimulatorServer>(simulator::Profile());
        if (const api::Outcome listening = simulator->listen(QStringLiteral("127.0.0.1"), 0); !listening)
            return listening.error();
        m_parts.simulator = std::move(simulator);
    }
    return api::Done{};
}

std::optional<api::Error> Gateway::startWorkers()
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    auto options = listenOptions(snapshot->gateway, m_parts.options.gatewayAddress, false);
    if (!options)
        return part("gateway", options.error());
    options->sharePort = m_parts.options.workers > 1;

    m_parts.labels = observability::MetricLabels::extended(observability::MetricLabels(), *snapshot);
    for (int i = 0; i < m_parts.options.workers; ++i) {
        m_parts.metrics.push_back(std::make_unique<observability::WorkerMetrics>(m_parts.labels));
        auto worker = std::make_unique<Worker>(
            i, WorkerServices{m_parts.clock, m_parts.random, *m_parts.store, m_parts.openCalls->region(i),
                   *m_parts.metrics.back(), m_parts.state, *m_parts.live, *m_parts.options.loops});
        const api::Result<quint16> port = worker->start(*options, policy(), m_parts.credentials->book());
        m_parts.workers.push_back(std::move(worker));
        if (!port)
            return part("gateway", port.error());
        options->port = *port; // port 0: the first worker chose, the others join it
    }
    m_parts.gatewayUrl = listenUrl(*options);
    return std::nullopt;
}

// The audit log of the admin API. What the run before left open gets its end here, before anybody can ask.
std::optional<api::Error> Gateway::startAudit()
{
    auto journal = admin::ChangeJournal::open(
        *m_parts.store, *this, m_parts.clock,
        [this](const api::AuditQuery& query, admin::Done<api::AuditPage> done) {
            m_parts.reader->later<api::AuditPage>(
                [query](const QString& file) { return store::readAudit(file, query); }, std::move(done));
        },
        [this](const QString& event, const QJsonObject& data) { m_events->publish(event, data); });
    if (!journal)
        return part("audit", journal.error());
    if ((*journal)->interrupted() > 0)
        log(LogLevel::Warning, "audit.interrupted", {{"count", (*journal)->interrupted()}});
    m_parts.auditHealth = [journal = journal->get()] { return journal->health(); };
    m_changes = std::move(*journal);
    return std::nullopt;
}

std::optional<api::Error> Gateway::startAdmin()
{
    m_events = std::make_unique<admin::EventHub>(m_parts.clock.wallMs() * 1000);
    if (auto error = startAudit())
        return error;
    if (auto error = startPrincipals())
        return error;
    m_governance = std::make_unique<Governance>(m_parts, *this);
    if (auto error = m_governance->start(*m_events))
        return error;
    m_parts.desks = m_governance->desks();
    m_router = std::make_unique<admin::Router>(m_view, *m_events, *m_changes, m_principals.get());
    m_endpoint = std::make_unique<admin::InProcessEndpoint>(
        *m_router, admin::Principal{QStringLiteral("console"), api::Role::Admin});

    const config::SnapshotPtr snapshot = m_parts.config.current();
    const auto listen = adminAddress();
    if (!listen)
        return part("admin", listen.error());
    auto token = admin::adminToken(m_parts.options.dataDirectory, m_parts.random);
    if (!token)
        return part("admin", token.error());
    observability::keepOutOfLog(*token);
    admin::AdminListenerOptions options;
    options.host = listen->host;
    options.port = listen->port;
    options.tls = listen->tls;
    options.token = *token;
    options.principals = m_principals.get();
    options.hostNames = snapshot->admin.hosts;
    options.origins = snapshot->admin.origins;
    m_admin = std::make_unique<admin::AdminListener>(std::move(options), *m_router, m_wheel, m_parts.clock);
    if (const api::Outcome started = m_admin->start(); !started) {
        m_admin.reset();
        return part("admin", started.error());
    }
    m_parts.adminUrl = m_admin->url();
    rememberCertificate(listen->tls);
    if (const api::Outcome written = writeRuntime(); !written)
        return part("admin", written.error());
    return std::nullopt;
}

void Gateway::startSeries()
{
    m_parts.store->setObserver(
        [this](const std::vector<std::shared_ptr<const api::Call>>& calls) { callsCommitted(calls); });
    m_parts.reader->recent(
        m_parts.startedAt.addDays(-1), [this](const RecordReader::Batch& calls) { m_parts.series.add(calls); });
}

// On the filing thread. One queued call for all that comes until it is served.
void Gateway::callsCommitted(const std::vector<std::shared_ptr<const api::Call>>& calls)
{
    m_parts.exports->offer(calls);
    bool wake = false;
    {
        const std::lock_guard lock(m_committedMutex);
        wake = m_committed.empty();
        if (m_committed.size() < kCommittedKept)
            m_committed.insert(m_committed.end(), calls.begin(), calls.end());
        else
            m_committedLost += qint64(calls.size());
    }
    if (wake)
        QMetaObject::invokeMethod(this, &Gateway::takeCommitted, Qt::QueuedConnection);
}

void Gateway::takeCommitted()
{
    std::vector<std::shared_ptr<const api::Call>> calls;
    qint64 lost = 0;
    {
        const std::lock_guard lock(m_committedMutex);
        calls.swap(m_committed);
        lost = std::exchange(m_committedLost, 0);
    }
    m_parts.series.add(calls);
    m_parts.watch->add(calls);
    m_events->publishCalls(calls);
    m_governance->callsFiled(calls);
    if (lost > 0)
        log(LogLevel::Warning, "series.behind", {{"calls", lost}});
}

void Gateway::drain(milliseconds allowed)
{
    if (m_drainTimer) {
        m_drainUntil = m_parts.clock.monotonic(); // asked a second time: at once
        return;
    }
    m_parts.state.draining = true;
    log(LogLevel::Info, "engine.draining", {{"calls", m_parts.state.callsInFlight.load()}});
    for (const auto& worker : m_parts.workers)
        worker->closeIdleConnections();
    m_drainUntil = m_parts.clock.monotonic() + allowed;
    m_drainTimer = new QTimer(this);
    m_drainTimer->setInterval(kDrainPollMs);
    connect(m_drainTimer, &QTimer::timeout, this, &Gateway::checkDrained);
    m_drainTimer->start();
}

void Gateway::checkDrained()
{
    const int open = m_parts.state.callsInFlight.load();
    if (open > 0 && m_parts.clock.monotonic() < m_drainUntil)
        return;
    m_drainTimer->stop();
    log(LogLevel::Info, "engine.drained", {{"calls", open}});
    Q_EMIT drained();
}

} // namespace gateway::engine
