#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

using api::Failure;

// What changes of an incident when people say something of it, for the audit log.
QJsonObject traced(const api::Incident& incident)
{
    return {{QStringLiteral("owner"), incident.owner}, {QStringLiteral("acknowledged_by"), incident.acknowledgedBy},
        {QStringLiteral("notes"), incident.noteCount}};
}

Done<api::Incident> answerAndTrace(const Request& request, const Reply& reply)
{
    return [&trace = request.trace, reply](const api::Result<api::Incident>& incident) {
        if (!incident)
            return reply(api::errorReply(incident.error()));
        trace.after = traced(*incident);
        reply({200, api::toJson(*incident)});
    };
}

// A text of the body, whole: neither empty nor longer than `most`.
api::Result<QString> textOf(const Request& request, const char* field, int most)
{
    const QJsonValue value = request.asked.body.value(QLatin1String(field));
    const QString text = value.toString().trimmed();
    if (!value.isString() || text.isEmpty())
        return api::failure(Failure::Invalid, QStringLiteral("The field \"%1\" is missing.").arg(QLatin1String(field)));
    if (text.size() > most)
        return api::failure(Failure::Invalid,
            QStringLiteral("The field \"%1\" has at most %2 characters.").arg(QLatin1String(field)).arg(most));
    return text;
}

} // namespace

void getIncidents(const Services& services, const Request&, const Reply& reply)
{
    reply({200, itemsOf(services.engine.incidents())});
}

void getIncident(const Services& services, const Request& request, const Reply& reply)
{
    answer<api::Incident>(reply)(services.engine.incident(request.argument));
}

void getHandover(const Services& services, const Request& request, const Reply& reply)
{
    services.engine.handover(request.argument, answer<api::Handover>(reply));
}

// Without an owner: who asks looks after it.
void acknowledgeIncident(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::Incident> known = services.engine.incident(request.argument);
    if (!known)
        return reply(api::errorReply(known.error()));
    QString owner = request.principal.name;
    if (request.asked.body.contains(QLatin1String("owner"))) {
        const api::Result<QString> named = textOf(request, "owner", api::Incident::kLongestOwner);
        if (!named)
            return reply(api::errorReply(named.error()));
        owner = *named;
    }
    request.trace.before = traced(*known);
    services.engine.acknowledgeIncident(request.argument, owner, request.change, answerAndTrace(request, reply));
}

void noteIncident(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::Incident> known = services.engine.incident(request.argument);
    if (!known)
        return reply(api::errorReply(known.error()));
    const api::Result<QString> text = textOf(request, "text", api::Incident::kLongestNote);
    if (!text)
        return reply(api::errorReply(text.error()));
    request.trace.before = traced(*known);
    services.engine.noteIncident(request.argument, *text, request.change, answerAndTrace(request, reply));
}

} // namespace gateway::admin
