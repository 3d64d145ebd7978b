#include "admin/handlers/handlers.h"

namespace gateway::admin {

void getIncidents(const Services& services, const Request&, const Reply& reply)
{
    reply({200, itemsOf(services.engine.incidents())});
}

} // namespace gateway::admin
