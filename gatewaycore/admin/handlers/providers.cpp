#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

void addOnce(QStringList& list, const QString& entry)
{
    if (!entry.isEmpty() && !list.contains(entry))
        list.append(entry);
}

api::ProviderStatus describe(
    const Services& services, const config::PolicySnapshot& snapshot, const config::Provider& provider)
{
    api::ProviderStatus status;
    status.name = provider.name;
    status.kind = nameOf(provider.kind);
    status.region = provider.region;
    status.baseUrl = provider.baseUrl;
    status.retention = provider.retention;
    status.keyReference = provider.keyReference;
    for (const auto& alias : snapshot.aliases) {
        const auto note = [&](const config::Candidate& candidate) {
            if (candidate.provider != &provider)
                return;
            addOnce(status.models, candidate.model);
            addOnce(status.aliases, alias->name);
        };
        for (const config::Candidate& candidate : alias->candidates)
            note(candidate);
        for (const config::FallbackStep& step : alias->fallback)
            note(step.candidate);
    }
    services.engine.series().describe(status);
    status.connectionsOpen = services.engine.providerConnections(provider.name);
    status.breakers = services.engine.breakers(provider.name);
    for (const api::ProviderGateStatus& gate : services.engine.quotas().providers) {
        if (gate.provider == provider.name)
            status.gate = gate;
    }
    for (const api::LeverStatus& lever : services.engine.levers()) {
        const bool concerns = lever.kind == api::LeverKind::Drain && lever.provider == provider.name;
        if (concerns && status.leverId.isEmpty() && (lever.isInForce() || lever.isFailingBack())) {
            status.leverId = lever.id;
            status.drained = lever.isInForce();
            if (status.drained)
                status.drainEnds = lever.endsAt;
            else
                status.stagePercent = lever.stagePercent;
        }
    }
    if (status.drained) {
        status.health = api::Health::Paused;
        status.why = QStringLiteral("Drained: it gets no calls.");
    }
    return status;
}

} // namespace

void getProviders(const Services& services, const Request&, const Reply& reply)
{
    const config::SnapshotPtr snapshot = services.engine.snapshot();
    QVector<api::ProviderStatus> all;
    for (const auto& provider : snapshot->providers)
        all.append(describe(services, *snapshot, *provider));
    reply({200, itemsOf(all)});
}

void getProvider(const Services& services, const Request& request, const Reply& reply)
{
    const config::SnapshotPtr snapshot = services.engine.snapshot();
    for (const auto& provider : snapshot->providers) {
        if (provider->name == request.argument)
            return reply({200, api::toJson(describe(services, *snapshot, *provider))});
    }
    reply(api::errorReply(api::failure(
        api::Failure::NotFound, QStringLiteral("No provider named %1 is configured.").arg(request.argument))));
}

} // namespace gateway::admin
