// What a canary works with in an engine: its drafts, the data path, the events.
#include "admin/event_hub.h"
#include "engine/desk_rollout.h"
#include "engine/gateway.h"

namespace gateway::engine {

Rollout::Services rolloutServices(Parts& parts, Gateway& gateway, admin::EventHub& events)
{
    Rollout::Services services{*parts.store, parts.clock, parts.random, gateway, {}, {}, {}, {}, {}, {}, {}};
    services.inForce = [&parts] { return parts.config.current(); };
    services.tryBeside = [&gateway](const config::SnapshotPtr& snapshot, const rollout::Assignment& callers,
                             std::function<void()> everywhere) {
        return gateway.tryBeside(snapshot, callers, std::move(everywhere));
    };
    services.endTrial = [&gateway](std::function<void()> everywhere) { gateway.endTrial(std::move(everywhere)); };
    services.tell = [&events](const QString& event, const QJsonObject& data) { events.publish(event, data); };
    services.compiled = [](const QString&, const admin::Change&, const Rollout::Done<config::SnapshotPtr>& done) {
        done(api::failure(api::Failure::NotFound, QStringLiteral("Drafts are not kept here.")));
    };
    services.note = [](const api::CanaryStatus&) {};
    services.promote = [](const QString&, const admin::Change&, const std::function<void(api::Outcome)>& done) {
        done(api::failure(api::Failure::NotFound, QStringLiteral("Drafts are not kept here.")));
    };
    return services;
}

} // namespace gateway::engine
