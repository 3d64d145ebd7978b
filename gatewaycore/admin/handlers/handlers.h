// The handlers of the admin API, one file per noun. Each reads the checked request, asks the engine view and writes
// JSON; lists are {"items": [...]}. Thread: control. Each calls `reply` exactly once, at once or later.
#pragma once

#include "admin/router.h"
#include "api/principal.h"

#include <QJsonArray>

namespace gateway::admin {

void getStatus(const Services& services, const Request& request, const Reply& reply);
void getProviders(const Services& services, const Request& request, const Reply& reply);
void getProvider(const Services& services, const Request& request, const Reply& reply);
void getAliases(const Services& services, const Request& request, const Reply& reply);
void getTenants(const Services& services, const Request& request, const Reply& reply);
void getCalls(const Services& services, const Request& request, const Reply& reply);
void getCall(const Services& services, const Request& request, const Reply& reply);
void getSeries(const Services& services, const Request& request, const Reply& reply);
void getCredentials(const Services& services, const Request& request, const Reply& reply);
void postCredential(const Services& services, const Request& request, const Reply& reply);
void revokeCredential(const Services& services, const Request& request, const Reply& reply);
void getConfig(const Services& services, const Request& request, const Reply& reply);
void checkConfig(const Services& services, const Request& request, const Reply& reply);
void getBudgets(const Services& services, const Request& request, const Reply& reply);
void raiseBudget(const Services& services, const Request& request, const Reply& reply);
void getLedger(const Services& services, const Request& request, const Reply& reply);
void reconcileLedger(const Services& services, const Request& request, const Reply& reply);
void getQuotas(const Services& services, const Request& request, const Reply& reply);
void explainRoute(const Services& services, const Request& request, const Reply& reply);
void getCapabilities(const Services& services, const Request& request, const Reply& reply);
void getLevers(const Services& services, const Request& request, const Reply& reply);
void planLever(const Services& services, const Request& request, const Reply& reply);
void postLever(const Services& services, const Request& request, const Reply& reply);
void revertLever(const Services& services, const Request& request, const Reply& reply);
void drainProvider(const Services& services, const Request& request, const Reply& reply);
void resumeProvider(const Services& services, const Request& request, const Reply& reply);
void forceBreaker(const Services& services, const Request& request, const Reply& reply);
void probeProvider(const Services& services, const Request& request, const Reply& reply);
void getDrills(const Services& services, const Request& request, const Reply& reply);
void getDrill(const Services& services, const Request& request, const Reply& reply);
void postDrill(const Services& services, const Request& request, const Reply& reply);
void whoAmI(const Services& services, const Request& request, const Reply& reply);
void getPrincipals(const Services& services, const Request& request, const Reply& reply);
void postPrincipal(const Services& services, const Request& request, const Reply& reply);
void revokePrincipal(const Services& services, const Request& request, const Reply& reply);
void rotatePrincipal(const Services& services, const Request& request, const Reply& reply);
void postPairing(const Services& services, const Request& request, const Reply& reply);
void claimPairing(const Services& services, const Request& request, const Reply& reply);
void getInvariants(const Services& services, const Request& request, const Reply& reply);
void getCallSummary(const Services& services, const Request& request, const Reply& reply);
void rotateCredential(const Services& services, const Request& request, const Reply& reply);
void getChecklist(const Services& services, const Request& request, const Reply& reply);
void getExports(const Services& services, const Request& request, const Reply& reply);
void testExport(const Services& services, const Request& request, const Reply& reply);
void getIncidents(const Services& services, const Request& request, const Reply& reply);
void getIncident(const Services& services, const Request& request, const Reply& reply);
void getHandover(const Services& services, const Request& request, const Reply& reply);
void acknowledgeIncident(const Services& services, const Request& request, const Reply& reply);
void noteIncident(const Services& services, const Request& request, const Reply& reply);
void getAudit(const Services& services, const Request& request, const Reply& reply);
void settleOperation(const Services& services, const Request& request, const Reply& reply);

// {"items": [...]} of values that have a toJson.
template <typename Values>
QJsonObject itemsOf(const Values& values)
{
    QJsonArray items;
    for (const auto& value : values)
        items.append(api::toJson(value));
    return {{QStringLiteral("items"), items}};
}

// What this principal may see of values that are of a tenant each; `tenantOf` says of which.
template <typename Values, typename TenantOf>
Values seenBy(const Principal& principal, Values values, TenantOf tenantOf)
{
    if (principal.isBound())
        values.removeIf([&](const auto& value) { return !principal.mayTouch(tenantOf(value)); });
    return values;
}

// Answers 200 (or `status`) with the value, or with the error.
template <typename T>
Done<T> answer(const Reply& reply, int status = 200)
{
    return [reply, status](const api::Result<T>& result) {
        reply(result ? api::AdminReply{status, api::toJson(*result)} : api::errorReply(result.error()));
    };
}

inline void refuse(const Reply& reply, api::Failure kind, const QString& message, const QString& hint = {})
{
    reply(api::errorReply(api::failure(kind, message, hint)));
}

} // namespace gateway::admin
