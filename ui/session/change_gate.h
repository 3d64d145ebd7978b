// ChangeGate: the transport of a session, with one door for changes. Every change of every page goes through it, so
// that none can be made on data that is too old, against a lock, or on a link that is down: it ends at once with a
// sentence that says why. Reads pass. It also keeps the list of recent changes for the palette and the toast. Thread:
// UI.
#pragma once

#include "api/admin_transport.h"

#include <QDateTime>

#include <functional>
#include <memory>

namespace ui {

// One change that left this window.
struct RecentChange
{
    enum class State
    {
        Sent,
        Checking, // its answer did not come; the engine is being asked what became of it
        Applied,
        NotApplied
    };
    QString key;  // its Idempotency-Key
    QString what; // "Drain openai-eu"
    QString reason;
    QDateTime at;
    State state = State::Sent;
    QString message; // of a refusal
};

class ChangeGate final : public gateway::api::AdminTransport
{
    Q_OBJECT
public:
    // `blocked` says why no change may be made now; empty: it may.
    ChangeGate(std::shared_ptr<gateway::api::AdminTransport> inner, std::function<QString()> blocked,
        std::function<QDateTime()> now);

    QFuture<gateway::api::Result<gateway::api::AdminReply>> send(const gateway::api::AdminRequest& request) override;
    std::unique_ptr<gateway::api::EventStream> subscribe(qint64 since) override { return m_inner->subscribe(since); }
    QString description() const override { return m_inner->description(); }
    gateway::api::LinkStatus link() const override { return m_inner->link(); }
    void retryNow() override { m_inner->retryNow(); }

    const QVector<RecentChange>& recent() const { return m_recent; } // newest first, at most 50

Q_SIGNALS:
    void recentChanged(const ui::RecentChange& change);

private:
    void mark(const QString& key, RecentChange::State state, const QString& message = {});

    std::shared_ptr<gateway::api::AdminTransport> m_inner;
    std::function<QString()> m_blocked;
    std::function<QDateTime()> m_now;
    QVector<RecentChange> m_recent;
};

} // namespace ui
