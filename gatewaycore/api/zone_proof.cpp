#include "api/zone_proof.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<ZoneUse>
{
    static constexpr auto fields = std::tuple{
        field("name", &ZoneUse::name),
        field("state", &ZoneUse::state),
        field("sentence", &ZoneUse::sentence),
    };
};

template <>
struct Members<ZonePath>
{
    static constexpr auto fields = std::tuple{
        field("alias", &ZonePath::alias),
        field("use", &ZonePath::use),
        field("zone", &ZonePath::zone),
        field("target", &ZonePath::target),
        field("why", &ZonePath::why),
        field("sentence", &ZonePath::sentence),
    };
};

template <>
struct Members<ReachableEndpoint>
{
    static constexpr auto fields = std::tuple{
        field("target", &ReachableEndpoint::target),
        field("provider", &ReachableEndpoint::provider),
        field("region", &ReachableEndpoint::region),
        field("retention", &ReachableEndpoint::retention),
        field("aliases", &ReachableEndpoint::aliases),
        field("uses", &ReachableEndpoint::uses),
    };
};

template <>
struct Members<ProofWarning>
{
    static constexpr auto fields = std::tuple{
        field("code", &ProofWarning::code),
        field("alias", &ProofWarning::alias),
        field("zone", &ProofWarning::zone),
        field("sentence", &ProofWarning::sentence),
    };
};

template <>
struct Members<TenantProof>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &TenantProof::tenant),
        field("contract_reference", &TenantProof::contractReference),
        field("contract_zone", &TenantProof::contractZone),
        field("configured_zone", &TenantProof::configuredZone),
        field("effective_zone", &TenantProof::effectiveZone),
        field("verdict", &TenantProof::verdict),
        field("sentence", &TenantProof::sentence),
        field("paths", &TenantProof::paths),
        field("endpoints", &TenantProof::endpoints),
        field("counterexamples", &TenantProof::counterexamples),
        field("violations", &TenantProof::violations),
        field("warnings", &TenantProof::warnings),
    };
};

template <>
struct Members<ZoneProof>
{
    static constexpr auto fields = std::tuple{
        field("verdict", &ZoneProof::verdict),
        field("sentence", &ZoneProof::sentence),
        field("as_of", &ZoneProof::asOf),
        field("revision", &ZoneProof::revision),
        field("canary", &ZoneProof::canary),
        field("uses", &ZoneProof::uses),
        field("tenants", &ZoneProof::tenants),
    };
};

QJsonObject toJson(const ZoneProof& proof)
{
    return writeMembers(proof);
}

Result<ZoneProof> zoneProofFromJson(const QJsonObject& json)
{
    return parseMembers<ZoneProof>(json);
}

} // namespace gateway::api
