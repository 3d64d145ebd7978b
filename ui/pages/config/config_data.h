// What the Config page shows, as read from the engine: how the file and the running config stand, drafts, revisions,
// canaries and replays; and of the chosen draft its text, its findings and its difference. Asks, keeps the last good
// answer, and says what changed. Thread: UI. Values out; the session outlives it.
#pragma once

#include "api/canary_client.h"
#include "api/config_client.h"
#include "api/replay_client.h"

#include <QObject>

#include <optional>

namespace ui {
class Session;
}

namespace ui::config {

class ConfigData : public QObject
{
    Q_OBJECT
public:
    explicit ConfigData(Session& session, QObject* parent = nullptr);

    void ask();     // everything
    void askLive(); // what moves by itself: the canary, and a replay that runs
    void choose(const QString& draft);
    bool isAsking() const { return m_asking > 0; }
    bool hasAnswered() const { return m_answered; }

    const std::optional<gateway::api::ConfigStanding>& standing() const { return m_standing; }
    const QVector<gateway::api::Draft>& drafts() const { return m_drafts; }
    const QVector<gateway::api::Revision>& revisions() const { return m_revisions; }
    const gateway::api::CanaryReport& canaries() const { return m_canaries; }
    // The chosen one, with its text; empty while none is chosen or it is still read.
    const std::optional<gateway::api::Draft>& draft() const { return m_draft; }
    QString chosen() const { return m_chosen; }
    // From what is in force to the draft as it was saved.
    const std::optional<gateway::api::DiffReport>& difference() const { return m_difference; }
    // The text in force, for the difference by lines; empty until it is read.
    QString textInForce() const { return m_textInForce; }
    // The newest canary and replay of the chosen draft.
    std::optional<gateway::api::CanaryStatus> canary() const;
    const std::optional<gateway::api::ReplayReport>& replay() const { return m_replay; }
    // A replay of a text that was saved since says nothing of this one.
    bool isReplayOld() const;

    // A change was made: the answer is taken at once, the rest is asked again.
    void take(const gateway::api::Draft& draft);
    void take(const gateway::api::ReplayReport& replay);

    gateway::api::ConfigClient& configs() { return m_configs; }
    gateway::api::CanaryClient& rollouts() { return m_rollouts; }
    gateway::api::ReplayClient& replays() { return m_replays; }

Q_SIGNALS:
    void changed();                                // any of it
    void draftRead();                              // the chosen draft, from the engine
    void failed(const gateway::api::Error& error); // of the standing: without it there is nothing to show

private:
    void askDraft();
    void askText();

    Session& m_session;
    gateway::api::ConfigClient m_configs;
    gateway::api::CanaryClient m_rollouts;
    gateway::api::ReplayClient m_replays;
    std::optional<gateway::api::ConfigStanding> m_standing;
    QVector<gateway::api::Draft> m_drafts;
    QVector<gateway::api::Revision> m_revisions;
    gateway::api::CanaryReport m_canaries;
    std::optional<gateway::api::Draft> m_draft;
    std::optional<gateway::api::DiffReport> m_difference;
    QVector<gateway::api::ReplayReport> m_replayList;
    std::optional<gateway::api::ReplayReport> m_replay;
    QString m_chosen;
    QString m_textInForce;
    int m_textRevision = 0;
    int m_asking = 0;
    bool m_answered = false;
};

} // namespace ui::config
