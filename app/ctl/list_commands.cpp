// provider, alias and tenant: what is configured, and how providers fare.
#include "commands.h"
#include "output.h"
#include "table.h"

namespace ctl {

using namespace gateway;

namespace {

QString limitText(const std::optional<qint64>& limit)
{
    return limit ? QString::number(*limit) : QString();
}

QString shareText(const std::optional<double>& share)
{
    return share ? QString::number(*share * 100, 'f', 0) + QStringLiteral(" %") : QString();
}

void printProvider(const api::ProviderStatus& provider)
{
    printFacts({{QStringLiteral("name"), provider.name}, {QStringLiteral("kind"), provider.kind},
        {QStringLiteral("region"), provider.region}, {QStringLiteral("address"), provider.baseUrl},
        {QStringLiteral("retention"), provider.retention}, {QStringLiteral("key"), provider.keyReference},
        {QStringLiteral("models"), provider.models.join(QStringLiteral(", "))},
        {QStringLiteral("aliases"), provider.aliases.join(QStringLiteral(", "))},
        {QStringLiteral("health"), nameOf(provider.health)}, {QStringLiteral("why"), provider.why},
        {QStringLiteral("attempts, 5 min"),
            QStringLiteral("%1, %2 failed").arg(provider.attempts5m).arg(provider.failures5m)},
        {QStringLiteral("first token p50"), millisText(provider.firstTokenP50Ms)},
        {QStringLiteral("first token p95"), millisText(provider.firstTokenP95Ms)},
        {QStringLiteral("total p95"), millisText(provider.totalP95Ms)},
        {QStringLiteral("tokens per second"),
            provider.tokensPerSecond ? QString::number(*provider.tokensPerSecond, 'f', 1) : QString()},
        {QStringLiteral("share of attempts"), shareText(provider.share)},
        {QStringLiteral("last success"), timeText(provider.lastSuccess)},
        {QStringLiteral("last failure"), timeText(provider.lastFailure)},
        {QStringLiteral("connections"), QString::number(provider.connectionsOpen)}});
}

// The common walk of a list command: client, request, JSON or table.
template <typename Ask, typename Print>
void runList(Context context, Ask ask, Print print)
{
    const auto client = context.session.client();
    if (!client) {
        context.result = fail(client.error());
        return;
    }
    const auto answer = await(ask(*client));
    if (!answer) {
        context.result = fail(answer.error());
        return;
    }
    if (!printAsJson(context.session.options(), *answer))
        print(*answer);
}

} // namespace

void addProviders(CLI::App& app, Context context)
{
    auto* noun = app.add_subcommand("provider", "Model providers")->require_subcommand(1);
    noun->add_subcommand("list", "All providers with their last five minutes")->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.providers(); },
            [](const QVector<api::ProviderStatus>& providers) {
                using enum Table::Align;
                Table table({{"PROVIDER"}, {"KIND"}, {"REGION"}, {"HEALTH"}, {"ATTEMPTS", Right}, {"FAILED", Right},
                    {"FIRST P95", Right}, {"TOTAL P95", Right}, {"SHARE", Right}});
                for (const api::ProviderStatus& provider : providers) {
                    table.add({provider.name, provider.kind, provider.region, nameOf(provider.health),
                        QString::number(provider.attempts5m), QString::number(provider.failures5m),
                        millisText(provider.firstTokenP95Ms), millisText(provider.totalP95Ms),
                        shareText(provider.share)});
                }
                table.print();
            });
    });
    auto* show = noun->add_subcommand("show", "One provider");
    const auto name = std::make_shared<std::string>();
    show->add_option("name", *name, "Its name")->required();
    show->callback([context, name] {
        const auto client = context.session.client();
        if (!client) {
            context.result = fail(client.error());
            return;
        }
        const auto provider = await(client->provider(QString::fromStdString(*name)));
        if (!provider)
            context.result = fail(provider.error());
        else if (!printOneAsJson(context.session.options(), *provider))
            printProvider(*provider);
    });
}

void addAliases(CLI::App& app, Context context)
{
    auto* noun = app.add_subcommand("alias", "Aliases that callers use")->require_subcommand(1);
    noun->add_subcommand("list", "All aliases")->callback([context] {
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
    auto* noun = app.add_subcommand("tenant", "Tenants")->require_subcommand(1);
    noun->add_subcommand("list", "All tenants")->callback([context] {
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
