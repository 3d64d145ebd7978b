#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> configRoutes()
{
    return {};
}

} // namespace gateway::admin
