// alias and tenant: what is configured.
#include "commands.h"
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

QString limitText(const std::optional<qint64>& limit)
{
    return limit ? QString::number(*limit) : QString();
}

} // namespace

void addAliases(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "alias", "Aliases that callers use");
    addCommand(*noun, "list", "All aliases", "signalboxctl alias list")->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.aliases(); },
            [](const QVector<api::AliasStatus>& aliases) {
                Table table({{"ALIAS"}, {"OWNER"}, {"CANDIDATES"}, {"PURPOSE"}});
                for (const api::AliasStatus& alias : aliases)
                    table.add({alias.name, alias.owner, alias.candidates.join(QStringLiteral(", ")), alias.purpose});
                table.print();
            });
    });
}

void addTenants(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "tenant", "Tenants");
    addCommand(*noun, "list", "All tenants", "signalboxctl tenant list --json")->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.tenants(); },
            [](const QVector<api::TenantStatus>& tenants) {
                using enum Table::Align;
                Table table(
                    {{"TENANT"}, {"ZONE"}, {"REGIONS"}, {"CONTRACT"}, {"REQ/MIN", Right}, {"CONCURRENCY", Right}});
                for (const api::TenantStatus& tenant : tenants) {
                    table.add({tenant.name, tenant.zone, tenant.regions.join(QStringLiteral(", ")),
                        tenant.contractReference, limitText(tenant.requestsPerMinute), limitText(tenant.concurrency)});
                }
                table.print();
            });
    });
}

} // namespace ctl
