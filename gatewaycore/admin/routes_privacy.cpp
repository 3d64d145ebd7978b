#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> privacyRoutes()
{
    return {};
}

} // namespace gateway::admin
