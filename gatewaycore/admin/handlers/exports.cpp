#include "admin/handlers/handlers.h"

namespace gateway::admin {

void getExports(const Services& services, const Request&, const Reply& reply)
{
    reply({200, itemsOf(services.engine.exports())});
}

void testExport(const Services& services, const Request& request, const Reply& reply)
{
    services.engine.testExport(request.argument, request.change, answer<api::ExportTest>(reply));
}

} // namespace gateway::admin
