// FakeTransport: an AdminTransport without an engine. Answers come from JSON (files or values) by method and path,
// later than the question by `latency`, and errors by script. Never touches a network. Also hands out event streams
// that a test feeds. Thread: UI. Every question is kept in requests().
//
// Look-up of an answer: a handler set for the path, else the value for "path?key=value" of the first query item that
// has one, else the value for "path"; else 404.
#pragma once

#include "api/admin_transport.h"

#include <QHash>
#include <QPointer>
#include <QVector>

#include <functional>

namespace ui::testing {

using gateway::api::AdminReply;
using gateway::api::AdminRequest;
using gateway::api::Event;

class FakeTransport : public gateway::api::AdminTransport
{
    Q_OBJECT
public:
    using Handler = std::function<AdminReply(const AdminRequest&)>;

    // Path as in AdminRequest, "/api/v1/status"; mutations as "POST /api/v1/credentials".
    void setReply(const QString& path, const QJsonObject& body, int status = 200);
    QJsonObject reply(const QString& path) const { return m_replies.value(path).body; }
    void setHandler(const QString& path, Handler handler);
    // Reads DIR/*.json: {"/api/v1/status": {...}, "/api/v1/series?provider=x": {...}, ...}. False when a file is not
    // JSON.
    bool load(const QString& file);
    void setLatencyMs(int ms) { m_latencyMs = ms; }
    // From now on everything fails like this; an empty message ends it.
    void setFailure(const gateway::api::Error& error) { m_failure = error; }
    // Requests wait until release(); for pictures of "loading".
    void setHeld(bool held);

    void pushEvents(const QVector<Event>& events);
    void pushGap(qint64 first, qint64 last);
    void pushState(gateway::api::EventStream::State state, const QString& reason);
    void setLink(const gateway::api::LinkStatus& link);
    gateway::api::LinkStatus link() const override { return m_link; }
    void retryNow() override { ++retries; }
    int retries = 0;

    const QVector<AdminRequest>& requests() const { return m_requests; }
    int pending() const { return m_pending; } // questions not answered yet

    QFuture<gateway::api::Result<AdminReply>> send(const AdminRequest& request) override;
    std::unique_ptr<gateway::api::EventStream> subscribe(qint64 since) override;
    QString description() const override { return QStringLiteral("fake"); }

private:
    gateway::api::Result<AdminReply> answer(const AdminRequest& request) const;

    QHash<QString, AdminReply> m_replies;
    QHash<QString, Handler> m_handlers;
    QVector<AdminRequest> m_requests;
    QVector<QPointer<gateway::api::EventStream>> m_streams;
    QVector<std::function<void()>> m_waiting;
    gateway::api::Error m_failure;
    gateway::api::LinkStatus m_link{gateway::api::LinkStatus::State::Connected, {}, 0, {}, {}, {}, {}};
    int m_latencyMs = 0;
    int m_pending = 0;
    bool m_held = false;
};

} // namespace ui::testing
