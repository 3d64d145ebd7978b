// The admin transport of the embedded engine: no socket, the same handlers. InProcessEndpoint is the engine's half
// (control thread); makeTransport() gives the console its half, an api::AdminTransport of the thread that calls it.
// Requests cross as queued calls, replies and event batches come back as queued calls; no thread waits for the other.
// Either half may go first. When the endpoint goes, every open request ends with Failure::Unreachable and every stream
// is Lost; when a transport goes, its open futures end the same way.
#pragma once

#include "admin/router.h"
#include "api/admin_transport.h"

#include <QObject>

#include <memory>
#include <unordered_map>

class QTimer;

namespace gateway::admin {

class InProcessLink;

class InProcessEndpoint : public QObject
{
    Q_OBJECT
public:
    // Requests arrive as this principal. The router must outlive the endpoint.
    InProcessEndpoint(Router& router, Principal principal, QObject* parent = nullptr);
    ~InProcessEndpoint() override;

    // May be copied to any thread, and outlives the endpoint.
    std::shared_ptr<InProcessLink> link() const { return m_link; }

private:
    friend class InProcessLink;
    friend class InProcessTransport;
    friend class InProcessEventStream;
    struct Feed;
    void serve(quint64 transport, quint64 number, const api::AdminRequest& request);
    void openFeed(quint64 stream, qint64 since);
    void closeFeed(quint64 stream);
    void feedTaken(quint64 stream); // the reader has had its batch and may get the next
    void sendBatches();

    Router& m_router;
    const Principal m_principal;
    std::shared_ptr<InProcessLink> m_link;
    std::unordered_map<quint64, std::unique_ptr<Feed>> m_feeds;
    QTimer* m_gather = nullptr;
};

std::shared_ptr<api::AdminTransport> makeTransport(std::shared_ptr<InProcessLink> link);

} // namespace gateway::admin
