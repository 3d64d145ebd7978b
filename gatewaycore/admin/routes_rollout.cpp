#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> rolloutRoutes()
{
    return {};
}

} // namespace gateway::admin
