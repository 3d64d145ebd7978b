#include "api/principal.h"

#include "json_fields.h"

namespace gateway::api {

QJsonValue toValue(Role role);
bool fromValue(const QJsonValue& value, Role& out);

template <>
struct Members<WhoAmI>
{
    static constexpr auto fields = std::tuple{
        field("name", &WhoAmI::name),
        field("role", &WhoAmI::role),
        field("tenants", &WhoAmI::tenants),
        field("by", &WhoAmI::by),
        field("may", &WhoAmI::may),
        field("expires_at", &WhoAmI::expiresAt),
    };
};

template <>
struct Members<PrincipalInfo>
{
    static constexpr auto fields = std::tuple{
        field("name", &PrincipalInfo::name),
        field("role", &PrincipalInfo::role),
        field("tenants", &PrincipalInfo::tenants),
        field("source", &PrincipalInfo::source),
        field("certificate", &PrincipalInfo::certificate),
        field("note", &PrincipalInfo::note),
        field("created_at", &PrincipalInfo::createdAt),
        field("expires_at", &PrincipalInfo::expiresAt),
        field("revoked_at", &PrincipalInfo::revokedAt),
        field("last_used_at", &PrincipalInfo::lastUsedAt),
        field("last_peer", &PrincipalInfo::lastPeer),
    };
};

template <>
struct Members<PrincipalRequest>
{
    static constexpr auto fields = std::tuple{
        field("name", &PrincipalRequest::name),
        field("role", &PrincipalRequest::role),
        field("tenants", &PrincipalRequest::tenants),
        field("expires_at", &PrincipalRequest::expiresAt),
        field("note", &PrincipalRequest::note),
    };
};

template <>
struct Members<IssuedPrincipal>
{
    static constexpr auto fields = std::tuple{
        field("name", &IssuedPrincipal::name),
        field("token", &IssuedPrincipal::token),
    };
};

template <>
struct Members<Pairing>
{
    static constexpr auto fields = std::tuple{
        field("name", &Pairing::name),
        field("code", &Pairing::code),
        field("link", &Pairing::link),
        field("expires_at", &Pairing::expiresAt),
    };
};

QJsonValue toValue(Role role)
{
    return nameOf(role);
}

bool fromValue(const QJsonValue& value, Role& out)
{
    const std::optional<Role> role = roleFromName(value.toString());
    out = role.value_or(Role::Viewer);
    return role.has_value();
}

QJsonObject toJson(const WhoAmI& who)
{
    return writeMembers(who);
}

Result<WhoAmI> whoAmIFromJson(const QJsonObject& json)
{
    return parseMembers<WhoAmI>(json);
}

QJsonObject toJson(const PrincipalInfo& principal)
{
    return writeMembers(principal);
}

Result<PrincipalInfo> principalInfoFromJson(const QJsonObject& json)
{
    return parseMembers<PrincipalInfo>(json);
}

QJsonObject toJson(const PrincipalRequest& request)
{
    return writeMembers(request);
}

Result<PrincipalRequest> principalRequestFromJson(const QJsonObject& json)
{
    return parseMembers<PrincipalRequest>(json);
}

QJsonObject toJson(const IssuedPrincipal& issued)
{
    return writeMembers(issued);
}

Result<IssuedPrincipal> issuedPrincipalFromJson(const QJsonObject& json)
{
    return parseMembers<IssuedPrincipal>(json);
}

QJsonObject toJson(const Pairing& pairing)
{
    return writeMembers(pairing);
}

Result<Pairing> pairingFromJson(const QJsonObject& json)
{
    return parseMembers<Pairing>(json);
}

} // namespace gateway::api
