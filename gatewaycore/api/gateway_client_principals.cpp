// The typed calls on principals and pairings.
#include "api/gateway_client.h"

#include "reply_codecs.h"

namespace gateway::api {
namespace {

// The members that are stated: a list without tenants means all, and is left out like an end that there is not.
QJsonObject bodyOf(const PrincipalRequest& request)
{
    QJsonObject body = toJson(request);
    if (!request.expiresAt)
        body.remove(QStringLiteral("expires_at"));
    if (request.tenants.isEmpty())
        body.remove(QStringLiteral("tenants"));
    return body;
}

QString principalPath(const QString& name, const char* verb)
{
    return QStringLiteral("/api/v1/principals/%1/%2").arg(part(name), QLatin1String(verb));
}

} // namespace

GatewayClient::Reply<WhoAmI> GatewayClient::whoAmI() const
{
    return decode(send(get(QStringLiteral("/api/v1/whoami"))), &whoAmIFromJson);
}

GatewayClient::Reply<QVector<PrincipalInfo>> GatewayClient::principals() const
{
    return decode(send(get(QStringLiteral("/api/v1/principals"))), listOf(&principalInfoFromJson));
}

GatewayClient::Reply<IssuedPrincipal> GatewayClient::issuePrincipal(
    const PrincipalRequest& request, const QString& reason) const
{
    return decode(send(post(QStringLiteral("/api/v1/principals"), bodyOf(request), reason)), &issuedPrincipalFromJson);
}

GatewayClient::Reply<PrincipalInfo> GatewayClient::revokePrincipal(const QString& name, const QString& reason) const
{
    return decode(send(post(principalPath(name, "revoke"), {}, reason)), &principalInfoFromJson);
}

GatewayClient::Reply<IssuedPrincipal> GatewayClient::rotatePrincipal(const QString& name, const QString& reason) const
{
    return decode(send(post(principalPath(name, "rotate"), {}, reason)), &issuedPrincipalFromJson);
}

GatewayClient::Reply<Pairing> GatewayClient::startPairing(
    const PrincipalRequest& request, const QString& reason, std::optional<std::chrono::seconds> time) const
{
    QJsonObject body = bodyOf(request);
    if (time)
        body.insert(QStringLiteral("duration_s"), qint64(time->count()));
    return decode(send(post(QStringLiteral("/api/v1/pairings"), body, reason)), &pairingFromJson);
}

GatewayClient::Reply<IssuedPrincipal> GatewayClient::claimPairing(const QString& reason) const
{
    return decode(send(post(QStringLiteral("/api/v1/pairings/claim"), {}, reason)), &issuedPrincipalFromJson);
}

} // namespace gateway::api
