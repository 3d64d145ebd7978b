#include "admin/handlers/handlers.h"

namespace gateway::admin {

void getTenants(const Services& services, const Request& request, const Reply& reply)
{
    const config::SnapshotPtr snapshot = services.engine.snapshot();
    QVector<api::TenantStatus> all;
    for (const auto& tenant : snapshot->tenants) {
        if (!request.principal.mayTouch(tenant->name))
            continue;
        api::TenantStatus status;
        status.name = tenant->name;
        if (tenant->zone) {
            status.zone = tenant->zone->name;
            status.regions = tenant->zone->regions;
            status.retention = tenant->zone->retention;
        }
        if (tenant->contract) {
            status.contractReference = tenant->contract->reference;
            status.contractZone = tenant->contract->zone ? tenant->contract->zone->name : QString();
        }
        status.requestsPerMinute = tenant->requestsPerMinute;
        status.inputTokensPerMinute = tenant->inputTokensPerMinute;
        status.outputTokensPerMinute = tenant->outputTokensPerMinute;
        status.concurrency = tenant->concurrency;
        all.append(status);
    }
    reply({200, itemsOf(all)});
}

} // namespace gateway::admin
