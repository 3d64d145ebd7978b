// The rows of lint.h about limits and money: configured, and without effect.
#include "config/change/lint.h"

#include "config/scalars.h"

#include <algorithm>
#include <numeric>

namespace gateway::config {
namespace {

using api::Money;
using Severity = api::Finding::Severity;

QString number(qint64 value)
{
    return QString::number(value);
}

// A quota with the path it was written at: those of the tenants come first, then the list (policy_snapshot.h).
struct PlacedQuota
{
    const QuotaPolicy& policy;
    QString path;
};

std::vector<PlacedQuota> placedQuotas(const PolicySnapshot& snapshot)
{
    std::vector<PlacedQuota> placed;
    std::size_t at = 0;
    for (std::size_t i = 0; i < snapshot.tenants.size(); ++i) {
        const Tenant& tenant = *snapshot.tenants[i];
        if (tenant.requestsPerMinute || tenant.inputTokensPerMinute || tenant.outputTokensPerMinute ||
            tenant.concurrency)
            placed.push_back({snapshot.quotas[at++], QStringLiteral("tenants[%1].quota").arg(i)});
    }
    for (std::size_t i = 0; at < snapshot.quotas.size(); ++i)
        placed.push_back({snapshot.quotas[at++], QStringLiteral("quotas[%1]").arg(i)});
    return placed;
}

std::vector<const Provider*> providersOf(const PolicySnapshot& snapshot, const QString& alias)
{
    std::vector<const Provider*> providers;
    const auto add = [&](const Provider* provider) {
        if (provider && std::find(providers.begin(), providers.end(), provider) == providers.end())
            providers.push_back(provider);
    };
    for (const auto& one : snapshot.aliases) {
        if (!alias.isEmpty() && one->name != alias)
            continue;
        for (const Candidate& candidate : one->candidates)
            add(candidate.provider);
        for (const FallbackStep& step : one->fallback)
            add(step.candidate.provider);
    }
    return providers;
}

// What all of them give together in a minute, with their headroom off; nothing if one of them is not limited.
std::optional<qint64> givenBy(
    const std::vector<const Provider*>& providers, std::optional<qint64> ProviderLimits::*limit)
{
    qint64 sum = 0;
    for (const Provider* provider : providers) {
        if (!(provider->limits.*limit))
            return std::nullopt;
        sum += *(provider->limits.*limit) * (100 - provider->limits.headroomPercent) / 100;
    }
    return providers.empty() ? std::nullopt : std::optional(sum);
}

struct QuotaField
{
    const char* name;
    std::optional<qint64> QuotaPolicy::*limit;
    std::optional<qint64> ProviderLimits::*provider; // nullptr: providers have none like it
};
constexpr std::array kQuotaFields{
    QuotaField{"requests_per_minute", &QuotaPolicy::requestsPerMinute, &ProviderLimits::requestsPerMinute},
    QuotaField{"input_tokens_per_minute", &QuotaPolicy::inputTokensPerMinute, &ProviderLimits::tokensPerMinute},
    QuotaField{"output_tokens_per_minute", &QuotaPolicy::outputTokensPerMinute, &ProviderLimits::tokensPerMinute},
    QuotaField{"concurrency", &QuotaPolicy::concurrency, nullptr},
};

QVector<LintHit> quotaAboveProviders(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (const PlacedQuota& quota : placedQuotas(snapshot)) {
        const auto providers = providersOf(snapshot, quota.policy.scope.alias);
        for (const QuotaField& field : kQuotaFields) {
            const auto limit = quota.policy.*field.limit;
            if (!limit || !field.provider)
                continue;
            const auto given = givenBy(providers, field.provider);
            if (given && *limit > *given)
                hits.append({quota.path + u'.' + QLatin1String(field.name),
                    {describe(quota.policy.scope), number(*limit), QLatin1String(field.name), number(*given)}});
        }
    }
    return hits;
}

// Every call that counts in `inner` counts in `outer` as well.
bool isWithin(const UsageScope& inner, const UsageScope& outer)
{
    const auto fits = [](const QString& in, const QString& out) { return out.isEmpty() || in == out; };
    return !(inner == outer) && fits(inner.tenant, outer.tenant) && fits(inner.feature, outer.feature) &&
           fits(inner.agent, outer.agent) && fits(inner.alias, outer.alias) && fits(inner.provider, outer.provider);
}

QVector<LintHit> quotaAboveWider(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    const auto quotas = placedQuotas(snapshot);
    for (const PlacedQuota& inner : quotas) {
        for (const QuotaField& field : kQuotaFields) {
            const auto limit = inner.policy.*field.limit;
            const auto outer = std::find_if(quotas.begin(), quotas.end(), [&](const PlacedQuota& other) {
                const auto wide = other.policy.*field.limit;
                return limit && wide && *limit >= *wide && isWithin(inner.policy.scope, other.policy.scope);
            });
            if (outer != quotas.end())
                hits.append({inner.path + u'.' + QLatin1String(field.name),
                    {describe(inner.policy.scope), number(*limit), QLatin1String(field.name),
                        describe(outer->policy.scope), number(*(outer->policy.*field.limit))}});
        }
    }
    return hits;
}

QString budgetPath(std::size_t index, const char* field)
{
    return QStringLiteral("budgets[%1].%2").arg(index).arg(QLatin1String(field));
}

// A scope that no call can be in: the provider serves no alias, or not this one; the tenant's zone keeps it out.
QVector<LintHit> budgetOfNobody(const PolicySnapshot& snapshot, const CheckContext& context)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.budgets.size(); ++i) {
        const UsageScope& scope = snapshot.budgets[i].scope;
        const auto tenant = snapshot.tenantByName.value(scope.tenant);
        const bool reached = std::any_of(snapshot.aliases.begin(), snapshot.aliases.end(), [&](const auto& alias) {
            if (!scope.alias.isEmpty() && alias->name != scope.alias)
                return false;
            const auto serves = [&](const Candidate& candidate) {
                return candidate.provider && (scope.provider.isEmpty() || candidate.provider->name == scope.provider) &&
                       (!tenant || !context.inZone || context.inZone(candidate, tenant->zone));
            };
            return std::any_of(alias->candidates.begin(), alias->candidates.end(), serves) ||
                   std::any_of(alias->fallback.begin(), alias->fallback.end(),
                       [&](const FallbackStep& step) { return serves(step.candidate); });
        });
        if (!reached && !snapshot.aliases.empty())
            hits.append({budgetPath(i, "scope"), {describe(scope)}});
    }
    return hits;
}

