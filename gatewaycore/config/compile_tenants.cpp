// zones and tenants: who may see what, and what each tenant may use.
#include "config/compile_parts.h"
#include "config/word_tables.h"

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
            const QuotaPolicy limits = quotaLimits(*quota);
            tenant->requestsPerMinute = limits.requestsPerMinute;
            tenant->inputTokensPerMinute = limits.inputTokensPerMinute;
            tenant->outputTokensPerMinute = limits.outputTokensPerMinute;
            tenant->concurrency = limits.concurrency;
        }
        if (auto content = section.section("content", {"retain", "ttl", "sample_percent"}))
            tenant->content = contentPolicy(*content);
        snapshot.tenantByName.insert(tenant->name, tenant.get());
        snapshot.tenants.push_back(std::move(tenant));
    }
}

} // namespace gateway::config
