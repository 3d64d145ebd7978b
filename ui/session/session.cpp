#include "session/session.h"

#include <QJsonValue>

namespace ui {
namespace {

using gateway::api::AdminTransport;
using gateway::api::Event;
using gateway::api::EventStream;
using gateway::api::LinkStatus;

constexpr qsizetype kHistory = 120;
constexpr std::chrono::seconds kWhoEvery{60}; // a role may be changed while we look

} // namespace

QString wordOf(Environment environment)
{
    switch (environment) {
    case Environment::Prod:
        return QStringLiteral("PROD");
    case Environment::Stage:
        return QStringLiteral("STAGE");
    case Environment::Local:
        break;
    }
    return QStringLiteral("LOCAL");
}

Session::Session(std::shared_ptr<gateway::api::AdminTransport> transport, SessionOptions options, QObject* parent)
    : QObject(parent),
      m_options(std::move(options)),
      m_gate(std::make_shared<ChangeGate>(
          std::move(transport), [this] { return blocked(); }, [this] { return now(); })),
      m_client(m_gate),
      m_link(m_gate->link().state)
{
    m_acts = acts();
    connect(m_gate.get(), &AdminTransport::linkChanged, this, &Session::linkMoved);
    connect(m_gate.get(), &ChangeGate::recentChanged, this, &Session::recentChanged);
    m_poll.setInterval(m_options.pollMs);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        refresh();
        tellPermissions();
        // The age grows also when nothing answers.
        Q_EMIT freshnessChanged();
    });
}

Session::~Session() = default;

void Session::start()
{
    m_stream = m_client.subscribe(-1);
    if (m_stream) {
        connect(m_stream.get(), &EventStream::eventsArrived, this, &Session::takeEvents);
        connect(m_stream.get(), &EventStream::gapFound, this, [this](qint64 first, qint64 last) {
            m_missedEvents += last - first + 1;
            Q_EMIT gapFound(first, last);
        });
        connect(m_stream.get(), &EventStream::stateChanged, this, [this](EventStream::State state, const QString&) {
            m_streamState = state;
            Q_EMIT freshnessChanged();
        });
    }
    m_poll.start();
    refresh();
}

void Session::refresh()
{
    if (m_asking)
        return; // one question at a time: a slow engine must not collect a queue of them
    m_asking = true;
    m_askedAt = m_options.monotonic();
    askProviders();
    askWho();
    m_client.status().then(this, [this](const gateway::api::Result<gateway::api::EngineStatus>& answer) {
        m_asking = false;
        m_refused = !answer && answer.error().failure == gateway::api::Failure::NotPermitted;
        m_failed = !answer;
        if (answer) {
            takeStatus(*answer);
        } else {
            m_problem = answer.error().message;
            Q_EMIT freshnessChanged();
        }
    });
}

void Session::askProviders()
{
    if (m_askingProviders)
        return;
    m_askingProviders = true;
    m_client.providers().then(this, [this](const gateway::api::Result<QVector<gateway::api::ProviderStatus>>& answer) {
        m_askingProviders = false;
        if (!answer)
            return; // the status question reports the trouble; the last list stays, its age is the status' age
        m_providers = *answer;
        Q_EMIT providersChanged();
    });
}

void Session::askWho()
{
    const auto time = m_options.monotonic();
    if (m_askingWho || (m_whoAskedAt.count() >= 0 && time - m_whoAskedAt < kWhoEvery))
        return;
    m_askingWho = true;
    m_client.whoAmI().then(this, [this, time](const gateway::api::Result<gateway::api::WhoAmI>& answer) {
        m_askingWho = false;
        // an engine that does not know the question will not know it in a minute either
        if (answer || answer.error().failure == gateway::api::Failure::NotFound)
            m_whoAskedAt = time;
        if (!answer ||
            (m_who && m_who->may == answer->may && m_who->role == answer->role && m_who->name == answer->name))
            return;
        m_who = *answer;
        tellPermissions();
        Q_EMIT freshnessChanged(); // the chip names the role
    });
}

quint32 Session::acts() const
{
    quint32 bits = 0;
    for (const ActionFacts& facts : allActions())
        bits |= mayAct(facts.action) ? 1U << unsigned(facts.action) : 0U;
    return bits;
}

void Session::tellPermissions()
{
    if (const quint32 now = acts(); now != m_acts) {
        m_acts = now;
        Q_EMIT permissionsChanged();
    }
}

void Session::linkMoved(const LinkStatus& link)
{
    const bool isBack = link.state == LinkStatus::State::Connected && m_link != link.state;
    m_link = link.state;
    if (isBack) {
        m_whoAskedAt = std::chrono::milliseconds(-1); // another engine, or another role, may be behind it now
        refresh();
    }
    Q_EMIT linkChanged();
    Q_EMIT freshnessChanged();
}

