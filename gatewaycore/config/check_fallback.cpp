// The validator of fallback chains: a step that can never be reached is an error, because whoever wrote it counts on
// it.
#include "config/compile_parts.h"

#include <algorithm>

namespace gateway::config {
namespace {

// An attempt with another step behind it may use at most half of the time that remains (fallback/chain.h), and one
// that has less than this left is not worth starting.
constexpr milliseconds kLeastForAStep{50};

bool same(const Candidate& a, const Candidate& b)
{
    return a.provider && a.provider == b.provider && a.model == b.model;
}

bool isDegraded(FallbackKind kind)
{
    return kind == FallbackKind::SmallerModel || kind == FallbackKind::Cached;
}

// The largest of the budgets, if every class has one; a class without a budget has time for any step.
milliseconds largestBudget(const Alias& alias)
{
    const auto [least, most] = std::minmax_element(alias.latencyBudget.begin(), alias.latencyBudget.end());
    return least->count() == 0 ? milliseconds(0) : *most;
}

} // namespace

void checkFallback(Section& section, const Alias& alias)
{
    milliseconds left = largestBudget(alias);
    const bool limited = left.count() > 0;
    for (std::size_t i = 0; i < alias.fallback.size(); ++i) {
        const FallbackStep& step = alias.fallback[i];
        const auto refuse = [&](const QString& message, const QString& suggestion = {}) {
            section.refuseEntry("fallback", i, "kind", message, suggestion);
        };
        if (isDegraded(step.kind) && !alias.degradeServes)
            refuse(QStringLiteral("No step of kind %1 is reached, because degrade is refuse.").arg(nameOf(step.kind)));
        if (step.kind == FallbackKind::Cached && !alias.cache.exactTtl)
            refuse(QStringLiteral("There is nothing to serve from, because the alias has no exact cache."),
                QStringLiteral("Add cache: {exact: {ttl: 1h}}."));
        if (!step.candidate.provider)
            continue;
        for (const Candidate& candidate : alias.candidates) {
            if (candidate.weight > 0 && same(candidate, step.candidate))
                refuse(
                    QStringLiteral("This step is never reached: %1 is a candidate of the alias and was tried before.")
                        .arg(candidate.label));
        }
        for (std::size_t earlier = 0; earlier < i; ++earlier) {
            if (same(alias.fallback[earlier].candidate, step.candidate))
                refuse(QStringLiteral("This step is never reached: an earlier step has tried %1 already.")
                           .arg(step.candidate.label));
        }
        left /= 2;
        if (limited && left < kLeastForAStep)
            refuse(QStringLiteral(
                       "This step is never reached: of the largest latency budget at most %1 ms are left for it.")
                       .arg(left.count()),
                QStringLiteral("Shorten the chain or raise latency_budget_ms."));
    }
}

} // namespace gateway::config
