// credential reach and provider reach: what a key touched, by zone and spend.
#include "table.h"
#include "walk.h"

#include "api/privacy_client.h"

namespace ctl {

using namespace gateway;

namespace {

struct Asked
{
    std::string name;
    std::string since;
    std::string until;
};

void printReach(const api::KeyReach& reach)
{
    using enum Table::Align;
    const QString comma = QStringLiteral(", ");
    printLine(plain(reach.sentence));
    printFacts({{reach.kind, reach.name}, {QStringLiteral("since"), timeText(reach.since)},
        {QStringLiteral("until"), timeText(reach.until)}, {QStringLiteral("calls"), QString::number(reach.calls)},
        {QStringLiteral("attempts"), QString::number(reach.attempts)},
        {QStringLiteral("spent USD"), reach.spent.toDecimal()},
        {QStringLiteral("unpriced"), QString::number(reach.unpriced)},
        {QStringLiteral("tenants"), reach.tenants.join(comma)}, {QStringLiteral("zones"), reach.zones.join(comma)},
        {QStringLiteral("providers"), reach.providers.join(comma)},
        {QStringLiteral("regions"), reach.regions.join(comma)},
        {QStringLiteral("first seen"), timeText(reach.firstSeen)},
        {QStringLiteral("last seen"), timeText(reach.lastSeen)}});
    printLine({});
    Table table({{"TENANT"}, {"CREDENTIAL"}, {"ALIAS"}, {"PROVIDER"}, {"REGION"}, {"ZONE"}, {"CALLS", Right},
        {"ATTEMPTS", Right}, {"USD", Right}, {"UNPRICED", Right}, {"FIRST"}, {"LAST"}});
    for (const api::ReachRow& row : reach.rows)
        table.add({row.tenant, row.credential, row.alias, row.provider, row.region, row.zone,
            QString::number(row.calls), QString::number(row.attempts), row.spent.toDecimal(),
            QString::number(row.unpriced), timeText(row.firstSeen), timeText(row.lastSeen)});
    table.print();
    if (reach.rowsLeftOut > 0)
        printLine(faint(QStringLiteral("%1 more rows").arg(reach.rowsLeftOut)));
}

// Not all of the time was read: it is less than what was asked for.
int exitOf(const api::KeyReach& reach)
{
    return reach.complete ? Ok : NoData;
}

template <typename Ask>
void add(
    CLI::App& noun, Context context, const char* text, const char* example, const char* what, const char* type, Ask ask)
{
    auto* reach = addCommand(noun, "reach", text, example);
    const auto asked = std::make_shared<Asked>();
    reach->add_option("name", asked->name, what)->required()->type_name(type);
    reach->add_option("--since", asked->since, "A duration ago (24h, 30d) or an RFC 3339 time; 30 days without it")
        ->type_name("TIME");
    reach->add_option("--until", asked->until, "The same; now without it")->type_name("TIME");
    reach->callback([context, asked, ask] {
        const auto since = pastFrom(asked->since, QStringLiteral("--since"));
        const auto until = pastFrom(asked->until, QStringLiteral("--until"));
        if (!since || !until) {
            context.result = fail(since ? until.error() : since.error());
            return;
        }
        runOne(
            context,
            [&](const api::GatewayClient& client) {
                return ask(api::PrivacyClient(client), QString::fromStdString(asked->name), *since, *until);
            },
            &printReach, &exitOf);
    });
}

} // namespace

void addCredentialReach(CLI::App& noun, Context context)
{
    add(noun, context, "What a credential touched, by zone and spend: the first question when it has leaked",
        "signalboxctl credential reach cr_7f3a --since 7d", "Its id", "CREDENTIAL",
        [](const api::PrivacyClient& client, const QString& id, const auto& since, const auto& until) {
            return client.credentialReach(id, since, until);
        });
}

void addProviderReach(CLI::App& noun, Context context)
{
    add(noun, context, "Whose calls went out under a provider's key, by zone and spend",
        "signalboxctl provider reach openai-eu --since 7d", "Its name", "PROVIDER",
        [](const api::PrivacyClient& client, const QString& name, const auto& since, const auto& until) {
            return client.providerReach(name, since, until);
        });
}

} // namespace ctl
