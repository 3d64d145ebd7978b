#include "session/session.h"

#include <QJsonValue>

namespace ui {
namespace {

using gateway::api::Event;
using gateway::api::EventStream;

constexpr qsizetype kHistory = 120;

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
    : QObject(parent), m_client(std::move(transport)), m_options(std::move(options))
{
    m_poll.setInterval(m_options.pollMs);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        refresh();
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
    m_client.status().then(this, [this](const gateway::api::Result<gateway::api::EngineStatus>& answer) {
        m_asking = false;
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

void Session::takeStatus(const gateway::api::EngineStatus& status)
{
    m_roundTripMs = (m_options.monotonic() - m_askedAt).count();
    m_problem.clear();
    m_status = status;
    m_statusAt = now();
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
    return m_status ? qMax<qint64>(0, m_statusAt.msecsTo(now())) : -1;
}

Freshness Session::freshness() const
{
    const qint64 age = ageMs();
    if (age < 0)
        return Freshness::NoData;
    if (age < 2 * m_options.pollMs)
        return Freshness::Live;
    return age <= 3 * m_options.pollMs ? Freshness::Late : Freshness::Stale;
}

std::optional<qint64> Session::clockSkewMs() const
{
    if (m_options.embedded || !m_status || !m_status->asOf.isValid())
        return std::nullopt;
    // The answer was made half a round trip before it arrived.
    return m_statusAt.addMSecs(-qMax<qint64>(0, m_roundTripMs) / 2).msecsTo(m_status->asOf);
}

} // namespace ui
