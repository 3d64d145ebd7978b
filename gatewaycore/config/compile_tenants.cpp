// zones, tenants and budgets: who may see what, how much of it, and for how much.
#include "config/compile_parts.h"
#include "config/word_tables.h"

#include <QTimeZone>

namespace gateway::config {

void compileZones(Section& root, PolicySnapshot& snapshot)
{
    for (Section& section : root.sections("zones", {"name", "regions", "retention"})) {
        auto zone = std::make_unique<Zone>();
        zone->name = uniqueName(section, snapshot.zones);
        if (section.require("regions")) {
            zone->regions = section.texts("regions");
            if (zone->regions.isEmpty())
                section.refuse("regions", QStringLiteral("A zone needs at least one region."));
            if (zone->regions.removeDuplicates() > 0)
                section.refuse("regions", QStringLiteral("A region stands here a second time."));
        }
        if (section.require("retention") && section.choice<int>("retention", kZoneRetention))
            zone->retention = *section.text("retention");
        snapshot.zones.push_back(std::move(zone));
    }
}

void compileTenants(Section& root, PolicySnapshot& snapshot)
{
    constexpr qint64 kMost = 1'000'000'000'000;
    for (Section& section : root.sections("tenants", {"name", "zone", "contract", "quota", "content"})) {
        auto tenant = std::make_unique<Tenant>();
        tenant->name = uniqueName(section, snapshot.tenants);
        tenant->zone = referenced(section, "zone", snapshot.zones);
        if (auto contract = section.section("contract", {"reference", "zone", "dated"})) {
            TenantContract promised;
            for (const char* field : {"reference", "zone", "dated"})
                contract->require(field);
            promised.reference = contract->text("reference").value_or(QString());
            promised.zone = referenced(*contract, "zone", snapshot.zones);
            promised.dated = contract->date("dated").value_or(QDate());
            tenant->contract = promised;
        }
        if (auto quota = section.section("quota",
                {"requests_per_minute", "input_tokens_per_minute", "output_tokens_per_minute", "concurrency"})) {
            tenant->requestsPerMinute = quota->integer("requests_per_minute", 1, kMost);
            tenant->inputTokensPerMinute = quota->integer("input_tokens_per_minute", 1, kMost);
            tenant->outputTokensPerMinute = quota->integer("output_tokens_per_minute", 1, kMost);
            tenant->concurrency = quota->integer("concurrency", 1, 1'000'000);
        }
        if (auto content = section.section("content", {"retain", "ttl", "sample_percent"}))
            tenant->content = contentPolicy(*content);
        snapshot.tenantByName.insert(tenant->name, tenant.get());
        snapshot.tenants.push_back(std::move(tenant));
    }
}

namespace {

UsageScope scopeOf(Section& section, const PolicySnapshot& snapshot)
{
    UsageScope scope;
    if (!section.require("scope"))
        return scope;
    auto stated = section.section("scope", {"tenant", "feature", "agent", "alias", "provider"});
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

void compileBudgets(Section& root, PolicySnapshot& snapshot)
{
    for (Section& section :
        root.sections("budgets", {"scope", "period", "time_zone", "amount_usd", "soft", "at_limit"})) {
        BudgetPolicy budget;
        budget.scope = scopeOf(section, snapshot);
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
        snapshot.budgets.push_back(std::move(budget));
    }
}

} // namespace gateway::config
