#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

constexpr int kShareSeconds = 3600;

// Attempts of the alias in the last hour at each provider. A share is told per provider: the series know no model.
QHash<QString, qint64> attemptsByProvider(const Services& services, const config::Alias& alias, const QDateTime& now)
{
    QHash<QString, qint64> attempts;
    for (const config::Candidate& candidate : alias.candidates) {
        const QString& provider = candidate.provider->name;
        if (attempts.contains(provider))
            continue;
        const api::SeriesQuery query{provider, alias.name, now.addSecs(-kShareSeconds), now, kShareSeconds / 60};
        qint64 sum = 0;
        for (const api::SeriesBucket& bucket : services.engine.series().answer(query).buckets)
            sum += bucket.attempts;
        attempts.insert(provider, sum);
    }
    return attempts;
}

api::AliasStatus describe(
    const Services& services, const config::Alias& alias, const QVector<api::LeverStatus>& levers, const QDateTime& now)
{
    api::AliasStatus status;
    status.name = alias.name;
    status.purpose = alias.purpose;
    status.owner = alias.owner;
    const QHash<QString, qint64> attempts = attemptsByProvider(services, alias, now);
    qint64 all = 0;
    for (const qint64 some : attempts)
        all += some;
    for (const config::Candidate& candidate : alias.candidates) {
        status.candidates.append(candidate.label);
        api::RouteCandidate route{candidate.label, candidate.weight, {}, {}};
        for (const api::LeverStatus& lever : levers) {
            if (lever.kind == api::LeverKind::Weight && lever.isInForce() && lever.alias == alias.name &&
                lever.candidate == candidate.label)
                route.leverWeight = lever.weight;
        }
        if (all > 0)
            route.share = double(attempts.value(candidate.provider->name)) / double(all);
        status.routes.append(route);
    }
    for (const config::FallbackStep& step : alias.fallback)
        status.chain.append(api::RouteStep{nameOf(step.kind), step.candidate.label});
    status.degrade = alias.degradeServes ? QStringLiteral("serve") : QStringLiteral("refuse");
    status.costCeiling = alias.costCeiling;
    for (std::size_t i = 0; i < alias.latencyBudget.size(); ++i) {
        if (const qint64 ms = alias.latencyBudget[i].count(); ms > 0)
            status.latencyBudgets.append({config::nameOf(static_cast<config::WorkloadClass>(i)), ms});
    }
    return status;
}

} // namespace

void getAliases(const Services& services, const Request&, const Reply& reply)
{
    const config::SnapshotPtr snapshot = services.engine.snapshot();
    QVector<api::AliasStatus> all;
    const QVector<api::LeverStatus> levers = services.engine.levers();
    const QDateTime now = services.engine.status().asOf;
    for (const auto& alias : snapshot->aliases)
        all.append(describe(services, *alias, levers, now));
    reply({200, itemsOf(all)});
}

} // namespace gateway::admin
