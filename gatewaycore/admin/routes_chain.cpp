#include "admin/handlers/chain.h"
#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> chainRoutes()
{
    return {
        {"GET", "/api/v1/audit/chain", kAll, Reach::Engine, Kind::Read, {}, {}, &getChain},
        {"POST", "/api/v1/audit/verify", kAuditors, Reach::Everything, Kind::Read, {}, {}, &verifyChain},
        {"GET", "/api/v1/audit/key", kAll, Reach::Engine, Kind::Read, {}, {}, &getChainKey},
        {"GET", "/api/v1/calls/{id}/receipt", kAll, Reach::Tenant, Kind::Read, {}, {}, &getReceipt},
    };
}

} // namespace gateway::admin
