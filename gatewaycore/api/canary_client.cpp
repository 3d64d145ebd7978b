#include "api/canary_client.h"

#include "reply_codecs.h"

namespace gateway::api {

CanaryClient::Reply<CanaryReport> CanaryClient::report() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/config/canary"))), &canaryReportFromJson);
}

CanaryClient::Reply<CanaryStatus> CanaryClient::start(const CanaryPlan& plan, const QString& reason) const
{
    return decode(
        m_client.send(post(QStringLiteral("/api/v1/config/canary"), toJson(plan), reason)), &canaryStatusFromJson);
}

CanaryClient::Reply<CanaryStatus> CanaryClient::act(CanaryAction action, const QString& reason) const
{
    return decode(m_client.send(post(QStringLiteral("/api/v1/config/canary/") + nameOf(action), {}, reason)),
        &canaryStatusFromJson);
}

} // namespace gateway::api