QVector<LintHit> budgetAboveWider(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.budgets.size(); ++i) {
        const BudgetPolicy& inner = snapshot.budgets[i];
        for (const BudgetPolicy& outer : snapshot.budgets) {
            if (!isWithin(inner.scope, outer.scope) || inner.period != outer.period ||
                inner.timeZone != outer.timeZone || outer.atLimit != AtLimit::Refuse || inner.amount < outer.amount)
                continue;
            hits.append({budgetPath(i, "amount_usd"),
                {describe(inner.scope), inner.amount.toDecimal(), describe(outer.scope), outer.amount.toDecimal()}});
            break;
        }
    }
    return hits;
}

QVector<LintHit> zeroBudget(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.budgets.size(); ++i) {
        if (snapshot.budgets[i].amount.nano() == 0 && snapshot.budgets[i].atLimit != AtLimit::Warn)
            hits.append({budgetPath(i, "amount_usd"), {describe(snapshot.budgets[i].scope)}});
    }
    return hits;
}

QVector<LintHit> degradeToNothing(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.budgets.size(); ++i) {
        if (snapshot.budgets[i].atLimit != AtLimit::Degrade)
            continue;
        const QString& scoped = snapshot.budgets[i].scope.alias;
        const bool able = std::any_of(snapshot.aliases.begin(), snapshot.aliases.end(), [&](const auto& alias) {
            return (scoped.isEmpty() || alias->name == scoped) && alias->degradeServes &&
                   std::any_of(alias->fallback.begin(), alias->fallback.end(), [](const FallbackStep& step) {
                       return step.kind == FallbackKind::SmallerModel || step.kind == FallbackKind::Cached;
                   });
        });
        if (!able)
            hits.append({budgetPath(i, "at_limit"), {describe(snapshot.budgets[i].scope)}});
    }
    return hits;
}

QVector<LintHit> zeroCeiling(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t a = 0; a < snapshot.aliases.size(); ++a) {
        if (snapshot.aliases[a]->costCeiling && snapshot.aliases[a]->costCeiling->nano() == 0)
            hits.append({QStringLiteral("aliases[%1].cost_ceiling_usd").arg(a), {snapshot.aliases[a]->name}});
    }
    return hits;
}

