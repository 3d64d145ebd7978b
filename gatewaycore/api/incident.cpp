#include "api/incident.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<IncidentNote>
{
    static constexpr auto fields = std::tuple{
        field("at", &IncidentNote::at),
        field("by", &IncidentNote::by),
        field("text", &IncidentNote::text),
    };
};

template <>
struct Members<Handover>
{
    static constexpr auto fields = std::tuple{
        field("incident", &Handover::incident),
        field("at", &Handover::at),
        field("lines", &Handover::lines),
    };
};

template <>
struct Members<Incident>
{
    static constexpr auto fields = std::tuple{
        field("id", &Incident::id),
        field("provider", &Incident::provider),
        field("candidates", &Incident::candidates),
        field("state", &Incident::state),
        field("severity", &Incident::severity),
        field("title", &Incident::title),
        field("sentence", &Incident::sentence),
        field("opened_at", &Incident::openedAt),
        field("last_seen_at", &Incident::lastSeenAt),
        field("closed_at", &Incident::closedAt),
        field("calls_failed", &Incident::callsFailed),
        field("calls_rescued", &Incident::callsRescued),
        field("openings", &Incident::openings),
        field("owner", &Incident::owner),
        field("acknowledged_by", &Incident::acknowledgedBy),
        field("acknowledged_at", &Incident::acknowledgedAt),
        field("notes", &Incident::notes),
        field("note_count", &Incident::noteCount),
    };
};

QJsonObject toJson(const Incident& incident)
{
    return writeMembers(incident);
}

QJsonObject toJson(const Handover& handover)
{
    return writeMembers(handover);
}

Result<Incident> incidentFromJson(const QJsonObject& json)
{
    return parseMembers<Incident>(json);
}

Result<Handover> handoverFromJson(const QJsonObject& json)
{
    return parseMembers<Handover>(json);
}

} // namespace gateway::api
