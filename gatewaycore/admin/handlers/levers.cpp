// Levers and drills: /failovers and /drills.
#include "admin/handlers/handlers.h"
#include "admin/handlers/lever_request.h"

#include <algorithm>

namespace gateway::admin {
namespace {

using api::Failure;

// The kind is never guessed: a forgotten field must not drain a provider.
api::Result<api::LeverRequest> asked(const Request& request)
{
    if (!request.asked.body.contains(QLatin1String("kind")))
        return api::failure(Failure::Invalid, QStringLiteral("The field \"kind\" is missing."),
            QStringLiteral("It is drain, weight, breaker or drill."));
    return api::leverRequestFromJson(request.asked.body);
}

// A lever without a tenant is the engine's; one with a tenant (a drill) concerns that tenant alone.
bool isSeen(const Principal& principal, const QString& tenant)
{
    return tenant.isEmpty() || principal.mayTouch(tenant);
}

QVector<api::LeverStatus> leversSeen(const Services& services, const Request& request)
{
    QVector<api::LeverStatus> levers = services.engine.levers();
    levers.removeIf([&](const api::LeverStatus& lever) { return !isSeen(request.principal, lever.tenant); });
    return levers;
}

} // namespace

void getLevers(const Services& services, const Request& request, const Reply& reply)
{
    reply({200, itemsOf(leversSeen(services, request))});
}

void planLever(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::LeverRequest> wanted = asked(request);
    if (!wanted)
        return reply(api::errorReply(wanted.error()));
    const api::Result<api::LeverRequest> checked = checkedLever(*wanted, services.engine);
    if (!checked)
        return reply(api::errorReply(checked.error()));
    answer<api::LeverPreview>(reply)(services.engine.previewLever(*checked));
}

void postLever(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::LeverRequest> wanted = asked(request);
    if (!wanted)
        return reply(api::errorReply(wanted.error()));
    applyChecked(services, request, reply, *wanted);
}

void revertLever(const Services& services, const Request& request, const Reply& reply)
{
    services.engine.endLever(request.argument, request.change, answer<api::LeverStatus>(reply));
}

void getDrills(const Services& services, const Request& request, const Reply& reply)
{
    QVector<api::DrillCard> cards;
    for (const api::LeverStatus& lever : leversSeen(services, request)) {
        if (lever.kind != api::LeverKind::Drill)
            continue;
        if (const api::Result<api::DrillCard> card = services.engine.drillCard(lever.id))
            cards.append(*card);
    }
    reply({200, itemsOf(cards)});
}

void getDrill(const Services& services, const Request& request, const Reply& reply)
{
    if (request.principal.isBound()) {
        const QVector<api::LeverStatus> seen = leversSeen(services, request);
        const bool isThere = std::any_of(
            seen.begin(), seen.end(), [&](const api::LeverStatus& lever) { return lever.id == request.argument; });
        if (!isThere)
            return refuse(
                reply, Failure::NotFound, QStringLiteral("There is no drill %1.").arg(request.argument.left(64)));
    }
    answer<api::DrillCard>(reply)(services.engine.drillCard(request.argument));
}

void postDrill(const Services& services, const Request& request, const Reply& reply)
{
    api::Result<api::LeverRequest> wanted = api::leverRequestFromJson(request.asked.body);
    if (!wanted)
        return reply(api::errorReply(wanted.error()));
    wanted->kind = api::LeverKind::Drill;
    applyChecked(services, request, reply, *wanted);
}

} // namespace gateway::admin
