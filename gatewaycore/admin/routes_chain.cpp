#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> chainRoutes()
{
    return {};
}

} // namespace gateway::admin
