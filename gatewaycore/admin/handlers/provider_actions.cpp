// What can be done to one provider: the short forms of the levers, and a probe.
#include "admin/handlers/handlers.h"
#include "admin/handlers/lever_request.h"

namespace gateway::admin {
namespace {

using api::Failure;

bool isKnown(const Services& services, const Request& request, const Reply& reply)
{
    if (isProvider(*services.engine.snapshot(), request.argument))
        return true;
    refuse(reply, Failure::NotFound, QStringLiteral("No provider named %1 is configured.").arg(request.argument));
    return false;
}

// The lever in force that fits, or nothing.
template <typename Fits>
std::optional<api::LeverStatus> inForce(const Services& services, Fits fits)
{
    for (const api::LeverStatus& lever : services.engine.levers()) {
        if (lever.isInForce() && fits(lever))
            return lever;
    }
    return std::nullopt;
}

void end(const Services& services, const Request& request, const Reply& reply, const QString& id)
{
    services.engine.endLever(id, request.change, answer<api::LeverStatus>(reply));
}

// The candidate whose breaker is meant: the one named, or the only one there is.
api::Result<QString> candidateOf(const Services& services, const QString& provider, const QString& named)
{
    const QVector<api::BreakerStatus> breakers = services.engine.breakers(provider);
    QStringList labels;
    for (const api::BreakerStatus& breaker : breakers)
        labels.append(breaker.candidate);
    if (named.isEmpty() && labels.size() == 1)
        return labels.first();
    if (labels.contains(named))
        return named;
    const QString hint = labels.isEmpty() ? QStringLiteral("No alias has a candidate at this provider.")
                                          : QStringLiteral("It has: %1.").arg(labels.join(QStringLiteral(", ")));
    if (named.isEmpty())
        return api::failure(Failure::Invalid,
            QStringLiteral("%1 has %2 candidates, so the field \"candidate\" must name one.")
                .arg(provider)
                .arg(labels.size()),
            hint);
    return api::failure(
        Failure::Invalid, QStringLiteral("%1 is not a candidate of %2.").arg(named.left(200), provider), hint);
}

} // namespace

void drainProvider(const Services& services, const Request& request, const Reply& reply)
{
    if (!isKnown(services, request, reply))
        return;
    api::Result<api::LeverRequest> wanted = api::leverRequestFromJson(request.asked.body);
    if (!wanted)
        return reply(api::errorReply(wanted.error()));
    wanted->kind = api::LeverKind::Drain;
    wanted->provider = request.argument;
    applyChecked(services, request, reply, *wanted);
}

void resumeProvider(const Services& services, const Request& request, const Reply& reply)
{
    if (!isKnown(services, request, reply))
        return;
    const auto drain = inForce(services, [&](const api::LeverStatus& lever) {
        return lever.kind == api::LeverKind::Drain && lever.provider == request.argument;
    });
    if (!drain)
        return refuse(reply, Failure::Conflict, QStringLiteral("%1 is not drained.").arg(request.argument));
    end(services, request, reply, drain->id);
}

void forceBreaker(const Services& services, const Request& request, const Reply& reply)
{
    if (!isKnown(services, request, reply))
        return;
    const api::Result<api::BreakerForce> force = api::breakerForceFromJson(request.asked.body);
    if (!force)
        return reply(api::errorReply(force.error()));
    const api::Result<QString> candidate = candidateOf(services, request.argument, force->candidate);
    if (!candidate)
        return reply(api::errorReply(candidate.error()));
    if (force->state == QLatin1String("auto")) {
        if (force->endsAt || force->durationSeconds)
            return refuse(reply, Failure::Invalid, QStringLiteral("\"auto\" takes no end: it ends a force."));
        const auto forced = inForce(services, [&](const api::LeverStatus& lever) {
            return lever.kind == api::LeverKind::Breaker && lever.candidate == *candidate;
        });
        if (!forced)
            return refuse(reply, Failure::Conflict, QStringLiteral("The breaker of %1 is not forced.").arg(*candidate));
        return end(services, request, reply, forced->id);
    }
    api::LeverRequest wanted;
    wanted.kind = api::LeverKind::Breaker;
    wanted.candidate = *candidate;
    wanted.breaker = force->state;
    wanted.endsAt = force->endsAt;
    wanted.durationSeconds = force->durationSeconds;
    applyChecked(services, request, reply, wanted);
}

void probeProvider(const Services& services, const Request& request, const Reply& reply)
{
    if (!isKnown(services, request, reply))
        return;
    services.engine.probeProvider(request.argument, request.change, answer<api::ProbeResult>(reply));
}

} // namespace gateway::admin
