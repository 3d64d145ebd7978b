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

namespace {

// What was promised on paper. It is held against the zone in force on the days on which it holds, so they must make
// sense, and somebody on our side must have signed for it where anybody is named.
TenantContract contractOf(Section& section, const PolicySnapshot& snapshot)
{
    TenantContract promised;
    for (const char* field : {"reference", "zone", "dated"})
        section.require(field);
    promised.reference = section.text("reference").value_or(QString()).trimmed();
    if (section.has("reference") && promised.reference.isEmpty())
        section.refuse("reference", QStringLiteral("A contract has a reference by which its paper is found."));
    promised.zone = referenced(section, "zone", snapshot.zones);
    promised.dated = section.date("dated").value_or(QDate());
    promised.effectiveFrom = section.date("effective_from").value_or(QDate());
    promised.effectiveUntil = section.date("effective_until").value_or(QDate());
    const QDate from = promised.effectiveFrom.isValid() ? promised.effectiveFrom : promised.dated;
    if (promised.effectiveUntil.isValid() && from.isValid() && promised.effectiveUntil < from)
        section.refuse("effective_until", QStringLiteral("A contract does not end before it begins."));
    promised.approvers = section.texts("approvers");
    for (const QString& approver : promised.approvers) {
        if (approver.trimmed().isEmpty())
            section.refuse("approvers", QStringLiteral("An approver has a name."));
    }
    if (section.has("approvers") && promised.approvers.isEmpty())
        section.refuse("approvers", QStringLiteral("Name those who signed, or leave the field out."));
    if (promised.approvers.removeDuplicates() > 0)
        section.refuse("approvers", QStringLiteral("An approver stands here a second time."));
    return promised;
}

void warnOfMissingZones(PolicySnapshot& snapshot)
{
    QStringList names;
    for (const auto& tenant : snapshot.tenants) {
        if (!tenant->zone)
            names.append(tenant->name);
    }
    if (!snapshot.zones.empty() && !names.isEmpty())
        snapshot.warnings.append(
            QStringLiteral("The tenants %1 have no zone, so none of their calls is served: where there are zones, a "
                           "missing one refuses.")
                .arg(names.join(QStringLiteral(", "))));
}

} // namespace

void compileTenants(Section& root, PolicySnapshot& snapshot)
{
    for (Section& section : root.sections("tenants", {"name", "zone", "contract", "quota", "content"})) {
        auto tenant = std::make_unique<Tenant>();
        tenant->name = uniqueName(section, snapshot.tenants);
        tenant->zone = referenced(section, "zone", snapshot.zones);
        if (auto contract = section.section(
                "contract", {"reference", "zone", "dated", "effective_from", "effective_until", "approvers"}))
            tenant->contract = contractOf(*contract, snapshot);
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
    warnOfMissingZones(snapshot);
}

} // namespace gateway::config
