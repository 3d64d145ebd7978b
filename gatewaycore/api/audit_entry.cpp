#include "api/audit_entry.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<AuditEntry>
{
    static constexpr auto fields = std::tuple{
        field("sequence", &AuditEntry::sequence),
        field("at", &AuditEntry::at),
        field("principal", &AuditEntry::principal),
        field("role", &AuditEntry::role),
        field("by", &AuditEntry::by),
        field("client", &AuditEntry::client),
        field("peer", &AuditEntry::peer),
        field("action", &AuditEntry::action),
        field("object", &AuditEntry::object),
        field("reason", &AuditEntry::reason),
        field("operation", &AuditEntry::operation),
        field("revision", &AuditEntry::revision),
        field("outcome", &AuditEntry::outcome),
        field("status", &AuditEntry::status),
        field("message", &AuditEntry::message),
        field("asked", &AuditEntry::asked),
        field("before", &AuditEntry::before),
        field("after", &AuditEntry::after),
    };
};

template <>
struct Members<AuditPage>
{
    static constexpr auto fields = std::tuple{
        field("items", &AuditPage::entries),
        field("next", &AuditPage::next),
        field("total", &AuditPage::total),
    };
};

QJsonObject toJson(const AuditEntry& entry)
{
    return writeMembers(entry);
}

QJsonObject toJson(const AuditPage& page)
{
    return writeMembers(page);
}

Result<AuditEntry> auditEntryFromJson(const QJsonObject& json)
{
    return parseMembers<AuditEntry>(json);
}

Result<AuditPage> auditPageFromJson(const QJsonObject& json)
{
    return parseMembers<AuditPage>(json);
}

} // namespace gateway::api
