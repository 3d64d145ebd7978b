// zone and checklist: what was promised, and what the config and the record say of it.
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

// By the worst of the tenants; a verdict this program does not know proves nothing.
int verdictOf(const api::ZoneCheck& check)
{
    if (check.verdict == QLatin1String("PASS"))
        return Ok;
    return check.verdict == QLatin1String("FAIL") ? CheckFailed : NoData;
}

void printEndpoints(const api::TenantZoneCheck& tenant)
{
    if (tenant.endpoints.isEmpty())
        return;
    printLine({});
    printLine(faint(QStringLiteral("tenant ") + plain(tenant.tenant)));
    Table table({{"ALIAS"}, {"CANDIDATE"}, {"STEP"}, {"ELIGIBLE"}, {"WHY NOT"}});
    for (const api::ZoneEndpoint& endpoint : tenant.endpoints)
        table.add({endpoint.alias, endpoint.candidate, endpoint.step,
            endpoint.eligible ? QStringLiteral("yes") : QStringLiteral("no"), endpoint.why});
    table.print();
}

void printZones(const api::ZoneCheck& check)
{
    using enum Table::Align;
    printLine(QStringLiteral("%1, %2 to %3, revision %4")
                  .arg(plain(check.verdict), timeText(check.since), timeText(check.until))
                  .arg(check.revision));
    printLine({});
    Table table({{"TENANT"}, {"VERDICT"}, {"CONTRACT"}, {"CONTRACT ZONE"}, {"ZONE"}, {"ATTEMPTS", Right},
        {"OUTSIDE", Right}, {"UNKNOWN", Right}, {"WHAT"}});
    for (const api::TenantZoneCheck& tenant : check.tenants) {
        table.add({tenant.tenant, tenant.verdict, tenant.contractReference, tenant.contractZone, tenant.zone,
            QString::number(tenant.attempts), QString::number(tenant.outside), QString::number(tenant.unknown),
            tenant.sentence});
    }
    table.print();
    for (const api::TenantZoneCheck& tenant : check.tenants) {
        printEndpoints(tenant);
        if (!tenant.outsideCalls.isEmpty())
            printLine(QStringLiteral("outside its zone: ") + plain(tenant.outsideCalls.join(QStringLiteral(", "))));
    }
}

void runZones(Context context, const std::string& given)
{
    const auto since = pastFrom(given, QStringLiteral("--since"));
    if (!since) {
        context.result = fail(since.error());
        return;
    }
    runOne(
        context, [&](const api::GatewayClient& client) { return client.zoneCheck(*since); }, &printZones, &verdictOf);
}

void printChecklist(const QVector<api::ChecklistItem>& items)
{
    using enum Table::Align;
    Table table({{"#", Right}, {"ITEM"}, {"STATE"}, {"EVIDENCE"}});
    for (const api::ChecklistItem& item : items)
        table.add({QString::number(item.number), item.title, item.state, item.evidence});
    table.print();
}

} // namespace

void addZones(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "zone", "Privacy zones");
    auto* check = addCommand(*noun, "check",
        "Contract, config and recorded calls of each tenant against its zone; exit 6 if one fails, 7 if there is too "
        "little to tell",
        "signalboxctl zone check --since 30d --json");
    const auto since = std::make_shared<std::string>();
    check->add_option("--since", *since, "A duration ago (24h, 30d) or an RFC 3339 time; a day without it")
        ->type_name("TIME");
    check->callback([context, since] { runZones(context, *since); });
}

void addChecklist(CLI::App& app, Context context)
{
    addCommand(app, "checklist", "The twenty items of the checklist, measured on this engine now",
        "signalboxctl checklist --json")
        ->callback([context] {
            runList(
                context, [](const api::GatewayClient& client) { return client.checklist(); }, &printChecklist);
        });
}

} // namespace ctl
