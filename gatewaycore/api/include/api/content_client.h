// ContentClient: the typed calls on kept content, break-glass and the removal of old records. Thread: that of the
// client it stands beside, which it does not own.
#pragma once

#include "api/content.h"
#include "api/gateway_client.h"

namespace gateway::api {

class ContentClient
{
public:
    explicit ContentClient(const GatewayClient& client) : m_client(client) {}

    template <typename T>
    using Reply = GatewayClient::Reply<T>;

    Reply<ContentStatus> status() const;
    Reply<QVector<ContentGrant>> grants() const; // newest first, at most 200
    Reply<ContentGrant> ask(const ContentGrantRequest& request, const QString& reason) const;
    // By another person than who asked; Conflict otherwise, and for one that is not asked any more.
    Reply<ContentGrant> approve(const QString& id, const QString& reason) const;
    Reply<ContentGrant> end(const QString& id, const QString& reason) const; // ending twice is no error
    Reply<KeptContent> read(const QString& call) const;                      // NotPermitted without a grant in force
    // Deletes the tenant's key: what was kept of it can never be read again.
    Reply<ContentStatus> shred(const QString& tenant, const QString& reason) const;
    Reply<RecordRetention> recordRetention() const;

private:
    const GatewayClient& m_client;
};

} // namespace gateway::api