void Session::takeStatus(const gateway::api::EngineStatus& status)
{
    m_client.expectRevision(status.revision);
    m_handshake = gateway::api::handshakeWith(status);
    m_roundTripMs = (m_options.monotonic() - m_askedAt).count();
    m_problem.clear();
    m_status = status;
    m_statusAt = now();
    m_statusTick = m_options.monotonic();
    m_lastSequence = qMax(m_lastSequence, status.eventSequence);
    if (m_history.size() >= kHistory)
        m_history.removeFirst();
    m_history.append({m_statusAt, status.cpuPercent, status.residentBytes, status.callsInFlight, status.storeQueue});
    Q_EMIT statusChanged();
    Q_EMIT freshnessChanged();
}

void Session::takeEvents(const QVector<Event>& events)
{
    for (const Event& event : events)
        m_lastSequence = qMax(m_lastSequence, event.sequence);
    Q_EMIT eventsArrived(events);
    for (const Event& event : events) {
        if (event.type == QLatin1String("call.finished"))
            Q_EMIT callFinished(event.data.value(QLatin1String("id")).toString());
    }
}

qint64 Session::ageMs() const
{
    if (!m_status)
        return -1;
    // The wall clock counts a computer's sleep, the other one does not; but a wall clock that was set back would make
    // what is old young again.
    const qint64 age = m_statusAt.msecsTo(now());
    return age >= 0 ? age : qMax<qint64>(0, (m_options.monotonic() - m_statusTick).count());
}

Freshness Session::freshness() const
{
    if (m_status && !m_handshake.works)
        return Freshness::Error;
    return freshnessOf({ageMs(), m_options.pollMs, m_link, m_stream && m_streamState == EventStream::State::Lost,
        m_refused, m_failed});
}

QString Session::role() const
{
    return m_who ? gateway::api::nameOf(m_who->role) : m_options.role;
}

bool Session::may(const QString& method, const QString& route) const
{
    if (m_who)
        return m_who->mayDo(method, route);
    // an engine that does not say, or has not said yet: as the role is known to be used
    const auto role = gateway::api::roleFromName(m_options.role);
    return roleMayUse(role.value_or(gateway::api::Role::Viewer), method, route);
}

bool Session::mayAct(Action action) const
{
    const ActionFacts& facts = factsOf(action);
    return (!facts.changes || !isLocked()) && may(QString::fromLatin1(facts.method), QString::fromLatin1(facts.route));
}

QString Session::whyNot(Action action) const
{
    const ActionFacts& facts = factsOf(action);
    if (!may(QString::fromLatin1(facts.method), QString::fromLatin1(facts.route)))
        return tr("This needs the role %1; the role here is %2.").arg(rolesFor(facts), role());
    return facts.changes ? blocked() : QString();
}

void Session::setIdentity(const QString& name, Environment environment)
{
    if (m_options.name == name && m_options.environment == environment)
        return;
    m_options.name = name;
    m_options.environment = environment;
    Q_EMIT identityChanged();
    Q_EMIT freshnessChanged();
}

bool Session::isLocked() const
{
    return m_options.readOnly && m_options.monotonic() >= m_unlockedUntil;
}

void Session::unlockFor(std::chrono::minutes time)
{
    m_unlockedUntil = m_options.monotonic() + time;
    QTimer::singleShot(time, Qt::PreciseTimer, this, &Session::tellLock);
    tellLock();
}

void Session::lockNow()
{
    m_unlockedUntil = std::chrono::milliseconds(0);
    tellLock();
}

void Session::setReadOnly(bool readOnly)
{
    if (m_options.readOnly == readOnly)
        return;
    m_options.readOnly = readOnly;
    tellLock();
}

// The chip shows the lock also to those who may change nothing anyway.
void Session::tellLock()
{
    tellPermissions();
    Q_EMIT freshnessChanged();
}

void Session::retryNow()
{
    m_gate->retryNow();
    refresh();
}

QString Session::blocked() const
{
    if (isLocked())
        return tr("This connection is locked against changes. Unlock it from its menu first.");
    switch (freshness()) {
    case Freshness::Live:
    case Freshness::Late:
        return {};
    case Freshness::Stale:
        return tr("What is on the screen is %1 s old, so nothing is changed on the strength of it. It goes on when the "
                  "engine answers again.")
            .arg(ageMs() / 1000);
    case Freshness::NoData:
        return tr("The engine has not answered yet, so nothing is changed.");
    case Freshness::Error:
    case Freshness::NotPermitted:
        return m_problem.isEmpty() ? link().reason : m_problem;
    }
    return {};
}

std::optional<qint64> Session::clockSkewMs() const
{
    if (m_options.embedded || !m_status || !m_status->asOf.isValid())
        return std::nullopt;
    // The answer was made half a round trip before it arrived.
    return m_statusAt.addMSecs(-qMax<qint64>(0, m_roundTripMs) / 2).msecsTo(m_status->asOf);
}

} // namespace ui