// The most that a call can cost at any candidate: a whole context in, the longest answer out. Nothing if that is not
// known of one of them.
std::optional<Money> dearestCall(const Alias& alias)
{
    std::optional<double> dearest;
    const auto price = [&](const Candidate& candidate) {
        if (candidate.prices.empty() || !candidate.facts || !candidate.facts->contextTokens ||
            !candidate.facts->maxOutputTokens)
            return false;
        const qint64 input = *candidate.facts->contextTokens;
        double dear = 0;
        const auto look = [&](const Rates& rates) {
            // reasoning and audio may be dearer than plain output; the ceiling has to lie above all of them
            const qint64 out = std::max({rates.output.nano(), rates.reasoning.nano(), rates.audioOutput.nano()});
            const qint64 in = std::max(
                {rates.input.nano(), rates.cacheWrite5m.nano(), rates.cacheWrite30m.nano(), rates.cacheWrite1h.nano(),
                    rates.cacheWrite12h.nano(), rates.audioInput.nano(), rates.imageInput.nano()});
            dear = std::max(
                dear, double(in) / 1e6 * double(input) + double(out) / 1e6 * double(*candidate.facts->maxOutputTokens));
        };
        for (const Price* price : candidate.prices) {
            look(price->at(input));
            for (const ServiceTier& tier : price->serviceTiers) { // a faster class of service costs more
                look(tier.rates);
                for (const Tier& step : tier.tiers)
                    look(step.rates);
            }
        }
        dearest = std::max(dearest.value_or(0), dear);
        return true;
    };
    for (const Candidate& candidate : alias.candidates) {
        if (!price(candidate))
            return std::nullopt;
    }
    for (const FallbackStep& step : alias.fallback) {
        if (step.candidate.provider && !price(step.candidate))
            return std::nullopt;
    }
    return dearest && *dearest < 9e18 ? std::optional(Money::fromNano(qint64(*dearest))) : std::nullopt;
}

QVector<LintHit> ceilingAboveAnyPrice(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t a = 0; a < snapshot.aliases.size(); ++a) {
        const Alias& alias = *snapshot.aliases[a];
        const auto dearest = alias.costCeiling ? dearestCall(alias) : std::nullopt;
        if (dearest && *alias.costCeiling > *dearest)
            hits.append({QStringLiteral("aliases[%1].cost_ceiling_usd").arg(a),
                {alias.name, alias.costCeiling->toDecimal(), dearest->toDecimal()}});
    }
    return hits;
}

struct TimeoutField
{
    const char* name;
    milliseconds Timeouts::*value;
};
constexpr std::array kTimeouts{TimeoutField{"connect", &Timeouts::connect},
    TimeoutField{"first_byte", &Timeouts::firstByte}, TimeoutField{"idle", &Timeouts::idle}};

QVector<LintHit> timeoutAboveTotal(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.providers.size(); ++i) {
        const Timeouts& timeouts = snapshot.providers[i]->timeouts;
        for (const TimeoutField& field : kTimeouts) {
            if (timeouts.*field.value >= timeouts.total)
                hits.append({QStringLiteral("providers[%1].timeouts.%2").arg(i).arg(QLatin1String(field.name)),
                    {snapshot.providers[i]->name, QLatin1String(field.name), textOf(timeouts.*field.value),
                        textOf(timeouts.total)}});
        }
    }
    return hits;
}

// Every alias that uses the provider gives each of its classes less time than the provider's own limit.
QVector<LintHit> timeoutAboveLatency(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    const Timeouts usual;
    for (std::size_t i = 0; i < snapshot.providers.size(); ++i) {
        const Provider& provider = *snapshot.providers[i];
        milliseconds longest{0};
        bool bounded = true;
        bool used = false;
        for (const auto& alias : snapshot.aliases) {
            const auto users = providersOf(snapshot, alias->name);
            if (std::find(users.begin(), users.end(), &provider) == users.end())
                continue;
            used = true;
            for (const milliseconds budget : alias->latencyBudget) {
                bounded = bounded && budget.count() > 0;
                longest = std::max(longest, budget);
            }
        }
        for (const TimeoutField& field : kTimeouts) {
            // one that nobody chose is not counted on by anybody
            if (used && bounded && provider.timeouts.*field.value != usual.*field.value &&
                provider.timeouts.*field.value >= longest)
                hits.append({QStringLiteral("providers[%1].timeouts.%2").arg(i).arg(QLatin1String(field.name)),
                    {provider.name, QLatin1String(field.name), textOf(provider.timeouts.*field.value),
                        textOf(longest)}});
        }
    }
    return hits;
}

QVector<LintHit> latencyAboveTimeout(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t a = 0; a < snapshot.aliases.size(); ++a) {
        const Alias& alias = *snapshot.aliases[a];
        // the whole chain, each with all the time its provider gives it
        milliseconds all{0};
        for (const Candidate& candidate : alias.candidates)
            all += candidate.provider->timeouts.total;
        for (const FallbackStep& step : alias.fallback)
            all += step.candidate.provider ? step.candidate.provider->timeouts.total : milliseconds(0);
        for (int kind = 0; kind < kWorkloadClasses; ++kind) {
            const milliseconds budget = alias.latencyBudget[std::size_t(kind)];
            if (budget.count() > 0 && budget > all)
                hits.append({QStringLiteral("aliases[%1].latency_budget_ms.%2")
                                 .arg(a)
                                 .arg(nameOf(static_cast<WorkloadClass>(kind))),
                    {alias.name, textOf(budget), nameOf(static_cast<WorkloadClass>(kind)), textOf(all)}});
        }
    }
    return hits;
}

