#include "api/zone_record.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<ZoneRecord>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &ZoneRecord::tenant),
        field("zone", &ZoneRecord::zone),
        field("regions", &ZoneRecord::regions),
        field("retention", &ZoneRecord::retention),
        field("contract_reference", &ZoneRecord::contractReference),
        field("contract_zone", &ZoneRecord::contractZone),
        field("contract_dated", &ZoneRecord::contractDated),
        field("effective_from", &ZoneRecord::effectiveFrom),
        field("effective_until", &ZoneRecord::effectiveUntil),
        field("approvers", &ZoneRecord::approvers),
        field("first_revision", &ZoneRecord::firstRevision),
        field("last_revision", &ZoneRecord::lastRevision),
        field("from", &ZoneRecord::from),
        field("until", &ZoneRecord::until),
        field("changed_by", &ZoneRecord::changedBy),
        field("loosened", &ZoneRecord::loosened),
    };
};

template <>
struct Members<ZoneException>
{
    static constexpr auto fields = std::tuple{
        field("id", &ZoneException::id),
        field("tenant", &ZoneException::tenant),
        field("text", &ZoneException::text),
        field("by", &ZoneException::by),
        field("at", &ZoneException::at),
        field("expires_at", &ZoneException::expiresAt),
    };
};

template <>
struct Members<AuditedTenant>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &AuditedTenant::tenant),
        field("contract_reference", &AuditedTenant::contractReference),
        field("contract_zone", &AuditedTenant::contractZone),
        field("configured_zone", &AuditedTenant::configuredZone),
        field("effective_zone", &AuditedTenant::effectiveZone),
        field("proof", &AuditedTenant::proof),
        field("check", &AuditedTenant::check),
        field("deviation", &AuditedTenant::deviation),
        field("exception", &AuditedTenant::exception),
    };
};

template <>
struct Members<ZoneAudit>
{
    static constexpr auto fields = std::tuple{
        field("quarter", &ZoneAudit::quarter),
        field("from", &ZoneAudit::from),
        field("due_at", &ZoneAudit::dueAt),
        field("state", &ZoneAudit::state),
        field("sentence", &ZoneAudit::sentence),
        field("signed_by", &ZoneAudit::signedBy),
        field("signed_at", &ZoneAudit::signedAt),
        field("comment", &ZoneAudit::comment),
        field("revision", &ZoneAudit::revision),
        field("tenants", &ZoneAudit::tenants),
        field("exceptions", &ZoneAudit::exceptions),
    };
};

template <>
struct Members<AuditSignature>
{
    static constexpr auto fields = std::tuple{
        field("quarter", &AuditSignature::quarter),
        field("comment", &AuditSignature::comment),
    };
};

template <>
struct Members<ExceptionRequest>
{
    static constexpr auto fields = std::tuple{
        field("tenant", &ExceptionRequest::tenant),
        field("text", &ExceptionRequest::text),
        field("expires_at", &ExceptionRequest::expiresAt),
    };
};

QJsonObject toJson(const ZoneRecord& record)
{
    return writeMembers(record);
}

Result<ZoneRecord> zoneRecordFromJson(const QJsonObject& json)
{
    return parseMembers<ZoneRecord>(json);
}

QJsonObject toJson(const ZoneException& exception)
{
    return writeMembers(exception);
}

Result<ZoneException> zoneExceptionFromJson(const QJsonObject& json)
{
    return parseMembers<ZoneException>(json);
}

QJsonObject toJson(const ZoneAudit& audit)
{
    return writeMembers(audit);
}

Result<ZoneAudit> zoneAuditFromJson(const QJsonObject& json)
{
    return parseMembers<ZoneAudit>(json);
}

QJsonObject toJson(const AuditSignature& signature)
{
    return writeMembers(signature);
}

Result<AuditSignature> auditSignatureFromJson(const QJsonObject& json)
{
    return parseMembers<AuditSignature>(json);
}

QJsonObject toJson(const ExceptionRequest& request)
{
    return writeMembers(request);
}

Result<ExceptionRequest> exceptionRequestFromJson(const QJsonObject& json)
{
    return parseMembers<ExceptionRequest>(json);
}

} // namespace gateway::api
