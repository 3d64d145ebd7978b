#include "admin/handlers/lever_request.h"

#include "admin/handlers/handlers.h"

#include <algorithm>

namespace gateway::admin {
namespace {

using api::Error;
using api::Failure;
using api::LeverKind;
using api::LeverRequest;

constexpr int kLargestWeight = 1'000'000;

Error invalid(const QString& message, const QString& hint = {})
{
    return api::failure(Failure::Invalid, message, hint);
}

QString shown(const QString& name)
{
    return name.left(200);
}

const config::Alias* aliasOf(const config::PolicySnapshot& snapshot, const QString& name)
{
    return snapshot.aliasByName.value(name);
}

bool isCandidateOf(const config::Alias& alias, const QString& label)
{
    return std::any_of(alias.candidates.begin(), alias.candidates.end(),
        [&label](const config::Candidate& candidate) { return candidate.label == label; });
}

bool isCandidate(const config::PolicySnapshot& snapshot, const QString& label)
{
    return std::any_of(snapshot.aliases.begin(), snapshot.aliases.end(), [&label](const auto& alias) {
        return isCandidateOf(*alias, label) ||
               std::any_of(alias->fallback.begin(), alias->fallback.end(),
                   [&label](const config::FallbackStep& step) { return step.candidate.label == label; });
    });
}

// A field of another kind would be without effect, so it is refused: nobody should believe it had one.
std::optional<Error> strayFieldOf(const LeverRequest& request)
{
    const bool isDrill = request.kind == LeverKind::Drill;
    const bool isWeight = request.kind == LeverKind::Weight;
    const bool isBreaker = request.kind == LeverKind::Breaker;
    const std::pair<const char*, bool> strays[]{
        {"provider", !request.provider.isEmpty() && (isWeight || isBreaker)},
        {"candidate", !request.candidate.isEmpty() && !isWeight && !isBreaker},
        {"alias", !request.alias.isEmpty() && !isWeight && !isDrill},
        {"tenant", !request.tenant.isEmpty() && !isDrill},
        {"weight", request.weight.has_value() && !isWeight},
        {"percent", request.percent.has_value() && !isDrill},
        {"breaker", !request.breaker.isEmpty() && !isBreaker},
    };
    for (const auto& [name, isStray] : strays) {
        if (isStray)
            return invalid(QStringLiteral("The field \"%1\" does not belong to a %2.")
                               .arg(QLatin1String(name), nameOf(request.kind)));
    }
    return std::nullopt;
}

std::optional<Error> weightFault(const LeverRequest& request, const config::PolicySnapshot& snapshot)
{
    const config::Alias* alias = aliasOf(snapshot, request.alias);
    if (!alias)
        return invalid(QStringLiteral("No alias named %1 is configured.").arg(shown(request.alias)));
    if (!isCandidateOf(*alias, request.candidate))
        return invalid(QStringLiteral("%1 is not a candidate of %2.").arg(shown(request.candidate), request.alias),
            QStringLiteral("A candidate is written provider/model@region, as GET /api/v1/aliases shows it."));
    if (!request.weight || *request.weight < 0 || *request.weight > kLargestWeight)
        return invalid(QStringLiteral("The field \"weight\" is a whole number from 0 to %1.").arg(kLargestWeight));
    return std::nullopt;
}

std::optional<Error> breakerFault(const LeverRequest& request, const config::PolicySnapshot& snapshot)
{
    if (!isCandidate(snapshot, request.candidate))
        return invalid(QStringLiteral("No candidate %1 is configured.").arg(shown(request.candidate)),
            QStringLiteral("A candidate is written provider/model@region, as GET /api/v1/aliases shows it."));
    if (request.breaker != QLatin1String("open") && request.breaker != QLatin1String("closed") &&
        request.breaker != QLatin1String("half-open"))
        return invalid(QStringLiteral("A breaker is forced open, closed or half-open."));
    return std::nullopt;
}

std::optional<Error> drillFault(const LeverRequest& request, const config::PolicySnapshot& snapshot)
{
    if (!request.alias.isEmpty() && !aliasOf(snapshot, request.alias))
        return invalid(QStringLiteral("No alias named %1 is configured.").arg(shown(request.alias)));
    if (!request.tenant.isEmpty() && !snapshot.tenants.empty() && !snapshot.tenantByName.contains(request.tenant))
        return invalid(QStringLiteral("No tenant named %1 is configured.").arg(shown(request.tenant)));
    if (!request.percent || *request.percent < 1 || *request.percent > 100)
        return invalid(QStringLiteral("The field \"percent\" is a whole number from 1 to 100."));
    return std::nullopt;
}

std::optional<Error> faultOf(const LeverRequest& request, const config::PolicySnapshot& snapshot)
{
    if (auto stray = strayFieldOf(request))
        return stray;
    if ((request.kind == LeverKind::Drain || request.kind == LeverKind::Drill) &&
        !isProvider(snapshot, request.provider))
        return invalid(QStringLiteral("No provider named %1 is configured.").arg(shown(request.provider)));
    switch (request.kind) {
    case LeverKind::Drain:
        return std::nullopt;
    case LeverKind::Weight:
        return weightFault(request, snapshot);
    case LeverKind::Breaker:
        return breakerFault(request, snapshot);
    case LeverKind::Drill:
        return drillFault(request, snapshot);
    }
    return std::nullopt;
}

} // namespace

bool isProvider(const config::PolicySnapshot& snapshot, const QString& name)
{
    return std::any_of(snapshot.providers.begin(), snapshot.providers.end(),
        [&name](const auto& provider) { return provider->name == name; });
}

api::Result<QDateTime> leverEnd(
    const std::optional<QDateTime>& endsAt, const std::optional<qint64>& durationSeconds, const QDateTime& now)
{
    if (endsAt && durationSeconds)
        return invalid(QStringLiteral("A lever ends at a time or after a duration: give one of the two."));
    if (durationSeconds && (*durationSeconds < 1 || *durationSeconds > api::kLongestLeverSeconds))
        return invalid(QStringLiteral("A lever lasts from one second to seven days."));
    const QDateTime end = endsAt ? *endsAt : now.addSecs(durationSeconds.value_or(api::kDefaultLeverSeconds));
    if (end <= now)
        return invalid(QStringLiteral("The field \"ends_at\" lies in the past."));
    if (now.secsTo(end) > api::kLongestLeverSeconds)
        return invalid(QStringLiteral("A lever lasts at most seven days, so that none is forgotten."),
            QStringLiteral("What is to stay belongs into the config."));
    return end;
}

api::Result<LeverRequest> checkedLever(LeverRequest request, const EngineView& engine)
{
    const config::SnapshotPtr snapshot = engine.snapshot();
    if (const auto fault = faultOf(request, *snapshot))
        return *fault;
    const api::Result<QDateTime> end = leverEnd(request.endsAt, request.durationSeconds, engine.status().asOf);
    if (!end)
        return end.error();
    request.endsAt = *end;
    request.durationSeconds.reset();
    return request;
}

std::optional<Error> clashOf(const LeverRequest& request, const EngineView& engine)
{
    if (request.kind == LeverKind::Drill)
        return std::nullopt;
    for (const api::LeverStatus& lever : engine.levers()) {
        if (lever.isInForce() && lever.kind == request.kind && lever.provider == request.provider &&
            lever.candidate == request.candidate && lever.alias == request.alias)
            return api::failure(Failure::Conflict,
                QStringLiteral("This is in force already: %1, until %2.")
                    .arg(api::describe(lever), lever.endsAt.toUTC().toString(Qt::ISODate)),
                QStringLiteral("Undo %1 first.").arg(lever.id));
    }
    return std::nullopt;
}

void applyChecked(const Services& services, const Request& request, const Reply& reply, const LeverRequest& wanted)
{
    const api::Result<LeverRequest> checked = checkedLever(wanted, services.engine);
    if (!checked)
        return reply(api::errorReply(checked.error()));
    if (const auto clash = clashOf(*checked, services.engine))
        return reply(api::errorReply(*clash));
    services.engine.applyLever(*checked, request.change, answer<api::LeverStatus>(reply, 201));
}

} // namespace gateway::admin
