#include "api/incident.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<Incident>
{
    static constexpr auto fields = std::tuple{
        field("id", &Incident::id),
        field("provider", &Incident::provider),
        field("candidates", &Incident::candidates),
        field("state", &Incident::state),
        field("severity", &Incident::severity),
        field("sentence", &Incident::sentence),
        field("opened_at", &Incident::openedAt),
        field("last_seen_at", &Incident::lastSeenAt),
        field("closed_at", &Incident::closedAt),
        field("calls_failed", &Incident::callsFailed),
        field("calls_rescued", &Incident::callsRescued),
        field("openings", &Incident::openings),
    };
};

QJsonObject toJson(const Incident& incident)
{
    return writeMembers(incident);
}

Result<Incident> incidentFromJson(const QJsonObject& json)
{
    return parseMembers<Incident>(json);
}

} // namespace gateway::api
