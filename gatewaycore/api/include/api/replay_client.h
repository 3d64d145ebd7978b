// ReplayClient: the typed calls of what-if replay (config/replay), beside GatewayClient. Thread: that of the client's
// transport; futures never block.
#pragma once

#include "api/gateway_client.h"
#include "api/replay.h"

namespace gateway::api {

class ReplayClient
{
public:
    explicit ReplayClient(const GatewayClient& client) : m_client(client) {}

    template <typename T>
    using Reply = QFuture<Result<T>>;

    Reply<ReplayReport> start(const ReplayRequest& request) const; // answers at once, with the job's id
    Reply<QVector<ReplayReport>> list() const;                     // the last ones, newest first
    Reply<ReplayReport> report(const QString& id) const;           // progress, and the result when it is done
    Reply<ReplayChangePage> changes(const QString& id, const ReplayChangeQuery& query = {}) const;
    Reply<ReplayReport> cancel(const QString& id) const; // one that is over stays as it is

private:
    GatewayClient m_client;
};

} // namespace gateway::api
