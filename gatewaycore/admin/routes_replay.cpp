#include "admin/handlers/replay.h"
#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> replayRoutes()
{
    // reads, whatever their method: nothing of the engine's is changed by a replay
    return {
        {"POST", "/api/v1/config/replay", kDevelopers, Reach::Tenant, Kind::Read, {},
            {"draft"_l, "yaml"_l, "revision"_l, "since"_l, "until"_l, "tenant"_l, "alias"_l, "sample"_l}, &postReplay},
        {"GET", "/api/v1/config/replay", kAll, Reach::Tenant, Kind::Read, {}, {}, &getReplays},
        {"GET", "/api/v1/config/replay/{id}", kAll, Reach::Tenant, Kind::Read, {}, {}, &getReplay},
        {"GET", "/api/v1/config/replay/{id}/changes", kAll, Reach::Tenant, Kind::Read,
            {"effect"_l, "tenant"_l, "alias"_l, "after"_l, "limit"_l}, {}, &getReplayChanges},
        {"POST", "/api/v1/config/replay/{id}/cancel", kDevelopers, Reach::Tenant, Kind::Read, {}, {}, &cancelReplay},
    };
}

} // namespace gateway::admin
