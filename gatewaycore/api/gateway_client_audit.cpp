// The typed calls on the audit log, operations and one incident; the others are in gateway_client.cpp.
#include "api/gateway_client.h"

#include "reply_codecs.h"

#include <array>

namespace gateway::api {
namespace {

constexpr std::array kOutcomes{"applied", "refused", "failed", "void", "unknown", "read"};
constexpr int kLongestWord = 256;

QString incidentPath(const QString& id, const char* verb = "")
{
    return QStringLiteral("/api/v1/incidents/") + part(id) + QLatin1String(verb);
}

Error wrong(const QString& key, const char* what)
{
    return failure(Failure::Invalid, QStringLiteral("%1 is not %2").arg(key, QLatin1String(what)));
}

} // namespace

GatewayClient::Reply<Incident> GatewayClient::incident(const QString& id) const
{
    return decode(m_transport->send(get(incidentPath(id))), &incidentFromJson);
}

GatewayClient::Reply<Incident> GatewayClient::acknowledgeIncident(
    const QString& id, const QString& owner, const QString& reason) const
{
    QJsonObject body;
    if (!owner.isEmpty())
        body.insert(QStringLiteral("owner"), owner);
    return decode(m_transport->send(post(incidentPath(id, "/ack"), body, reason)), &incidentFromJson);
}

GatewayClient::Reply<Incident> GatewayClient::noteIncident(
    const QString& id, const QString& text, const QString& reason) const
{
    return decode(m_transport->send(post(incidentPath(id, "/note"), {{QStringLiteral("text"), text}}, reason)),
        &incidentFromJson);
}

GatewayClient::Reply<Handover> GatewayClient::handover(const QString& id) const
{
    return decode(m_transport->send(get(incidentPath(id, "/handover"))), &handoverFromJson);
}

GatewayClient::Reply<AuditPage> GatewayClient::audit(const AuditQuery& query) const
{
    return decode(m_transport->send(get(QStringLiteral("/api/v1/audit"), toQuery(query))), &auditPageFromJson);
}

GatewayClient::Reply<Operation> GatewayClient::settle(const QString& key) const
{
    return decode(
        m_transport->send(post(QStringLiteral("/api/v1/operations/%1/settle").arg(part(key)))), &operationFromJson);
}

QUrlQuery toQuery(const AuditQuery& query)
{
    QUrlQuery items;
    const auto add = [&items](const char* key, const QString& value) {
        if (!value.isEmpty())
            items.addQueryItem(QLatin1String(key), part(value));
    };
    add("since", query.since ? query.since->toUTC().toString(Qt::ISODateWithMs) : QString());
    add("until", query.until ? query.until->toUTC().toString(Qt::ISODateWithMs) : QString());
    add("principal", query.principal);
    add("action", query.action);
    add("object", query.object);
    add("outcome", query.outcome);
    add("before", query.before > 0 ? QString::number(query.before) : QString());
    add("limit", QString::number(query.limit));
    return items;
}

Result<AuditQuery> auditQueryFromQuery(const QUrlQuery& items)
{
    AuditQuery query;
    for (const auto& [key, value] : items.queryItems(QUrl::FullyDecoded)) {
        if (value.size() > kLongestWord)
            return failure(
                Failure::Invalid, QStringLiteral("%1 has at most %2 characters").arg(key.left(64)).arg(kLongestWord));
        if (key == QLatin1String("since") || key == QLatin1String("until")) {
            const QDateTime time = QDateTime::fromString(value, Qt::ISODateWithMs);
            if (!time.isValid())
                return wrong(key, "an RFC 3339 time");
            (key == QLatin1String("since") ? query.since : query.until) = time.toUTC();
        } else if (key == QLatin1String("principal")) {
            query.principal = value;
        } else if (key == QLatin1String("action")) {
            query.action = value;
        } else if (key == QLatin1String("object")) {
            query.object = value;
        } else if (key == QLatin1String("outcome")) {
            if (std::none_of(kOutcomes.begin(), kOutcomes.end(),
                    [&value = value](const char* one) { return value == QLatin1String(one); }))
                return wrong(key, "one of applied, refused, failed, void, unknown and read");
            query.outcome = value;
        } else if (key == QLatin1String("before") || key == QLatin1String("limit")) {
            bool isNumber = false;
            const qint64 number = value.toLongLong(&isNumber);
            const bool isLimit = key == QLatin1String("limit");
            if (!isNumber || number < 1 || (isLimit && number > 1000))
                return wrong(key, isLimit ? "a whole number from 1 to 1000" : "a sequence number");
            if (isLimit)
                query.limit = int(number);
            else
                query.before = number;
        } else {
            return failure(Failure::Invalid, QStringLiteral("query key %1 is not known").arg(key.left(64)));
        }
    }
    return query;
}

} // namespace gateway::api
