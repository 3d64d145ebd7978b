#include "admin/handlers/handlers.h"

#include "api/gateway_client.h"

namespace gateway::admin {

void getSeries(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::SeriesQuery> query = api::seriesQueryFromQuery(request.asked.query);
    if (!query)
        return reply(api::errorReply(query.error()));
    reply({200, api::toJson(services.engine.series().answer(*query))});
}

} // namespace gateway::admin