QVector<LintHit> headroomOfNothing(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.providers.size(); ++i) {
        const ProviderLimits& limits = snapshot.providers[i]->limits;
        if (limits.headroomPercent > 0 && !limits.requestsPerMinute && !limits.tokensPerMinute)
            hits.append({QStringLiteral("providers[%1].limits.headroom").arg(i), {snapshot.providers[i]->name}});
    }
    return hits;
}

void looseContent(const ContentPolicy& content, const QString& path, QVector<LintHit>& hits)
{
    if (content.retain == Retain::None && content.ttl.count() > 0)
        hits.append({path + QStringLiteral(".ttl"), {QStringLiteral("ttl"), QStringLiteral("nothing is retained")}});
    if (content.retain != Retain::Sampled && content.samplePercent > 0)
        hits.append({path + QStringLiteral(".sample_percent"),
            {QStringLiteral("sample_percent"), content.retain == Retain::None
                                                   ? QStringLiteral("nothing is retained")
                                                   : QStringLiteral("everything is retained")}});
}

QVector<LintHit> contentOfNothing(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    looseContent(snapshot.content, QStringLiteral("content"), hits);
    for (std::size_t i = 0; i < snapshot.tenants.size(); ++i) {
        if (snapshot.tenants[i]->content)
            looseContent(*snapshot.tenants[i]->content, QStringLiteral("tenants[%1].content").arg(i), hits);
    }
    return hits;
}

QVector<LintHit> softWithoutEffect(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.budgets.size(); ++i) {
        const BudgetPolicy& budget = snapshot.budgets[i];
        if (budget.atLimit == AtLimit::Warn && budget.softPercents.isEmpty())
            hits.append({budgetPath(i, "at_limit"), {describe(budget.scope)}});
    }
    return hits;
}

} // namespace

const std::vector<LintRow>& limitRows()
{
    static const std::vector<LintRow> rows{
        {"quota_above_providers", Severity::Warn,
            "The quota of %1 never binds: %2 %3 is more than its providers give together (%4, headroom off).",
            "Lower it, or raise the providers' limits.", quotaAboveProviders},
        {"quota_above_wider", Severity::Warn,
            "The quota of %1 never binds: %2 %3 is no less than what %4 may use in all (%5).", "Lower it.",
            quotaAboveWider},
        {"budget_of_nobody", Severity::Warn, "The budget for %1 never binds: no call can be in this scope.",
            "Look at the alias's providers and the tenant's zone.", budgetOfNobody},
        {"budget_above_wider", Severity::Warn,
            "The budget for %1 never binds: %2 USD is no less than the %4 USD of %3, which refuses first.", "Lower it.",
            budgetAboveWider},
        {"budget_zero", Severity::Warn, "The budget for %1 is 0, so every call with a price is refused.",
            "Remove it, or state an amount.", zeroBudget},
        {"degrade_to_nothing", Severity::Warn,
            "The budget for %1 degrades at its limit, but no alias in it has a smaller model or a cache to degrade to: "
            "it refuses.",
            "Add a fallback step of kind smaller-model or cached.", degradeToNothing},
        {"budget_warns_at_the_end", Severity::Note, "The budget for %1 only warns, and only when all of it is spent.",
            "Add soft: [80, 95].", softWithoutEffect},
        {"ceiling_zero", Severity::Warn, "The cost ceiling of alias %1 is 0, so every call with a price is refused.",
            "Remove it, or state an amount.", zeroCeiling},
        {"ceiling_above_prices", Severity::Warn,
            "The cost ceiling of alias %1 never binds: %2 USD is more than its dearest call can cost (%3 USD).",
            "Lower it.", ceilingAboveAnyPrice},
        {"timeout_above_total", Severity::Warn,
            "The timeout %2 of provider %1 never binds: %3 is no less than its total (%4).", "Lower it.",
            timeoutAboveTotal},
        {"timeout_above_latency", Severity::Warn,
            "The timeout %2 of provider %1 never binds: every alias that uses it gives up before %3 (at %4).",
            "Lower it, or raise latency_budget_ms.", timeoutAboveLatency},
        {"latency_above_timeouts", Severity::Warn,
            "The latency budget of alias %1 for %3 never binds: %2 is more than all its candidates' timeouts together "
            "(%4).",
            "Lower it.", latencyAboveTimeout},
        {"headroom_of_nothing", Severity::Warn,
            "The headroom of provider %1 has no effect, because no limit is stated.",
            "Add requests_per_minute or tokens_per_minute.", headroomOfNothing},
        {"content_of_nothing", Severity::Warn, "%1 has no effect, because %2.", "Remove it.", contentOfNothing},
    };
    return rows;
}

} // namespace gateway::config
