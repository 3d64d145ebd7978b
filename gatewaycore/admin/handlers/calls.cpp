#include "admin/handlers/handlers.h"

#include "api/gateway_client.h"

namespace gateway::admin {

void getCalls(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::CallQuery> query = api::callQueryFromQuery(request.asked.query);
    if (!query)
        return reply(api::errorReply(query.error()));
    services.engine.calls(*query, [reply](const api::Result<api::CallPage>& page) {
        if (!page)
            return reply(api::errorReply(page.error()));
        QJsonObject body = itemsOf(page->calls);
        body.insert(QStringLiteral("next"), page->next.isEmpty() ? QJsonValue() : QJsonValue(page->next));
        body.insert(QStringLiteral("total"), page->total);
        reply({200, body});
    });
}

void getCall(const Services& services, const Request& request, const Reply& reply)
{
    services.engine.call(request.argument, [reply](const api::Result<api::Call>& call) {
        reply(call ? api::AdminReply{200, api::toJson(*call)} : api::errorReply(call.error()));
    });
}

} // namespace gateway::admin
