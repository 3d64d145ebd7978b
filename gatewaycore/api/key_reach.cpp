#include "api/key_reach.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<ReachRow>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &ReachRow::tenant),
        field("credential", &ReachRow::credential),
        field("alias", &ReachRow::alias),
        field("provider", &ReachRow::provider),
        field("region", &ReachRow::region),
        field("zone", &ReachRow::zone),
        field("calls", &ReachRow::calls),
        field("attempts", &ReachRow::attempts),
        field("spent_usd", &ReachRow::spent),
        field("unpriced", &ReachRow::unpriced),
        field("first_seen", &ReachRow::firstSeen),
        field("last_seen", &ReachRow::lastSeen),
    };
};

template <>
struct Members<KeyReach>
{
    static constexpr auto fields = std::tuple{
        field("kind", &KeyReach::kind),
        field("name", &KeyReach::name),
        field("since", &KeyReach::since),
        field("until", &KeyReach::until),
        field("sentence", &KeyReach::sentence),
        field("rows", &KeyReach::rows),
        field("rows_left_out", &KeyReach::rowsLeftOut),
        field("calls", &KeyReach::calls),
        field("attempts", &KeyReach::attempts),
        field("spent_usd", &KeyReach::spent),
        field("unpriced", &KeyReach::unpriced),
        field("tenants", &KeyReach::tenants),
        field("zones", &KeyReach::zones),
        field("regions", &KeyReach::regions),
        field("providers", &KeyReach::providers),
        field("aliases", &KeyReach::aliases),
        field("first_seen", &KeyReach::firstSeen),
        field("last_seen", &KeyReach::lastSeen),
        field("complete", &KeyReach::complete),
        field("counted_since", &KeyReach::countedSince),
    };
};

QJsonObject toJson(const KeyReach& reach)
{
    return writeMembers(reach);
}

Result<KeyReach> keyReachFromJson(const QJsonObject& json)
{
    return parseMembers<KeyReach>(json);
}

} // namespace gateway::api
