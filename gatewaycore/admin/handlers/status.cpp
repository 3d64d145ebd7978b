#include "admin/handlers/handlers.h"

namespace gateway::admin {

void getStatus(const Services& services, const Request&, const Reply& reply)
{
    api::EngineStatus status = services.engine.status();
    status.eventSequence = services.events.lastSequence();
    reply({200, api::toJson(status)});
}

} // namespace gateway::admin
