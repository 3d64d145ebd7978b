#include "admin/handlers/content.h"
#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> contentRoutes()
{
    // content itself is for nobody without a grant, whatever the role; viewers cannot even ask
    constexpr Roles readers{api::Role::Auditor, api::Role::Developer, api::Role::Operator};
    constexpr Roles approvers{api::Role::Auditor};
    return {
        {"GET", "/api/v1/content", kAll, Reach::Tenant, Kind::Read, {}, {}, &getContentStatus},
        {"GET", "/api/v1/content/grants", readers, Reach::Tenant, Kind::Read, {}, {}, &getContentGrants},
        {"POST", "/api/v1/content/grants", readers, Reach::Tenant, Kind::Change, {},
            {"tenant"_l, "call"_l, "since"_l, "until"_l, "hours"_l}, &askContentGrant},
        {"POST", "/api/v1/content/grants/{id}/approve", approvers, Reach::Tenant, Kind::Change, {}, {},
            &approveContentGrant},
        {"POST", "/api/v1/content/grants/{id}/end", readers, Reach::Tenant, Kind::Change, {}, {}, &endContentGrant},
        {"GET", "/api/v1/calls/{id}/content", readers, Reach::Tenant, Kind::Read, {}, {}, &getCallContent},
        {"POST", "/api/v1/content/shred", kAdmins, Reach::Everything, Kind::Unmarked, {}, {"tenant"_l}, &shredContent},
        {"GET", "/api/v1/audit/retention", kAll, Reach::Everything, Kind::Read, {}, {}, &getRecordRetention},
    };
}

} // namespace gateway::admin
