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

template <>
struct Members<ExportTest>
{
    static constexpr auto fields = std::tuple{
        field("name", &ExportTest::name),
        field("ok", &ExportTest::ok),
        field("http_status", &ExportTest::httpStatus),
        field("sentence", &ExportTest::sentence),
        field("at", &ExportTest::at),
    };
};

QJsonObject toJson(const ExportStatus& status)
{
    return writeMembers(status);
}

QJsonObject toJson(const ExportTest& test)
{
    return writeMembers(test);
}

Result<ExportTest> exportTestFromJson(const QJsonObject& json)
{
    return parseMembers<ExportTest>(json);
}

Result<ExportStatus> exportStatusFromJson(const QJsonObject& json)
{
    return parseMembers<ExportStatus>(json);
}

} // namespace gateway::api
