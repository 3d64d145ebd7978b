#include "admin/handlers/handlers.h"

namespace gateway::admin {

void getCapabilities(const Services& services, const Request&, const Reply& reply)
{
    reply({200, itemsOf(services.engine.capabilities())});
}

} // namespace gateway::admin
