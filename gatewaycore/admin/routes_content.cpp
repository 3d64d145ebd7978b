#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> contentRoutes()
{
    return {};
}

} // namespace gateway::admin
