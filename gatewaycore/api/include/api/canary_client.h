// CanaryClient: the typed calls on config/canary, beside GatewayClient. Thread: that of its transport. The client it is
// made from must outlive it.
#pragma once

#include "api/canary.h"
#include "api/gateway_client.h"

namespace gateway::api {

class CanaryClient
{
public:
    explicit CanaryClient(const GatewayClient& client) : m_client(client) {}

    template <typename T>
    using Reply = GatewayClient::Reply<T>;

    Reply<CanaryReport> report() const;
    Reply<CanaryStatus> start(const CanaryPlan& plan, const QString& reason) const;
    // Of the one that runs; NotFound if none does. An abort is in force on every worker when it is answered.
    Reply<CanaryStatus> act(CanaryAction action, const QString& reason) const;

private:
    const GatewayClient& m_client;
};

} // namespace gateway::api
