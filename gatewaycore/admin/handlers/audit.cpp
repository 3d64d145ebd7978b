// The audit log, and what became of a change.
#include "admin/handlers/handlers.h"

#include "api/gateway_client.h"

namespace gateway::admin {

void getAudit(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::AuditQuery> query = api::auditQueryFromQuery(request.asked.query);
    if (!query)
        return reply(api::errorReply(query.error()));
    services.changes.entries(*query, answer<api::AuditPage>(reply));
}

// Of the caller's own keys: another principal's key of the same name is another key.
void settleOperation(const Services& services, const Request& request, const Reply& reply)
{
    services.changes.settle(request.principal, request.argument, answer<api::Operation>(reply));
}

} // namespace gateway::admin
