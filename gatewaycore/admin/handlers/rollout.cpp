#include "admin/handlers/rollout.h"

#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

using api::Failure;

RolloutDesk* deskOf(const Services& services, const Reply& reply)
{
    RolloutDesk* desk = services.engine.desks().rollout;
    if (!desk)
        refuse(reply, Failure::NotFound, QStringLiteral("Canaries are not kept here."));
    return desk;
}

void act(const Services& services, const Request& request, const Reply& reply, api::CanaryAction action)
{
    RolloutDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    if (const auto current = desk->canaries().current)
        request.trace.before = {{QStringLiteral("id"), current->id}, {QStringLiteral("phase"), nameOf(current->phase)},
            {QStringLiteral("percent"), current->percent}};
    desk->actOnCanary(action, request.change, answer<api::CanaryStatus>(reply));
}

} // namespace

void getCanary(const Services& services, const Request&, const Reply& reply)
{
    if (RolloutDesk* desk = deskOf(services, reply))
        reply({200, api::toJson(desk->canaries())});
}

void startCanary(const Services& services, const Request& request, const Reply& reply)
{
    RolloutDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const api::Result<api::CanaryPlan> plan = api::canaryPlanFromJson(request.asked.body);
    if (!plan)
        return reply(api::errorReply(plan.error()));
    desk->startCanary(*plan, request.change, answer<api::CanaryStatus>(reply));
}

void pauseCanary(const Services& services, const Request& request, const Reply& reply)
{
    act(services, request, reply, api::CanaryAction::Pause);
}

void resumeCanary(const Services& services, const Request& request, const Reply& reply)
{
    act(services, request, reply, api::CanaryAction::Resume);
}

void advanceCanary(const Services& services, const Request& request, const Reply& reply)
{
    act(services, request, reply, api::CanaryAction::Advance);
}

void abortCanary(const Services& services, const Request& request, const Reply& reply)
{
    act(services, request, reply, api::CanaryAction::Abort);
}

} // namespace gateway::admin
