#include "pages/server/server_page.h"

#include "models/format.h"
#include "pages/server/exports_panel.h"
#include "pages/server/last_call_panel.h"
#include "pages/server/listening_panel.h"
#include "pages/server/ready_panel.h"
#include "pages/server/test_verdict.h"
#include "theme/theme.h"
#include "widgets/summary_strip.h"

#include <QHBoxLayout>
#include <QUrl>
#include <QVBoxLayout>

namespace ui {
namespace {

using gateway::api::Call;
using gateway::api::CallPage;
using gateway::api::CallQuery;
using gateway::api::Result;

constexpr int kProbeEveryMs = 5000;
constexpr int kKeyHours = 24;
constexpr int kLogKept = 50;

QString hourMinuteSecond(const QDateTime& time)
{
    return time.toUTC().toString(QStringLiteral("HH:mm:ss"));
}

QString address(const QString& url)
{
    const QUrl parsed(url);
    return QStringLiteral("%1:%2").arg(parsed.host()).arg(parsed.port(80));
}

} // namespace

ServerPage::ServerPage(Session& session, std::shared_ptr<GatewayProbe> probe, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_probe(std::move(probe)),
      m_steps(new StepsStrip(this)),
      m_ready(new ReadyPanel(this)),
      m_snippets(new SnippetPanel(this)),
      m_engine(new EnginePanel(this)),
      m_listening(new ListeningPanel(this)),
      m_call(new LastCallPanel(this)),
      m_exports(new ExportsPanel(this))
{
    auto* left = new QVBoxLayout;
    left->setSpacing(Metrics::gap);
    left->addWidget(m_ready);
    // The snippet is shown in full as soon as the window allows, the rest goes to the engine.
    left->addWidget(m_snippets, 1000);
    left->addWidget(m_engine, 1);
    m_ready->setMinimumHeight(metrics().px(185));
    m_snippets->setMinimumHeight(metrics().px(128));
    m_snippets->setMaximumHeight(metrics().px(263));
    m_engine->setMinimumHeight(metrics().px(200));
    auto* right = new QVBoxLayout;
    right->setSpacing(Metrics::gap);
    right->addWidget(m_listening);
    right->addWidget(m_call, 1);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(Metrics::gap);
    columns->addLayout(left, 528);
    columns->addLayout(right, 704);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(Metrics::gap);
    page->addWidget(m_steps);
    page->addLayout(columns, 1);
    page->addWidget(m_exports);

    m_probeTimer.setInterval(kProbeEveryMs);
    connect(&m_probeTimer, &QTimer::timeout, this, &ServerPage::probeNow);
    connect(&session, &Session::statusChanged, this, &ServerPage::takeStatus);
    connect(&session, &Session::freshnessChanged, this, [this] {
        if (!m_session.status() && !m_session.problem().isEmpty()) {
            m_engine->showError(m_session.problem());
            m_call->showError(m_session.problem());
        }
        refreshSteps();
    });
    connect(&session, &Session::providersChanged, this, [this] {
        m_call->setProviders(*m_session.providers());
        refreshNote();
    });
    connect(&session, &Session::callFinished, this, [this] {
        if (m_active)
            askCalls();
    });
    connect(m_exports, &ExportsPanel::testWanted, this, &ServerPage::testExport);
    connect(m_ready, &ReadyPanel::aliasChosen, this, &ServerPage::refreshValues);
    connect(m_ready, &ReadyPanel::keyWanted, this, &ServerPage::askKey);
    connect(m_listening, &ListeningPanel::testWanted, this, &ServerPage::sendTest);
    connect(m_call, &LastCallPanel::testWanted, this, &ServerPage::sendTest);
    connect(m_call, &LastCallPanel::openWanted, this,
        [this](const QString& id) { Q_EMIT openRequested(QStringLiteral("traffic"), QStringLiteral("call=") + id); });
    m_ready->setNoKey(mayIssueByItself() ? QStringLiteral("issued as soon as the engine answers")
                                         : QStringLiteral("no key issued here yet"),
        !mayIssueByItself() && m_session.mayAct(Action::IssueCredential));
    refreshSteps();
}

QString ServerPage::caption() const
{
    return m_session.options().embedded ? QStringLiteral("your gateway, on this computer")
                                        : QStringLiteral("the gateway behind %1").arg(m_session.options().name);
}

// On this computer a key for oneself is what one came for; elsewhere a credential is somebody's decision.
bool ServerPage::mayIssueByItself() const
{
    return m_session.options().embedded && m_session.options().environment == Environment::Local &&
           m_session.mayAct(Action::IssueCredential);
}

void ServerPage::activated()
{
    m_active = true;
    m_probeTimer.start();
    if (m_session.status())
        takeStatus();
}

void ServerPage::deactivated()
{
    m_active = false;
    m_probeTimer.stop();
}

void ServerPage::takeStatus()
{
    if (!m_active)
        return;
    const gateway::api::EngineStatus& status = *m_session.status();
    m_engine->setStatus(status, m_session.history(), m_session.options().embedded);
    m_call->setGatewayUrl(status.gatewayUrl);
    if (status.pid != m_pid) {
        m_pid = status.pid;
        m_callsSeen = -1;
        m_first.reset();
        m_log.clear();
        addLog(status.startedAt, QStringLiteral("ready"),
            QStringLiteral("gateway %1, admin %2").arg(address(status.gatewayUrl), address(status.adminUrl)));
        m_ready->setBaseUrl(status.gatewayUrl + QStringLiteral("/v1"), isLoopback(status.gatewayUrl));
        askAliases();
        askCalls();
        probeNow();
        if (mayIssueByItself() && m_key.isEmpty())
            askKey();
    } else if (m_callsSeen >= 0 && status.callsTotal > m_callsSeen) {
        askCalls(); // also without an event stream the page notices
    }
    askExports();
    refreshValues();
    refreshSteps();
}

// With every reading of the status. An engine that does not know the question has no exports to show.
void ServerPage::askExports()
{
    if (std::exchange(m_askingExports, true))
        return;
    ++m_pending;
    m_exports->setMayTest(m_session.mayAct(Action::TestExport));
    m_session.client().exports().then(this, [this](const Result<QVector<gateway::api::ExportStatus>>& answer) {
        --m_pending;
        m_askingExports = false;
        if (answer)
            m_exports->setExports(*answer, m_session.now());
    });
}

void ServerPage::testExport(const QString& name)
{
    ++m_pending;
    m_exports->showTesting(name);
    m_session.client()
        .testExport(name, QStringLiteral("tested in the console"))
        .then(this, [this, name](const Result<gateway::api::ExportTest>& answer) {
            --m_pending;
            if (answer)
                m_exports->showTest(*answer);
            else
                m_exports->showTestError(name, answer.error().message);
            askExports();
        });
}

void ServerPage::askAliases()
{
    ++m_pending;
    m_session.client().aliases().then(this, [this](const Result<QVector<gateway::api::AliasStatus>>& answer) {
        --m_pending;
        if (answer) {
            m_aliases = *answer;
            m_ready->setAliases(m_aliases);
        }
        refreshValues();
        refreshNote();
    });
}

void ServerPage::askCalls()
{
    if (m_askingCalls) {
        m_callsChanged = true; // one question at a time; asked again with its answer
        return;
    }
    m_askingCalls = true;
    ++m_pending;
    CallQuery query;
    query.since = m_session.status()->startedAt;
    // The first call is the last of the list as long as one page holds them all.
    query.limit = m_first ? 1 : 1000;
    m_session.client().calls(query).then(this, [this](const Result<CallPage>& answer) {
        --m_pending;
        m_askingCalls = false;
        if (answer) {
            m_callsSeen = answer->total;
            if (answer->calls.isEmpty()) {
                m_call->showNone(true);
            } else {
                if (!m_first && answer->next.isEmpty())
                    m_first = answer->calls.last();
                const Call& newest = answer->calls.first();
                const bool isNew = !m_call->call() || m_call->call()->id != newest.id;
                m_call->setCall(newest, answer->total == 1);
                if (isNew) {
                    addLog(newest.startedAt.addMSecs(qMax<qint64>(0, newest.endUs) / 1000), QStringLiteral("call"),
                        QStringLiteral("%1 %2 %3 %4")
                            .arg(newest.httpStatus)
                            .arg(newest.alias, newest.servedBy.section(QLatin1Char('/'), 0, 0),
                                models::durationFromUs(newest.endUs))
                            .simplified());
                }
            }
            refreshSteps();
            refreshValues();
        }
        if (std::exchange(m_callsChanged, false))
            askCalls();
    });
}

void ServerPage::askKey()
{
    if (std::exchange(m_keyAsked, true))
        return;
    ++m_pending;
    // The tenant of the newest credential is the one this installation is used with.
    m_session.client().credentials().then(this, [this](const Result<QVector<gateway::api::CredentialInfo>>& answer) {
        --m_pending;
        QString tenant = QStringLiteral("demo");
        QDateTime newest;
        if (answer) {
            for (const auto& credential : *answer) {
                if (!credential.revokedAt && (!newest.isValid() || credential.issuedAt > newest)) {
                    newest = credential.issuedAt;
                    tenant = credential.tenant;
                }
            }
        }
        issueKey(tenant);
    });
}

void ServerPage::issueKey(const QString& tenant)
{
    gateway::api::CredentialRequest request;
    request.tenant = tenant;
    request.aliases = {QStringLiteral("*")};
    request.expiresAt = m_session.now().addSecs(kKeyHours * 3600);
    request.note = QStringLiteral("issued by the console's Server page");
    m_keyEnds = *request.expiresAt;
    ++m_pending;
    m_session.client()
        .issueCredential(request, QStringLiteral("first use of the Server page"))
        .then(this, [this, tenant](const Result<gateway::api::IssuedCredential>& answer) {
            --m_pending;
            m_keyAsked = false;
            if (answer) {
                m_key = answer->key;
                m_keyTenant = tenant;
                m_keyAt = m_session.now();
                m_keyProblem.clear();
                m_ready->setKey(m_key);
                addLog(m_keyAt, QStringLiteral("credential"),
                    QStringLiteral("issued %1 for tenant %2").arg(answer->id, tenant));
            } else {
                m_keyProblem = answer.error().message;
                m_ready->setNoKey(m_keyProblem, m_session.mayAct(Action::IssueCredential));
            }
            refreshValues();
            refreshNote();
            refreshSteps();
        });
}

void ServerPage::probeNow()
{
    if (!m_session.status())
        return;
    ++m_pending;
    m_probe->probe(m_session.status()->gatewayUrl).then(this, [this](const ProbeResult& result) {
        --m_pending;
        m_probed = result;
        m_probedAt = m_session.now();
        refreshSteps();
        refreshValues();
    });
}

void ServerPage::sendTest()
{
    if (m_sending || !m_session.status() || m_key.isEmpty() || m_ready->alias().isEmpty())
        return;
    m_sending = true;
    ++m_pending;
    const QString alias = m_ready->alias();
    m_listening->showSending(alias);
    m_probe->sendTest(m_session.status()->gatewayUrl, m_key, alias).then(this, [this, alias](const TestResult& result) {
        --m_pending;
        m_sending = false;
        m_listening->showVerdict(verdictOf(result, alias));
        askCalls();
    });
}

void ServerPage::refreshValues()
{
    const auto& status = m_session.status();
    if (!status)
        return;
    m_snippets->setValues(status->gatewayUrl + QStringLiteral("/v1"), m_key, m_ready->alias());
    if (m_probed)
        m_ready->setProbe(*m_probed, m_probedAt, m_session.now());
    if (m_sending)
        return;
    if (m_probed && m_probed->status == 0)
        m_listening->showBlocked(m_probed->error);
    else if (m_ready->alias().isEmpty())
        m_listening->showBlocked(QStringLiteral("The config has no alias, so a caller has nothing to ask for."));
    else if (m_key.isEmpty())
        m_listening->showBlocked(QStringLiteral("Issue a key first; the gateway answers no caller without one."));
    else if (!m_listening->hasVerdict())
        m_listening->showListening(m_callsSeen > 0);
}

void ServerPage::refreshNote()
{
    QStringList sentences;
    if (!m_key.isEmpty())
        sentences.append(QStringLiteral("Key: tenant %1, all aliases, ends in %2 h.")
                             .arg(m_keyTenant)
                             .arg(qRound(double(m_session.now().secsTo(m_keyEnds)) / 3600)));
    // Where the provider's own key comes from, for the chosen alias.
    for (const auto& alias : m_aliases) {
        if (alias.name != m_ready->alias() || alias.candidates.isEmpty() || !m_session.providers())
            continue;
        const QString name = alias.candidates.first().section(QLatin1Char('/'), 0, 0);
        for (const auto& provider : *m_session.providers()) {
            if (provider.name != name)
                continue;
            if (provider.kind == QLatin1String("simulator"))
                sentences.append(QStringLiteral("Answers come from the simulated provider."));
            else if (provider.keyReference.startsWith(QLatin1String("env:")))
                sentences.append(QStringLiteral("Provider key read from %1.").arg(provider.keyReference.mid(4)));
            else if (!provider.keyReference.isEmpty())
                sentences.append(QStringLiteral("Provider key from %1.").arg(provider.keyReference));
        }
    }
    m_ready->setNote(sentences.join(QLatin1Char(' ')));
}

void ServerPage::refreshSteps()
{
    QVector<Step> steps{
        {Status::NotReached, QStringLiteral("Started"), QStringLiteral("waiting for the engine"), false},
        {Status::NotReached, QStringLiteral("Listening"), QStringLiteral("not probed yet"), false},
        {Status::NotReached, QStringLiteral("Key issued"),
            m_keyProblem.isEmpty() ? QStringLiteral("not yet") : m_keyProblem, false},
        {Status::NotReached, QStringLiteral("First request"), QStringLiteral("not yet"), false},
        {Status::NotReached, QStringLiteral("First trace"), QStringLiteral("not yet"), false}};
    const auto& status = m_session.status();
    if (status) {
        steps[0].status = m_session.freshness() == Freshness::Stale ? Status::Degraded
                          : status->draining                        ? Status::Paused
                          : status->ready                           ? Status::Ok
                                                                    : Status::Degraded;
        steps[0].detail = status->draining ? QStringLiteral("draining, takes no new calls")
                          : m_session.freshness() == Freshness::Stale
                              ? QStringLiteral("no answer since %1").arg(hourMinuteSecond(status->asOf))
                          : status->ready
                              ? QStringLiteral("%1, pid %2").arg(hourMinuteSecond(status->startedAt)).arg(status->pid)
                              : QStringLiteral("a part is not ready");
    } else if (!m_session.problem().isEmpty()) {
        steps[0] = {Status::Down, steps[0].name, m_session.problem(), false};
    }
    if (status && m_probed) {
        const QString where = address(status->gatewayUrl);
        steps[1].status = m_probed->status == 200 ? Status::Ok
                          : m_probed->status == 0 ? Status::Down
                                                  : Status::Degraded;
        steps[1].detail = m_probed->status == 0 ? m_probed->error
                                                : QStringLiteral("%1, real probe %2").arg(where).arg(m_probed->status);
    }
    if (!m_key.isEmpty()) {
        steps[2].status = Status::Ok;
        steps[2].detail = hourMinuteSecond(m_keyAt);
    } else if (!m_keyProblem.isEmpty()) {
        steps[2].status = Status::Down;
    }
    if (status && m_callsSeen > 0) {
        steps[3].status = Status::Ok;
        steps[3].detail = m_first
                              ? QStringLiteral("%1, %2 after start")
                                    .arg(hourMinuteSecond(m_first->startedAt),
                                        models::durationFromUs(status->startedAt.msecsTo(m_first->startedAt) * 1000))
                              : QStringLiteral("%1 calls since start").arg(models::wholeNumber(m_callsSeen));
        // A trace is complete once its record is on disk.
        const Call* traced = m_first ? &*m_first : m_call->call() ? &*m_call->call() : nullptr;
        if (traced) {
            const bool complete = traced->commitUs >= 0 || traced->outcome != gateway::api::CallOutcome::Indeterminate;
            steps[4].status = complete ? Status::Ok : Status::CannotSay;
            steps[4].detail = complete ? QStringLiteral("complete, %1")
                                             .arg(models::plural(traced->attempts.size(), QStringLiteral("attempt"),
                                                 QStringLiteral("attempts")))
                                       : QStringLiteral("the engine stopped before its end");
        }
    }
    m_steps->setSteps(steps);
}

void ServerPage::addLog(const QDateTime& at, const QString& what, const QString& words)
{
    m_log.append({at, what, words});
    std::stable_sort(m_log.begin(), m_log.end(), [](const LogLine& a, const LogLine& b) { return a.at < b.at; });
    if (m_log.size() > kLogKept)
        m_log.remove(0, m_log.size() - kLogKept);
    m_engine->setLog(m_log);
}

} // namespace ui
