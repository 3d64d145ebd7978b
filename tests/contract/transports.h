// The three transports of the contract suite, each on an engine of its own in the same state: in process, HTTP over
// loopback, and direct (no thread and no socket between: what a UI test's fake does).
#pragma once

#include "api/http_transport.h"
#include "fake_engine.h"

#include <QPromise>
#include <QTimer>

namespace gateway::test {

class DirectEventStream final : public gateway::api::EventStream
{
    Q_OBJECT
public:
    DirectEventStream(gateway::admin::EventHub& hub, qint64 since) : m_cursor(hub, since)
    {
        connect(&hub, &gateway::admin::EventHub::published, this, &DirectEventStream::drain, Qt::QueuedConnection);
        QTimer::singleShot(0, this, [this] {
            Q_EMIT stateChanged(State::Live, {});
            drain();
        });
    }

private:
    void drain()
    {
        while (m_cursor.hasMore()) {
            const auto batch = m_cursor.take(100);
            if (batch.gap)
                Q_EMIT gapFound(batch.gap->first, batch.gap->last);
            if (!batch.events.isEmpty())
                Q_EMIT eventsArrived(batch.events);
        }
    }
    gateway::admin::EventCursor m_cursor;
};

class DirectTransport final : public gateway::api::AdminTransport
{
    Q_OBJECT
public:
    QFuture<gateway::api::Result<gateway::api::AdminReply>> send(const gateway::api::AdminRequest& request) override
    {
        const auto promise = std::make_shared<QPromise<gateway::api::Result<gateway::api::AdminReply>>>();
        promise->start();
        const gateway::admin::Principal principal{QStringLiteral("test"), gateway::api::Role::Admin};
        m_router.handle(request, principal, [promise](const gateway::api::AdminReply& reply) {
            promise->addResult(gateway::api::Result<gateway::api::AdminReply>(reply));
            promise->finish();
        });
        return promise->future();
    }
    std::unique_ptr<gateway::api::EventStream> subscribe(qint64 since) override
    {
        return std::make_unique<DirectEventStream>(m_events, since);
    }
    QString description() const override { return QStringLiteral("direct"); }
    gateway::admin::EventHub& events() { return m_events; }
    DirectTransport() { m_principals.setGrants(fakeGrants()); }

private:
    FakeEngine m_engine;
    gateway::admin::EventHub m_events{1};
    gateway::admin::MemoryChangeLog m_changes{m_engine.clock};
    gateway::SodiumRandom m_random;
    gateway::admin::PrincipalBook m_principals{nullptr, fakePepper(), m_engine.clock, m_random};
    gateway::admin::Router m_router{m_engine, m_events, m_changes, &m_principals};
};

inline gateway::api::HttpTransportOptions httpOptions(quint16 port, const QByteArray& token = kToken)
{
    gateway::api::HttpTransportOptions options;
    options.base = QUrl(QStringLiteral("http://127.0.0.1:%1").arg(port));
    options.token = token;
    options.firstReconnect = std::chrono::milliseconds(20);
    options.eventSilence = std::chrono::milliseconds(5000);
    return options;
}

} // namespace gateway::test
