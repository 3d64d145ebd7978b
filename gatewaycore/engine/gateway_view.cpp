#include "engine/gateway_view.h"

#include "config/compiler.h"
#include "observability/log.h"
#include "observability/object_count.h"
#include "observability/prometheus.h"

#include <QCoreApplication>

namespace gateway::engine {
namespace {

api::ConfigProblem asValue(const config::Problem& problem)
{
    return {problem.file, problem.line, problem.column, problem.field, problem.message, problem.suggestion};
}

QVector<api::ConfigProblem> asValues(const config::Problems& problems)
{
    QVector<api::ConfigProblem> values;
    values.reserve(problems.size());
    for (const config::Problem& problem : problems)
        values.append(asValue(problem));
    return values;
}

std::vector<const observability::WorkerMetrics*> pointers(
    const std::vector<std::unique_ptr<observability::WorkerMetrics>>& metrics)
{
    std::vector<const observability::WorkerMetrics*> list;
    for (const auto& one : metrics)
        list.push_back(one.get());
    return list;
}

} // namespace

bool GatewayView::isReady() const
{
    return m_parts.state.ready && !m_parts.state.draining && m_parts.store->accepting();
}

api::EngineStatus GatewayView::status() const
{
    api::EngineStatus status;
    status.version = QStringLiteral(SIGNALBOX_VERSION);
    status.pid = QCoreApplication::applicationPid();
    status.startedAt = m_parts.startedAt;
    status.asOf = QDateTime::fromMSecsSinceEpoch(m_parts.clock.wallMs(), Qt::UTC);
    status.revision = snapshot()->revision;
    status.gatewayUrl = m_parts.gatewayUrl;
    status.adminUrl = m_parts.adminUrl;
    status.certificate = m_parts.adminCertificate;
    if (snapshot()->admin.tls)
        status.nextPin = snapshot()->admin.tls->nextPin;
    status.dataDirectory = m_parts.options.dataDirectory;
    status.configFile = snapshot()->sourceFile;
    status.ready = isReady();
    status.draining = m_parts.state.draining;
    status.demo = m_parts.options.demo;
    status.workers = int(m_parts.workers.size());
    status.callsInFlight = m_parts.state.callsInFlight;
    for (const auto& metrics : m_parts.metrics) {
        status.callsTotal += metrics->finished();
        status.callsFailed += metrics->notAnswered();
    }
    status.storeQueue = m_parts.store->queueLength();
    const ProcessUsage usage = m_parts.usage.read();
    status.residentBytes = usage.residentBytes;
    status.cpuPercent = usage.cpuPercent;
    status.openFiles = usage.openFiles;
    status.parts = {m_parts.config.health(), m_parts.store->health()};
    if (m_parts.auditHealth)
        status.parts.append(m_parts.auditHealth());
    status.parts.append(m_parts.options.loops->health());
    status.engineId = m_parts.engineId;
    status.name = snapshot()->engineName.name;
    status.environment = snapshot()->engineName.environment;
    // an export that fails harms no call; that nobody outside hears of them is somebody's affair all the same
    for (const api::ExportStatus& one : exports()) {
        if (one.state == QLatin1String("failing") || one.state == QLatin1String("off"))
            status.parts.append({QStringLiteral("export ") + one.name, api::Health::Degraded, one.sentence});
    }
    return status;
}

QVector<api::ConfigProblem> GatewayView::configProblems() const
{
    return asValues(m_parts.config.problems());
}

api::ConfigCheck GatewayView::checkConfig(const QByteArray& yaml) const
{
    config::Problems problems;
    api::ConfigCheck check;
    if (const auto file = config::parseConfig(QStringLiteral("text"), yaml, problems)) {
        if (const auto snapshot = config::compile(*file, config::KeySource(), problems))
            check.warnings = snapshot->warnings;
    }
    check.problems = asValues(problems);
    check.ok = problems.isEmpty();
    return check;
}

int GatewayView::providerConnections(const QString& provider) const
{
    int open = 0;
    for (const auto& worker : m_parts.workers)
        open += worker->upstreamConnections(provider);
    return open;
}

QByteArray GatewayView::prometheusText() const
{
    if (m_parts.exports)
        m_parts.exports->scraped();
    return metricsPage();
}

QByteArray GatewayView::metricsPage() const
{
    const api::EngineStatus now = status();
    observability::EngineGauges gauges;
    gauges.ready = now.ready;
    gauges.revision = now.revision;
    gauges.workers = now.workers;
    gauges.storeQueue = now.storeQueue;
    gauges.residentBytes = now.residentBytes;
    gauges.openFiles = now.openFiles;
    gauges.startedAtMs = now.startedAt.toMSecsSinceEpoch();
    gauges.callsInFlight = now.callsInFlight;
    for (const auto& provider : snapshot()->providers)
        gauges.upstreamConnections += providerConnections(provider->name);
    gauges.threads = threadsOfProcess();
    gauges.objects = observability::liveObjects();
    gauges.loops = m_parts.options.loops->facts();
    return observability::metricsText(*m_parts.labels, pointers(m_parts.metrics), gauges);
}

void GatewayView::calls(const api::CallQuery& query, const QStringList& tenants, admin::Done<api::CallPage> done)
{
    m_parts.reader->list(query, tenants, std::move(done));
}

void GatewayView::call(const QString& id, admin::Done<api::Call> done)
{
    m_parts.reader->find(id, std::move(done));
}

void GatewayView::credentials(admin::Done<QVector<api::CredentialInfo>> done)
{
    done(m_parts.credentials->list());
}

void GatewayView::issueCredential(
    const api::CredentialRequest& request, const admin::Change& change, admin::Done<api::IssuedCredential> done)
{
    const config::SnapshotPtr now = snapshot();
    if (!now->tenants.empty() && !now->tenantByName.contains(request.tenant)) {
        done(api::failure(api::Failure::Invalid,
            QStringLiteral("There is no tenant \"%1\" in the config.").arg(request.tenant),
            QStringLiteral("Add it under tenants: first; a credential belongs to one tenant.")));
        return;
    }
    m_parts.credentials->issue(request, change.alongside,
        [context = &m_context, done = std::move(done), change](api::Result<api::IssuedCredential> issued) {
            QMetaObject::invokeMethod(
                context,
                [done, change, issued = std::move(issued)] {
                    if (issued) {
                        observability::log(observability::LogLevel::Info, "credential.issued",
                            {{"credential", issued->id}, {"principal", change.by.name}, {"reason", change.reason}});
                    }
                    done(issued);
                },
                Qt::QueuedConnection);
        });
}

void GatewayView::revokeCredential(
    const QString& id, const admin::Change& change, admin::Done<api::CredentialInfo> done)
{
    m_parts.credentials->revoke(
        id, change.alongside, [this, context = &m_context, id, done = std::move(done), change](api::Outcome revoked) {
            QMetaObject::invokeMethod(
                context,
                [this, id, done, change, revoked = std::move(revoked)] {
                    if (!revoked && revoked.error().failure != api::Failure::Conflict) {
                        done(revoked.error());
                        return;
                    }
                    observability::log(observability::LogLevel::Info, "credential.revoked",
                        {{"credential", id}, {"principal", change.by.name}, {"reason", change.reason}});
                    for (const api::CredentialInfo& info : m_parts.credentials->list()) {
                        if (info.id == id) {
                            done(info);
                            return;
                        }
                    }
                    done(api::failure(api::Failure::NotFound, QStringLiteral("There is no credential %1.").arg(id)));
                },
                Qt::QueuedConnection);
        });
}

} // namespace gateway::engine
