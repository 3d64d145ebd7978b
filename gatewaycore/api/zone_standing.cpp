#include "api/zone_standing.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<ZoneRow>
{
    static constexpr auto fields = std::tuple{
        field("call", &ZoneRow::call),
        field("number", &ZoneRow::number),
        field("at", &ZoneRow::at),
        field("tenant", &ZoneRow::tenant),
        field("zone", &ZoneRow::zone),
        field("provider", &ZoneRow::provider),
        field("region", &ZoneRow::region),
        field("retention", &ZoneRow::retention),
        field("revision", &ZoneRow::revision),
        field("why", &ZoneRow::why),
    };
};

template <>
struct Members<ZoneGap>
{
    static constexpr auto fields = std::tuple{
        field("code", &ZoneGap::code),
        field("count", &ZoneGap::count),
        field("sentence", &ZoneGap::sentence),
    };
};

template <>
struct Members<StandingCheck>
{
    static constexpr auto fields = std::tuple{
        field("number", &StandingCheck::number),
        field("trigger", &StandingCheck::trigger),
        field("by", &StandingCheck::by),
        field("sentence", &StandingCheck::sentence),
        field("scanned", &StandingCheck::scanned),
        field("outside", &StandingCheck::outside),
        field("rows", &StandingCheck::rows),
        field("coverage_percent", &StandingCheck::coveragePercent),
        field("gaps", &StandingCheck::gaps),
        field("chain", &StandingCheck::chain),
        field("incident", &StandingCheck::incident),
    };
};

template <>
struct Members<ZoneCheckRun>
{
    static constexpr auto fields = std::tuple{
        field("number", &ZoneCheckRun::number),
        field("at", &ZoneCheckRun::at),
        field("trigger", &ZoneCheckRun::trigger),
        field("by", &ZoneCheckRun::by),
        field("since", &ZoneCheckRun::since),
        field("until", &ZoneCheckRun::until),
        field("tenant", &ZoneCheckRun::tenant),
        field("revision", &ZoneCheckRun::revision),
        field("verdict", &ZoneCheckRun::verdict),
        field("sentence", &ZoneCheckRun::sentence),
        field("scanned", &ZoneCheckRun::scanned),
        field("outside", &ZoneCheckRun::outside),
        field("coverage_percent", &ZoneCheckRun::coveragePercent),
        field("incident", &ZoneCheckRun::incident),
    };
};

QJsonObject toJson(const StandingCheck& check)
{
    QJsonObject json = toJson(check.check);
    const QJsonObject more = writeMembers(check);
    for (auto member = more.begin(); member != more.end(); ++member)
        json.insert(member.key(), member.value());
    return json;
}

Result<StandingCheck> standingCheckFromJson(const QJsonObject& json)
{
    const Result<ZoneCheck> check = zoneCheckFromJson(json);
    if (!check)
        return check.error();
    Result<StandingCheck> standing = parseMembers<StandingCheck>(json);
    if (standing)
        standing->check = *check;
    return standing;
}

QJsonObject toJson(const ZoneCheckRun& run)
{
    return writeMembers(run);
}

Result<ZoneCheckRun> zoneCheckRunFromJson(const QJsonObject& json)
{
    return parseMembers<ZoneCheckRun>(json);
}

} // namespace gateway::api
