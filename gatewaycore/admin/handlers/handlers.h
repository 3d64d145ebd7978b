// The handlers of the admin API, one file per noun. Each reads the checked request, asks the engine view and writes
// JSON; lists are {"items": [...]}. Thread: control. Each calls `reply` exactly once, at once or later.
#pragma once

#include "admin/router.h"

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

// {"items": [...]} of values that have a toJson.
template <typename Values>
QJsonObject itemsOf(const Values& values)
{
    QJsonArray items;
    for (const auto& value : values)
        items.append(api::toJson(value));
    return {{QStringLiteral("items"), items}};
}

} // namespace gateway::admin
