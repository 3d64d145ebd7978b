#include "api/export_status.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<ExportStatus>
{
    static constexpr auto fields = std::tuple{
        field("name", &ExportStatus::name),
        field("kind", &ExportStatus::kind),
        field("target", &ExportStatus::target),
        field("state", &ExportStatus::state),
        field("sentence", &ExportStatus::sentence),
        field("last_success", &ExportStatus::lastSuccess),
        field("last_failure", &ExportStatus::lastFailure),
        field("last_error", &ExportStatus::lastError),
        field("sent", &ExportStatus::sent),
        field("dropped", &ExportStatus::dropped),
        field("queued", &ExportStatus::queued),
    };
};

QJsonObject toJson(const ExportStatus& status)
{
    return writeMembers(status);
}

Result<ExportStatus> exportStatusFromJson(const QJsonObject& json)
{
    return parseMembers<ExportStatus>(json);
}

} // namespace gateway::api
