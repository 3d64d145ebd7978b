// GatewayView's side of routing and its levers: explain, failovers, breakers, drills.
#include "engine/gateway_view.h"

#include "engine/explain.h"
#include "engine/lever_preview.h"
#include "observability/log.h"

namespace gateway::engine {
namespace {

using api::Failure;

std::optional<QDateTime> maybeAt(std::optional<qint64> ms)
{
    return ms ? std::optional(at(*ms)) : std::nullopt;
}

// Both ends have the same kinds under the same names.
fallback::Lever leverOf(const api::LeverRequest& request, qint64 nowMs)
{
    fallback::Lever lever;
    lever.kind = *fallback::leverKindFromName(api::nameOf(request.kind));
    lever.provider = request.provider;
    lever.candidate = request.candidate;
    lever.alias = request.alias;
    lever.tenant = request.tenant;
    lever.weight = request.weight.value_or(0);
    lever.percent = request.percent.value_or(100);
    lever.breaker = fallback::breakerStateFromName(request.breaker).value_or(fallback::BreakerState::Open);
    lever.setAtMs = nowMs;
    lever.endsAtMs = request.endsAt ? request.endsAt->toMSecsSinceEpoch() : nowMs + api::kDefaultLeverSeconds * 1000;
    return lever;
}

api::LeverStatus statusOf(const fallback::Lever& lever)
{
    api::LeverStatus status;
    status.id = lever.id;
    status.kind = *api::leverKindFromName(fallback::nameOf(lever.kind));
    status.provider = lever.provider;
    status.candidate = lever.candidate;
    status.alias = lever.alias;
    status.tenant = lever.tenant;
    if (lever.kind == fallback::LeverKind::Weight)
        status.weight = lever.weight;
    if (lever.kind == fallback::LeverKind::Drill)
        status.percent = lever.percent;
    if (lever.kind == fallback::LeverKind::Breaker)
        status.breaker = fallback::nameOf(lever.breaker);
    status.reason = lever.reason;
    status.by = lever.by;
    status.setAt = at(lever.setAtMs);
    status.endsAt = at(lever.endsAtMs);
    if (lever.endedAtMs > 0)
        status.endedAt = at(lever.endedAtMs);
    if (lever.kind == fallback::LeverKind::Drain && lever.endedAtMs > 0) {
        status.stagePercent = lever.stagePercent;
        if (lever.stageSinceMs > 0)
            status.stageSince = at(lever.stageSinceMs);
    }
    return status;
}

constexpr qint64 kEndedKeptMs = 24 * 3600 * 1000;

} // namespace

api::Result<api::RouteExplanation> GatewayView::explainRoute(const api::RouteQuestion& question) const
{
    const credential::CredentialBookPtr book = m_parts.credentials->book();
    const credential::Credential* credential = nullptr;
    if (!question.credential.isEmpty()) {
        credential = book->find(question.credential);
        if (!credential)
            return api::failure(
                Failure::NotFound, QStringLiteral("There is no credential %1.").arg(question.credential.left(64)));
    }
    return explain(question, *m_parts.policy, *m_parts.levers->inForce(), credential, m_parts.clock.wallMs());
}

QVector<api::LeverStatus> GatewayView::levers() const
{
    const qint64 oldest = m_parts.clock.wallMs() - kEndedKeptMs;
    QVector<api::LeverStatus> inForce;
    QVector<api::LeverStatus> ended;
    for (const fallback::Lever& lever : m_parts.levers->all()) {
        if (lever.endedAtMs == 0)
            inForce.append(statusOf(lever));
        else if (lever.endedAtMs >= oldest || lever.kind == fallback::LeverKind::Drill)
            ended.append(statusOf(lever));
    }
    return inForce + ended;
}

api::Result<api::LeverPreview> GatewayView::previewLever(const api::LeverRequest& request) const
{
    const qint64 now = m_parts.clock.wallMs();
    return previewOf(leverOf(request, now), *m_parts.policy, *m_parts.levers->inForce(), m_parts.series, now);
}

void GatewayView::applyLever(
    const api::LeverRequest& request, const admin::Change& change, admin::Done<api::LeverStatus> done)
{
    fallback::Lever lever = leverOf(request, m_parts.clock.wallMs());
    lever.by = change.by.name;
    lever.reason = change.reason;
    m_parts.levers->apply(lever, change.alongside, [done = std::move(done)](api::Result<fallback::Lever> applied) {
        if (!applied)
            return done(applied.error());
        observability::log(observability::LogLevel::Info, "lever.applied",
            {{"id", applied->id}, {"kind", fallback::nameOf(applied->kind)}, {"provider", applied->provider},
                {"candidate", applied->candidate}, {"principal", applied->by}, {"reason", applied->reason}});
        done(statusOf(*applied));
    });
}

void GatewayView::endLever(const QString& id, const admin::Change& change, admin::Done<api::LeverStatus> done)
{
    m_parts.levers->end(id, change.alongside, [done = std::move(done), change](api::Result<fallback::Lever> ended) {
        if (!ended)
            return done(ended.error());
        observability::log(observability::LogLevel::Info, "lever.ended",
            {{"id", ended->id}, {"principal", change.by.name}, {"reason", change.reason}});
        done(statusOf(*ended));
    });
}

api::Result<api::DrillCard> GatewayView::drillCard(const QString& id) const
{
    return m_parts.watch->drillCard(id);
}

QVector<api::Invariant> GatewayView::invariants() const
{
    return m_parts.watch->invariants();
}

QVector<api::BreakerStatus> GatewayView::breakers(const QString& provider) const
{
    QVector<api::BreakerStatus> all;
    for (const auto& health : m_parts.live->candidates.list()) {
        if (!health->label().startsWith(provider + u'/'))
            continue;
        const fallback::HealthView view = health->view();
        api::BreakerStatus status;
        status.candidate = health->label();
        status.state = fallback::nameOf(view.breaker);
        status.forced = view.forced;
        status.reason = view.reason;
        status.openedAt = maybeAt(view.openedAtMs);
        status.nextProbeAt = maybeAt(view.nextProbeAtMs);
        status.forcedUntil = maybeAt(view.forcedUntilMs);
        status.attempts = view.attempts;
        status.failures = view.failures;
        all.append(status);
    }
    return all;
}

void GatewayView::probeProvider(const QString& name, const admin::Change& change, admin::Done<api::ProbeResult> done)
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    for (const auto& provider : snapshot->providers) {
        if (provider->name != name)
            continue;
        observability::log(observability::LogLevel::Info, "provider.probed",
            {{"provider", name}, {"principal", change.by.name}, {"reason", change.reason}});
        m_prober.probe(snapshot, *provider, m_parts.policy->targetOf(*provider),
            [done = std::move(done)](const api::ProbeResult& result) { done(result); });
        return;
    }
    done(api::failure(Failure::NotFound, QStringLiteral("No provider named %1 is configured.").arg(name)));
}

} // namespace gateway::engine
