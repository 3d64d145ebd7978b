// What a canary works with in an engine: its drafts, the data path, the events.
#include "admin/event_hub.h"
#include "engine/desk_config.h"
#include "engine/desk_rollout.h"
#include "engine/draft_book.h"
#include "engine/gateway.h"
#include "observability/log.h"

namespace gateway::engine {
namespace {

// As the book of drafts keeps it.
QString verdictOf(const api::CanaryStatus& status)
{
    switch (status.phase) {
    case api::CanaryPhase::Starting:
    case api::CanaryPhase::Running:
    case api::CanaryPhase::Paused:
        return QStringLiteral("running");
    case api::CanaryPhase::Ready:
    case api::CanaryPhase::Promoted:
        return QStringLiteral("pass");
    case api::CanaryPhase::RolledBack:
        return QStringLiteral("fail");
    case api::CanaryPhase::Aborted:
    case api::CanaryPhase::Interrupted:
        return QStringLiteral("stopped");
    }
    return {};
}

api::CanaryResult resultOf(const api::CanaryStatus& status)
{
    api::CanaryResult result;
    result.verdict = verdictOf(status);
    for (const api::CanaryStep& step : status.steps) {
        if (step.begunAt)
            result.percent = step.percent;
    }
    result.calls = status.canary.calls;
    result.controlCalls = status.control.calls;
    result.sentence = status.endReason.isEmpty() ? status.sentence : status.endReason;
    result.at = status.endedAt ? status.endedAt : std::optional(status.asOf);
    return result;
}

void noteIn(DraftBook& drafts, const api::CanaryStatus& status)
{
    drafts.noteCanary(status.plan.draft, resultOf(status), {}, [draft = status.plan.draft](const api::Outcome& noted) {
        if (!noted)
            observability::log(observability::LogLevel::Warning, "canary.unnoted",
                {{"draft", draft}, {"message", noted.error().message}});
    });
}

} // namespace

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
    services.compiled = [&parts](const QString& draft, const admin::Change& change,
                            Rollout::Done<config::SnapshotPtr> done) {
        ConfigAsker asker = askerOf(change);
        asker.alongside = {}; // the mark of the change is written with the canary
        parts.drafts->compiled(draft, asker, std::move(done));
    };
    services.note = [&parts](const api::CanaryStatus& status) { noteIn(*parts.drafts, status); };
    services.promote = [&parts](
                           const QString& draft, const admin::Change& change, std::function<void(api::Outcome)> done) {
        parts.drafts->promote(
            {draft, false}, askerOf(change), [done = std::move(done)](const api::Result<api::Promotion>& promoted) {
                done(promoted ? api::Outcome(api::Done{}) : api::Outcome(promoted.error()));
            });
    };
    return services;
}

} // namespace gateway::engine
