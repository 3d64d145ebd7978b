#include "api/zone_check.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<ZoneEndpoint>
{
    static constexpr auto fields = std::tuple{
        field("alias", &ZoneEndpoint::alias),
        field("candidate", &ZoneEndpoint::candidate),
        field("step", &ZoneEndpoint::step),
        field("eligible", &ZoneEndpoint::eligible),
        field("why", &ZoneEndpoint::why),
    };
};

template <>
struct Members<TenantZoneCheck>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &TenantZoneCheck::tenant),
        field("contract_zone", &TenantZoneCheck::contractZone),
        field("contract_reference", &TenantZoneCheck::contractReference),
        field("zone", &TenantZoneCheck::zone),
        field("verdict", &TenantZoneCheck::verdict),
        field("sentence", &TenantZoneCheck::sentence),
        field("endpoints", &TenantZoneCheck::endpoints),
        field("attempts", &TenantZoneCheck::attempts),
        field("outside", &TenantZoneCheck::outside),
        field("unknown", &TenantZoneCheck::unknown),
        field("outside_calls", &TenantZoneCheck::outsideCalls),
    };
};

template <>
struct Members<ZoneCheck>
{
    static constexpr auto fields = std::tuple{
        field("verdict", &ZoneCheck::verdict),
        field("as_of", &ZoneCheck::asOf),
        field("since", &ZoneCheck::since),
        field("until", &ZoneCheck::until),
        field("revision", &ZoneCheck::revision),
        field("query", &ZoneCheck::query),
        field("tenants", &ZoneCheck::tenants),
    };
};

QJsonObject toJson(const ZoneCheck& check)
{
    return writeMembers(check);
}

Result<ZoneCheck> zoneCheckFromJson(const QJsonObject& json)
{
    return parseMembers<ZoneCheck>(json);
}

} // namespace gateway::api
