// Session: one connection to one engine, embedded or remote: the typed client, the event stream, the polled status and
// how fresh all of that is. Pages take values and signals from here and never talk to a transport. Thread: UI. Nothing
// blocks: every request is a future. Owned by whoever opened the connection; outlives its pages. How fresh the data is
// is a type (freshness.h); errors keep the last status and say why in problem(). Who we are to the engine (whoami),
// what both sides know (handshake) and whether a change may be made now are known here and nowhere else.
#pragma once

#include "session/actions.h"
#include "session/change_gate.h"
#include "session/freshness.h"

#include "api/gateway_client.h"
#include "api/handshake.h"
#include "api/principal.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace ui {

enum class Environment
{
    Local,
    Stage,
    Prod
};

QString wordOf(Environment environment); // LOCAL STAGE PROD

struct SessionOptions
{
    QString name = QStringLiteral("this computer");
    Environment environment = Environment::Local;
    QString role = QStringLiteral("admin"); // until the engine says it (whoami)
    bool readOnly = false;                  // locked against changes until somebody unlocks it for a time
    bool embedded = true;                   // the engine lives in this process: nothing travels over a network
    int pollMs = 2000;
    std::function<QDateTime()> now = [] { return QDateTime::currentDateTimeUtc(); };
    std::function<std::chrono::milliseconds()> monotonic = [] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now().time_since_epoch());
    };
};

// One reading of the polled status, for sparklines.
struct StatusSample
{
    QDateTime at;
    double cpuPercent = 0;
    qint64 residentBytes = 0;
    int callsInFlight = 0;
    qint64 storeQueue = 0;
};

class Session : public QObject
{
    Q_OBJECT
public:
    Session(std::shared_ptr<gateway::api::AdminTransport> transport, SessionOptions options, QObject* parent = nullptr);
    ~Session() override;

    // Begins to poll and to listen; without it a session is only its client.
    void start();

    const gateway::api::GatewayClient& client() const { return m_client; }
    const SessionOptions& options() const { return m_options; }
    // What its engine is called here; a person may rename a connection while it is open.
    void setIdentity(const QString& name, Environment environment);
    // Locked against changes until somebody unlocks it for a time.
    void setReadOnly(bool readOnly);

    // Who we are to the engine; empty until it said so, or when it is too old to say.
    const std::optional<gateway::api::WhoAmI>& who() const { return m_who; }
    QString role() const;
    // May we use this route at all? Pages leave out what we may not do.
    bool may(const QString& method, const QString& route) const;
    // Is the control of this action there? Not for a role that may not, and no change while the connection is locked.
    bool mayAct(Action action) const;
    // Why it cannot be done now, as a sentence with the role that is needed; empty: it can.
    QString whyNot(Action action) const;
    const gateway::api::Handshake& handshake() const { return m_handshake; }
    // Does the engine offer this noun? True while nothing is known.
    bool offers(const QString& feature) const { return !m_handshake.missing.contains(feature); }

    // Why no change can be made now, as a sentence: the data is too old, the link is down, the connection is locked.
    // Empty: one can. Every change is asked this on its way out (change_gate.h).
    QString blocked() const;
    bool isLocked() const;
    void unlockFor(std::chrono::minutes time);
    void lockNow();
    const QVector<RecentChange>& recentChanges() const { return m_gate->recent(); }

    gateway::api::LinkStatus link() const { return m_gate->link(); }
    void retryNow();
    QDateTime now() const { return m_options.now(); }

    const std::optional<gateway::api::EngineStatus>& status() const { return m_status; }
    // Polled with the status; empty until the first answer.
    const std::optional<QVector<gateway::api::ProviderStatus>>& providers() const { return m_providers; }
    const QVector<StatusSample>& history() const { return m_history; } // oldest first, at most 120
    Freshness freshness() const;
    qint64 ageMs() const;                                // of the last good status; -1 without one
    qint64 roundTripMs() const { return m_roundTripMs; } // of the last poll; -1 unknown
    std::optional<qint64> clockSkewMs() const;           // engine minus console; unknown when embedded or silent
    QString problem() const { return m_problem; }        // why the last poll failed; empty when it did not
    qint64 lastSequence() const { return m_lastSequence; }
    qint64 missedEvents() const { return m_missedEvents; }
    gateway::api::EventStream::State streamState() const { return m_streamState; }

    // Asks for the status now, out of turn.
    void refresh();

Q_SIGNALS:
    void statusChanged(); // a new reading arrived
    void providersChanged();
    void freshnessChanged(); // also once a second while the age grows
    void eventsArrived(const QVector<gateway::api::Event>& events);
    void gapFound(qint64 firstMissing, qint64 lastMissing);
    void callFinished(const QString& callId); // from the event stream, "call.finished"
    void permissionsChanged();                // whoami said something else, or the lock changed
    void identityChanged();
    void linkChanged();
    void recentChanged(const ui::RecentChange& change);

private:
    void takeStatus(const gateway::api::EngineStatus& status);
    void askProviders();
    void askWho();
    void tellPermissions(); // when they are others than before
    void tellLock();
    quint32 acts() const;
    void linkMoved(const gateway::api::LinkStatus& link);
    void takeEvents(const QVector<gateway::api::Event>& events);

    SessionOptions m_options;
    std::shared_ptr<ChangeGate> m_gate;
    gateway::api::GatewayClient m_client;
    std::optional<gateway::api::WhoAmI> m_who;
    gateway::api::Handshake m_handshake{true, {}, {}, {}};
    std::chrono::milliseconds m_unlockedUntil{0};
    quint32 m_acts = 0; // what mayAct() said last, a bit each
    gateway::api::LinkStatus::State m_link = gateway::api::LinkStatus::State::Connected;
    bool m_refused = false;
    bool m_failed = false;
    bool m_askingWho = false;
    std::chrono::milliseconds m_whoAskedAt{-1};
    QTimer m_poll;
    std::unique_ptr<gateway::api::EventStream> m_stream;
    gateway::api::EventStream::State m_streamState = gateway::api::EventStream::State::Connecting;
    std::optional<gateway::api::EngineStatus> m_status;
    std::optional<QVector<gateway::api::ProviderStatus>> m_providers;
    QVector<StatusSample> m_history;
    QDateTime m_statusAt;
    std::chrono::milliseconds m_statusTick{0};
    std::chrono::milliseconds m_askedAt{0};
    qint64 m_roundTripMs = -1;
    QString m_problem;
    qint64 m_lastSequence = -1;
    qint64 m_missedEvents = 0;
    bool m_asking = false;
    bool m_askingProviders = false;
};

} // namespace ui
