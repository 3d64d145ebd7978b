#include "admin/handlers/rollout.h"
#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> rolloutRoutes()
{
    const auto act = [](const char* path, Handler handler) {
        return Route{"POST", path, kOperators, Reach::Everything, Kind::Change, {}, {}, handler};
    };
    return {
        {"GET", "/api/v1/config/canary", kAll, Reach::Everything, Kind::Read, {}, {}, &getCanary},
        {"POST", "/api/v1/config/canary", kOperators, Reach::Everything, Kind::Change, {},
            {"draft"_l, "sticky_by"_l, "exclude"_l, "steps"_l, "step_s"_l, "least_calls"_l, "promotes"_l},
            &startCanary},
        act("/api/v1/config/canary/pause", &pauseCanary),
        act("/api/v1/config/canary/resume", &resumeCanary),
        act("/api/v1/config/canary/advance", &advanceCanary),
        act("/api/v1/config/canary/abort", &abortCanary),
    };
}

} // namespace gateway::admin
