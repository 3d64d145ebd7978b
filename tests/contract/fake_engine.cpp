#include "fake_engine.h"

#include <QSemaphore>

namespace gateway::test {

using api::Failure;

namespace {

config::SnapshotPtr makeSnapshot()
{
    auto snapshot = std::make_shared<config::PolicySnapshot>();
    snapshot->revision = 7;
    snapshot->contentHash = "00ff";
    snapshot->sourceFile = QStringLiteral("/etc/signalbox.yaml");
    snapshot->warnings = {QStringLiteral("The limit of openai-eu does nothing yet.")};
    const auto addProvider = [&](const QString& name, config::ProviderKind kind) {
        auto provider = std::make_unique<config::Provider>();
        provider->name = name;
        provider->kind = kind;
        provider->baseUrl = QStringLiteral("https://%1.example/v1").arg(name);
        provider->keyReference = QStringLiteral("env:KEY");
        provider->key = Secret("sk-this-never-shows");
        provider->region = QStringLiteral("eu-west-1");
        provider->retention = QStringLiteral("zero");
        snapshot->providers.push_back(std::move(provider));
    };
    addProvider(QStringLiteral("openai-eu"), config::ProviderKind::OpenAi);
    addProvider(QStringLiteral("anthropic"), config::ProviderKind::Anthropic);
    auto alias = std::make_unique<config::Alias>();
    alias->name = QStringLiteral("fast");
    alias->owner = QStringLiteral("platform");
    config::Candidate candidate;
    candidate.provider = snapshot->providers[0].get();
    candidate.model = QStringLiteral("gpt-1");
    candidate.label = QStringLiteral("openai-eu/gpt-1@eu-west-1");
    candidate.weight = 80;
    alias->candidates.push_back(candidate);
    config::FallbackStep smaller{config::FallbackKind::SmallerModel, candidate};
    smaller.candidate.model = QStringLiteral("gpt-1-nano");
    smaller.candidate.label = QStringLiteral("openai-eu/gpt-1-nano@eu-west-1");
    alias->fallback.push_back(smaller);
    alias->fallback.push_back({config::FallbackKind::Refuse, {}});
    alias->costCeiling = api::Money::fromDecimal(u"0.05");
    alias->latencyBudget[0] = std::chrono::milliseconds(2000);
    snapshot->aliasByName.insert(alias->name, alias.get());
    snapshot->aliases.push_back(std::move(alias));
    auto zone = std::make_unique<config::Zone>();
    zone->name = QStringLiteral("eu-only");
    zone->regions = QStringList{QStringLiteral("eu-west-1")};
    zone->retention = QStringLiteral("zero");
    auto tenant = std::make_unique<config::Tenant>();
    tenant->name = QStringLiteral("acme");
    tenant->zone = zone.get();
    tenant->requestsPerMinute = 600;
    snapshot->tenantByName.insert(tenant->name, tenant.get());
    snapshot->zones.push_back(std::move(zone));
    snapshot->tenants.push_back(std::move(tenant));
    return snapshot;
}

api::Call makeCall(int number, const QString& tenant, api::CallOutcome outcome)
{
    api::Call call;
    call.id = QStringLiteral("req_%1").arg(number);
    call.startedAt = QDateTime::fromMSecsSinceEpoch(kNowMs - number * 20'000, Qt::UTC);
    call.tenant = tenant;
    call.alias = QStringLiteral("fast");
    call.surface = QStringLiteral("openai.chat");
    call.outcome = outcome;
    call.error = outcome == api::CallOutcome::Answered ? api::ErrorCode::None : api::ErrorCode::ProviderOverloaded;
    call.endUs = 1'234'567;
    call.cost = api::Money::fromDecimal(u"0.00167");
    api::Attempt attempt;
    attempt.provider = QStringLiteral("openai-eu");
    attempt.result = outcome == api::CallOutcome::Answered ? api::AttemptResult::Answered : api::AttemptResult::Failed;
    attempt.error = call.error;
    attempt.httpStatus = outcome == api::CallOutcome::Answered ? 200 : 503;
    attempt.startUs = 1000;
    attempt.firstByteUs = 500'000;
    attempt.endUs = 1'200'000;
    call.attempts.append(attempt);
    return call;
}

} // namespace

std::vector<config::RoleGrant> fakeGrants()
{
    return {config::RoleGrant{QStringLiteral("night-shift"), api::Role::Operator, {}, {}}};
}

FakeEngine::FakeEngine() : m_snapshot(makeSnapshot())
{
    m_calls = {makeCall(1, QStringLiteral("acme"), api::CallOutcome::Answered),
        makeCall(2, QStringLiteral("acme"), api::CallOutcome::Failed),
        makeCall(3, QStringLiteral("other"), api::CallOutcome::Answered)};
    for (const api::Call& call : m_calls)
        m_series.add(call);
    api::CredentialInfo credential;
    credential.id = QStringLiteral("c1");
    credential.tenant = QStringLiteral("acme");
    credential.aliases = QStringList{QStringLiteral("*")};
    credential.issuedAt = QDateTime::fromMSecsSinceEpoch(kNowMs, Qt::UTC);
    m_credentials = {credential};
    fillControl();
}

admin::Desks FakeEngine::desks()
{
    admin::Desks desks;
    desks.content = &m_content;
    desks.privacy = &privacy;
    desks.rollout = &m_rollout;
    desks.replay = &m_replay;
    desks.chain = &m_chain;
    return desks;
}

api::EngineStatus FakeEngine::status() const
{
    api::EngineStatus status;
    status.version = QStringLiteral("0.1.0");
    status.pid = 4711;
    status.adminUrl = QStringLiteral("https://gw.example:4181");
    status.startedAt = QDateTime::fromMSecsSinceEpoch(kNowMs - 1000, Qt::UTC);
    status.asOf = QDateTime::fromMSecsSinceEpoch(kNowMs, Qt::UTC);
    status.revision = 7;
    status.ready = ready;
    status.callsTotal = 3;
    status.parts = {api::Part{QStringLiteral("store"), api::Health::Ok, QStringLiteral("Writes.")}};
    return status;
}

api::ConfigCheck FakeEngine::checkConfig(const QByteArray& yaml) const
{
    if (yaml.startsWith("signalbox: 1"))
        return {true, {}, {}};
    return {false,
        {api::ConfigProblem{
            QStringLiteral("text"), 1, 1, QStringLiteral("signalbox"), QStringLiteral("The version is missing."), {}}},
        {}};
}

int FakeEngine::providerConnections(const QString& provider) const
{
    return provider == QLatin1String("openai-eu") ? 3 : 0;
}

void FakeEngine::calls(const api::CallQuery& query, const QStringList& tenants, admin::Done<api::CallPage> done)
{
    if (failCallsAfter >= 0 && --failCallsAfter < 0)
        return later<api::CallPage>(
            std::move(done), api::failure(Failure::Unavailable, QStringLiteral("The record cannot be read just now.")));
    api::CallPage page;
    bool begun = query.before.isEmpty();
    for (const api::Call& call : m_calls) {
        const bool matches = (query.tenant.isEmpty() || call.tenant == query.tenant) &&
                             (tenants.isEmpty() || tenants.contains(call.tenant)) &&
                             (!query.outcome || call.outcome == *query.outcome);
        if (!matches)
            continue;
        ++page.total;
        if (begun && page.calls.size() < query.limit)
            page.calls.append(call);
        else if (begun && page.next.isEmpty())
            page.next = page.calls.last().id;
        begun = begun || call.id == query.before;
    }
    later<api::CallPage>(std::move(done), page);
}

void FakeEngine::addCalls(int number)
{
    for (int i = 0; i < number; ++i)
        m_calls.append(makeCall(1000 + i, QStringLiteral("acme"), api::CallOutcome::Answered));
    for (int i = number; i < 0 && !m_calls.isEmpty(); ++i)
        m_calls.removeLast();
}

void FakeEngine::call(const QString& id, admin::Done<api::Call> done)
{
    for (const api::Call& call : m_calls) {
        if (call.id == id)
            return later<api::Call>(std::move(done), call);
    }
    later<api::Call>(std::move(done), api::failure(Failure::NotFound, QStringLiteral("There is no call %1.").arg(id)));
}

void FakeEngine::credentials(admin::Done<QVector<api::CredentialInfo>> done)
{
    later<QVector<api::CredentialInfo>>(std::move(done), m_credentials);
}

void FakeEngine::issueCredential(
    const api::CredentialRequest& request, const admin::Change& change, admin::Done<api::IssuedCredential> done)
{
    lastReason = change.reason;
    api::CredentialInfo info;
    info.id = QStringLiteral("c%1").arg(m_credentials.size() + 1);
    info.tenant = request.tenant;
    info.aliases = request.aliases;
    info.issuedAt = QDateTime::fromMSecsSinceEpoch(kNowMs, Qt::UTC);
    m_credentials.append(info);
    later<api::IssuedCredential>(
        std::move(done), api::IssuedCredential{info.id, QStringLiteral("sbx_%1_secret").arg(info.id)});
}

void FakeEngine::revokeCredential(const QString& id, const admin::Change& change, admin::Done<api::CredentialInfo> done)
{
    lastReason = change.reason;
    for (api::CredentialInfo& info : m_credentials) {
        if (info.id == id) {
            info.revokedAt = QDateTime::fromMSecsSinceEpoch(kNowMs, Qt::UTC);
            return later<api::CredentialInfo>(std::move(done), info);
        }
    }
    later<api::CredentialInfo>(
        std::move(done), api::failure(Failure::NotFound, QStringLiteral("There is no credential %1.").arg(id)));
}

ControlRoom::Parts::Parts(config::Role role) : endpoint(router, admin::Principal{QStringLiteral("console"), role})
{
    principals.setGrants(fakeGrants());
    admin::AdminListenerOptions options;
    options.token = Secret(kToken);
    options.principals = &principals;
    options.heartbeat = std::chrono::milliseconds(100);
    options.hostNames = QStringList{QStringLiteral("gw.example")};
    options.origins = QStringList{QStringLiteral("https://console.example")};
    listener = std::make_unique<admin::AdminListener>(options, router, wheel, systemClock);
    if (const api::Outcome started = listener->start(); !started)
        qFatal("%s", qPrintable(started.error().message));
}

ControlRoom::ControlRoom(config::Role role)
{
    m_thread.start();
    m_context = new QObject;
    m_context->moveToThread(&m_thread);
    run([this, role] {
        m_parts = std::make_unique<Parts>(role);
        m_link = m_parts->endpoint.link();
        m_port = m_parts->listener->port();
    });
}

ControlRoom::~ControlRoom()
{
    stopEngine();
    m_context->deleteLater();
    m_thread.quit();
    m_thread.wait();
}

void ControlRoom::run(const std::function<void()>& work)
{
    QSemaphore done;
    QMetaObject::invokeMethod(
        m_context,
        [&] {
            work();
            done.release();
        },
        Qt::QueuedConnection);
    done.acquire();
}

quint16 ControlRoom::listenTls(const QSslConfiguration& tls, const QString& host)
{
    quint16 port = 0;
    run([&] {
        admin::AdminListenerOptions options;
        options.token = Secret(kToken);
        options.heartbeat = std::chrono::milliseconds(100);
        options.tls = tls;
        options.host = host;
        m_parts->tlsListener =
            std::make_unique<admin::AdminListener>(options, m_parts->router, m_parts->wheel, m_parts->systemClock);
        if (const api::Outcome started = m_parts->tlsListener->start(); !started)
            qFatal("%s", qPrintable(started.error().message));
        port = m_parts->tlsListener->port();
    });
    return port;
}

void ControlRoom::stopEngine()
{
    run([this] { m_parts.reset(); });
}

} // namespace gateway::test
