// Privacy zones: proofs, checks, records, audits, and what keys touched.
#include "admin/handlers/privacy.h"
#include "admin/route_parts.h"

namespace gateway::admin {

std::vector<Route> privacyRoutes()
{
    const std::vector<QLatin1String> period{"since"_l, "until"_l};
    return {
        {"GET", "/api/v1/zones/proof", kAuditors, Reach::Tenant, Kind::Read, {"tenant"_l}, {}, &getZoneProof},
        {"GET", "/api/v1/zones/check", kAuditors, Reach::Tenant, Kind::Read, {"since"_l, "until"_l, "tenant"_l}, {},
            &getZoneCheck},
        {"POST", "/api/v1/zones/check", kAuditors, Reach::Everything, Kind::Change, {},
            {"since"_l, "until"_l, "tenant"_l}, &postZoneCheck},
        {"GET", "/api/v1/zones/checks", kAuditors, Reach::Everything, Kind::Read, {}, {}, &getZoneChecks},
        {"GET", "/api/v1/zones/checks/{number}", kAuditors, Reach::Everything, Kind::Read, {}, {}, &getKeptZoneCheck},
        {"GET", "/api/v1/zones/records", kAuditors, Reach::Tenant, Kind::Read, {"tenant"_l}, {}, &getZoneRecords},
        {"GET", "/api/v1/zones/audits", kAuditors, Reach::Everything, Kind::Read, {}, {}, &getZoneAudits},
        {"POST", "/api/v1/zones/audits", kAuditors, Reach::Everything, Kind::Change, {}, {"quarter"_l, "comment"_l},
            &postZoneAudit},
        {"GET", "/api/v1/zones/exceptions", kAuditors, Reach::Everything, Kind::Read, {}, {}, &getZoneExceptions},
        {"POST", "/api/v1/zones/exceptions", kAdmins, Reach::Everything, Kind::Change, {},
            {"tenant"_l, "text"_l, "expires_at"_l}, &postZoneException},
        {"GET", "/api/v1/credentials/{id}/reach", kAuditors, Reach::Everything, Kind::Read, period, {},
            &getCredentialReach},
        {"GET", "/api/v1/providers/{name}/reach", kAuditors, Reach::Everything, Kind::Read, period, {},
            &getProviderReach},
    };
}

} // namespace gateway::admin
