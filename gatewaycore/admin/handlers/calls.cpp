#include "admin/handlers/handlers.h"

#include "api/gateway_client.h"

namespace gateway::admin {

void getCalls(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::CallQuery> query = api::callQueryFromQuery(request.asked.query);
    if (!query)
        return reply(api::errorReply(query.error()));
    services.engine.calls(*query, request.principal.tenants, [reply](const api::Result<api::CallPage>& page) {
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
    services.engine.call(request.argument, [reply, request](const api::Result<api::Call>& call) {
        if (call && request.principal.mayTouch(call->tenant))
            return reply({200, api::toJson(*call)});
        // the same words for a call that is not there and for one that is another tenant's
        if (call || call.error().failure == api::Failure::NotFound)
            return refuse(reply, api::Failure::NotFound,
                QStringLiteral("There is no call %1 in the record.").arg(request.argument.left(80)));
        reply(api::errorReply(call.error()));
    });
}

void getCallSummary(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::CallSummaryQuery> query = api::callSummaryQueryFromQuery(request.asked.query);
    if (!query)
        return reply(api::errorReply(query.error()));
    services.engine.callSummary(*query, request.principal.tenants, answer<api::CallSummary>(reply));
}

} // namespace gateway::admin
