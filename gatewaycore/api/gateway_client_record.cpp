// The typed calls on what was promised and recorded: summaries, zones, checklist, rotation of a credential.
#include "api/gateway_client.h"

#include "reply_codecs.h"

namespace gateway::api {

GatewayClient::Reply<CallSummary> GatewayClient::callSummary(const CallSummaryQuery& query) const
{
    return decode(
        m_transport->send(get(QStringLiteral("/api/v1/calls/summary"), toQuery(query))), &callSummaryFromJson);
}

GatewayClient::Reply<ZoneCheck> GatewayClient::zoneCheck(const std::optional<QDateTime>& since) const
{
    QUrlQuery query;
    if (since)
        query.addQueryItem(QStringLiteral("since"), since->toUTC().toString(Qt::ISODateWithMs));
    return decode(m_transport->send(get(QStringLiteral("/api/v1/zones/check"), query)), &zoneCheckFromJson);
}

GatewayClient::Reply<QVector<ChecklistItem>> GatewayClient::checklist() const
{
    return decode(m_transport->send(get(QStringLiteral("/api/v1/checklist"))), listOf(&checklistItemFromJson));
}

GatewayClient::Reply<IssuedCredential> GatewayClient::rotateCredential(
    const QString& id, qint64 graceSeconds, const QString& reason) const
{
    const QString path = QStringLiteral("/api/v1/credentials/%1/rotate").arg(part(id));
    return decode(
        m_transport->send(post(path, {{QStringLiteral("grace_s"), graceSeconds}}, reason)), &issuedCredentialFromJson);
}

} // namespace gateway::api
