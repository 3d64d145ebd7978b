#include "admin/features.h"
#include "admin/handlers/handlers.h"
#include "api/handshake.h"

namespace gateway::admin {

void getStatus(const Services& services, const Request&, const Reply& reply)
{
    api::EngineStatus status = services.engine.status();
    status.eventSequence = services.events.lastSequence();
    status.apiMajor = api::kApiMajor;
    status.apiMinor = api::kApiMinor;
    status.features = features();
    reply({200, api::toJson(status)});
}

} // namespace gateway::admin
