// The route table (declared in router.h): what there is, who may, what it takes.
#include "admin/handlers/handlers.h"
#include "admin/router.h"

namespace gateway::admin {
namespace {

using config::Role;

QLatin1String operator""_l(const char* text, std::size_t length)
{
    return QLatin1String(text, qsizetype(length));
}

} // namespace

std::span<const Route> routes()
{
    static const std::vector<Route> table{
        {"GET", "/api/v1/status", Role::Viewer, false, {}, {}, &getStatus},
        {"GET", "/api/v1/providers", Role::Viewer, false, {}, {}, &getProviders},
        {"GET", "/api/v1/providers/{name}", Role::Viewer, false, {}, {}, &getProvider},
        {"GET", "/api/v1/aliases", Role::Viewer, false, {}, {}, &getAliases},
        {"GET", "/api/v1/tenants", Role::Viewer, false, {}, {}, &getTenants},
        {"GET", "/api/v1/calls", Role::Viewer, false,
            {"since"_l, "until"_l, "tenant"_l, "alias"_l, "provider"_l, "outcome"_l, "before"_l, "limit"_l}, {},
            &getCalls},
        {"GET", "/api/v1/calls/{id}", Role::Viewer, false, {}, {}, &getCall},
        {"GET", "/api/v1/series", Role::Viewer, false, {"provider"_l, "alias"_l, "from"_l, "to"_l, "step"_l}, {},
            &getSeries},
        {"GET", "/api/v1/credentials", Role::Viewer, false, {}, {}, &getCredentials},
        {"POST", "/api/v1/credentials", Role::Admin, true, {},
            {"tenant"_l, "aliases"_l, "features"_l, "expires_at"_l, "note"_l}, &postCredential},
        {"POST", "/api/v1/credentials/{id}/revoke", Role::Operator, true, {}, {}, &revokeCredential},
        {"GET", "/api/v1/config", Role::Viewer, false, {}, {}, &getConfig},
        {"POST", "/api/v1/config/check", Role::Developer, false, {}, {"yaml"_l}, &checkConfig},
        {"GET", "/api/v1/events", Role::Viewer, false, {"since"_l}, {}, nullptr},
    };
    return table;
}

} // namespace gateway::admin
