#include "admin/handlers/replay.h"

#include "admin/replay_desk.h"
// after the values whose toJson it calls
#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

using api::Failure;

constexpr qsizetype kLargestText = 4 * 1024 * 1024; // as for the file itself

std::optional<api::Error> faultOf(const api::ReplayRequest& request)
{
    const int given = int(!request.draft.isEmpty()) + int(!request.yaml.isEmpty()) + int(request.revision.has_value());
    if (given != 1)
        return api::failure(Failure::Invalid,
            QStringLiteral("A config is named as \"draft\", \"revision\" or given as \"yaml\": one of the three."));
    if (request.yaml.size() > kLargestText)
        return api::failure(Failure::Invalid, QStringLiteral("The config is larger than 4 MiB."));
    if (request.since && request.until && *request.until <= *request.since)
        return api::failure(Failure::Invalid, QStringLiteral("The period ends before it begins."));
    if (request.sample < 0 || request.sample > api::ReplayRequest::kMost)
        return api::failure(Failure::Invalid,
            QStringLiteral("sample must be a whole number from 0 to %1.").arg(api::ReplayRequest::kMost));
    return std::nullopt;
}

ReplayDesk* deskOf(const Services& services, const Reply& reply)
{
    ReplayDesk* desk = services.engine.desks().replay;
    if (!desk)
        refuse(reply, Failure::NotFound, QStringLiteral("Replay is not kept here."));
    return desk;
}

} // namespace

void postReplay(const Services& services, const Request& request, const Reply& reply)
{
    ReplayDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    api::Result<api::ReplayRequest> asked = api::replayRequestFromJson(request.asked.body);
    if (!asked)
        return reply(api::errorReply(asked.error()));
    if (const auto fault = faultOf(*asked))
        return reply(api::errorReply(*fault));
    if (request.principal.isBound() && asked->yaml.isEmpty())
        return refuse(reply, Failure::NotPermitted,
            QStringLiteral("Drafts and revisions are of all tenants; give the config as \"yaml\"."));
    // a tenant of somebody else is one of which there are no calls
    const Principal& principal = request.principal;
    if (principal.isBound() && !asked->tenant.isEmpty() && !principal.mayTouch(asked->tenant))
        return refuse(
            reply, Failure::NotFound, QStringLiteral("There is no tenant \"%1\".").arg(asked->tenant.left(64)));
    desk->start(*asked, {principal.name, principal.tenants}, answer<api::ReplayReport>(reply, 202));
}

void getReplays(const Services& services, const Request& request, const Reply& reply)
{
    if (const ReplayDesk* desk = deskOf(services, reply))
        reply({200, itemsOf(desk->list(request.principal.tenants))});
}

void getReplay(const Services& services, const Request& request, const Reply& reply)
{
    if (const ReplayDesk* desk = deskOf(services, reply))
        answer<api::ReplayReport>(reply)(desk->report(request.argument, request.principal.tenants));
}

void getReplayChanges(const Services& services, const Request& request, const Reply& reply)
{
    const ReplayDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const api::Result<api::ReplayChangeQuery> query = api::replayChangeQueryFromQuery(request.asked.query);
    if (!query)
        return reply(api::errorReply(query.error()));
    answer<api::ReplayChangePage>(reply)(desk->changes(request.argument, *query, request.principal.tenants));
}

void cancelReplay(const Services& services, const Request& request, const Reply& reply)
{
    if (ReplayDesk* desk = deskOf(services, reply))
        answer<api::ReplayReport>(reply)(desk->cancel(request.argument, request.principal.tenants));
}

} // namespace gateway::admin
