// quotas and budgets: how much of what, and for how much money.
#include "config/compile_parts.h"
#include "config/word_tables.h"

#include <QTimeZone>

#include <algorithm>

namespace gateway::config {
namespace {

UsageScope scopeOf(Section& section, const PolicySnapshot& snapshot, std::initializer_list<const char*> fields)
{
    UsageScope scope;
    if (!section.require("scope"))
        return scope;
    auto stated = section.section("scope", fields);
    if (const Tenant* tenant = referenced(*stated, "tenant", snapshot.tenants))
        scope.tenant = tenant->name;
    if (const Alias* alias = referenced(*stated, "alias", snapshot.aliases))
        scope.alias = alias->name;
    if (const Provider* provider = referenced(*stated, "provider", snapshot.providers))
        scope.provider = provider->name;
    scope.feature = stated->name("feature").value_or(QString());
    scope.agent = stated->name("agent").value_or(QString());
    return scope;
}

void softPercents(Section& section, BudgetPolicy& budget)
{
    for (const QString& text : section.texts("soft")) {
        bool ok = false;
        const int percent = text.toInt(&ok);
        if (!ok || QString::number(percent) != text || percent < 1 || percent > 100 ||
            (!budget.softPercents.isEmpty() && percent <= budget.softPercents.last())) {
            section.refuse("soft", QStringLiteral("Expected rising percentages from 1 to 100 here."));
            return;
        }
        budget.softPercents.append(percent);
    }
}

} // namespace

QuotaPolicy quotaLimits(Section& section)
{
    constexpr qint64 kMost = 1'000'000'000'000;
    QuotaPolicy quota;
    quota.requestsPerMinute = section.integer("requests_per_minute", 1, kMost);
    quota.inputTokensPerMinute = section.integer("input_tokens_per_minute", 1, kMost);
    quota.outputTokensPerMinute = section.integer("output_tokens_per_minute", 1, kMost);
    quota.concurrency = section.integer("concurrency", 1, 1'000'000);
    return quota;
}

void compileQuotas(Section& root, PolicySnapshot& snapshot)
{
    for (const auto& tenant : snapshot.tenants) {
        QuotaPolicy quota;
        quota.scope.tenant = tenant->name;
        quota.requestsPerMinute = tenant->requestsPerMinute;
        quota.inputTokensPerMinute = tenant->inputTokensPerMinute;
        quota.outputTokensPerMinute = tenant->outputTokensPerMinute;
        quota.concurrency = tenant->concurrency;
        if (quota.limitsAnything())
            snapshot.quotas.push_back(std::move(quota));
    }
    for (Section& section : root.sections("quotas",
             {"scope", "requests_per_minute", "input_tokens_per_minute", "output_tokens_per_minute", "concurrency"})) {
        QuotaPolicy quota = quotaLimits(section);
        quota.scope = scopeOf(section, snapshot, {"tenant", "feature", "agent", "alias"});
        if (!section.has("requests_per_minute") && !section.has("input_tokens_per_minute") &&
            !section.has("output_tokens_per_minute") && !section.has("concurrency"))
            section.refuse("scope", QStringLiteral("This quota limits nothing."),
                QStringLiteral("Add requests_per_minute, input_tokens_per_minute, output_tokens_per_minute or "
                               "concurrency."));
        const bool taken = std::any_of(snapshot.quotas.begin(), snapshot.quotas.end(),
            [&](const QuotaPolicy& other) { return other.scope == quota.scope; });
        if (taken)
            section.refuse("scope", QStringLiteral("There is a quota for %1 already.").arg(describe(quota.scope)));
        snapshot.quotas.push_back(std::move(quota));
    }
}

void compileBudgets(Section& root, PolicySnapshot& snapshot)
{
    for (Section& section :
        root.sections("budgets", {"scope", "period", "time_zone", "amount_usd", "soft", "at_limit", "estimate"})) {
        BudgetPolicy budget;
        budget.scope = scopeOf(section, snapshot, {"tenant", "feature", "agent", "alias", "provider"});
        if (section.require("period"))
            budget.period = section.choice<BudgetPeriod>("period", kPeriods).value_or(BudgetPeriod::Month);
        if (const auto zone = section.text("time_zone")) {
            budget.timeZone = zone->toUtf8();
            if (!QTimeZone::isTimeZoneIdAvailable(budget.timeZone))
                section.refuse("time_zone",
                    QStringLiteral("The time zone %1 is not known on this machine.").arg(zone->left(80)),
                    QStringLiteral("Write an IANA name such as Europe/Berlin."));
        }
        if (section.require("amount_usd"))
            budget.amount = section.money("amount_usd").value_or(api::Money());
        softPercents(section, budget);
        budget.atLimit = section.choice<AtLimit>("at_limit", kAtLimit).value_or(AtLimit::Refuse);
        budget.estimate = section.choice<EstimateMode>("estimate", kEstimates).value_or(EstimateMode::UpperBound);
        // the account of a budget is known by these three over restarts and reloads
        const bool taken =
            std::any_of(snapshot.budgets.begin(), snapshot.budgets.end(), [&](const BudgetPolicy& other) {
                return other.scope == budget.scope && other.period == budget.period &&
                       other.timeZone == budget.timeZone;
            });
        if (taken)
            section.refuse("scope", QStringLiteral("There is a budget for %1 with this period and time zone already.")
                                        .arg(describe(budget.scope)));
        snapshot.budgets.push_back(std::move(budget));
    }
}

} // namespace gateway::config
