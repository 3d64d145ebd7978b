// drill: a provider treated as failed for a share of the calls, and the card that tells how that went.
#include "lever_text.h"
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

struct Wanted
{
    std::string provider;
    std::string alias;
    std::string tenant;
    int percent = 10;
};

void runDrill(Context context, const Wanted& wanted, const Change& change)
{
    const api::Result<Expiry> expiry = expiryFrom(change.expires);
    if (!expiry) {
        context.result = fail(expiry.error());
        return;
    }
    api::LeverRequest drill;
    drill.kind = api::LeverKind::Drill;
    drill.provider = QString::fromStdString(wanted.provider);
    drill.alias = QString::fromStdString(wanted.alias);
    drill.tenant = QString::fromStdString(wanted.tenant);
    drill.percent = wanted.percent;
    drill.endsAt = expiry->at;
    drill.durationSeconds = expiry->seconds;
    runLever(context, drill, change, QStringLiteral("drilled"));
}

QString signedMillis(const std::optional<double>& delta)
{
    return delta && *delta > 0 ? u'+' + millisText(delta) : millisText(delta);
}

void printCard(const api::DrillCard& card)
{
    printFacts({{QStringLiteral("drill"), card.id}, {QStringLiteral("provider"), card.provider},
        {QStringLiteral("alias"), card.alias.isEmpty() ? QStringLiteral("all") : card.alias},
        {QStringLiteral("tenant"), card.tenant.isEmpty() ? QStringLiteral("all") : card.tenant},
        {QStringLiteral("share"), QStringLiteral("%1 %").arg(card.percent)},
        {QStringLiteral("started"), timeText(card.startedAt)}, {QStringLiteral("ended"), timeText(card.endedAt)},
        {QStringLiteral("requests"),
            QStringLiteral("%1, beside %2 outside the drill").arg(card.requests).arg(card.controlRequests)},
        {QStringLiteral("errors"), QString::number(card.errors)},
        {QStringLiteral("latency p50"), signedMillis(card.latencyP50DeltaMs)},
        {QStringLiteral("latency p95"), signedMillis(card.latencyP95DeltaMs)},
        {QStringLiteral("restored after"), card.restoreMs ? millisText(double(*card.restoreMs)) : QString()},
        {QStringLiteral("verdict"), card.verdict}});
    if (card.steps.isEmpty())
        return;
    using enum Table::Align;
    printLine({});
    Table table({{"STEP"}, {"SERVED BY"}, {"REQUESTS", Right}});
    for (const api::DrillStep& step : card.steps)
        table.add({step.fallbackKind, step.servedBy, QString::number(step.requests)});
    table.print();
}

int verdictOf(const api::DrillCard& card)
{
    if (card.verdict == QLatin1String("fail"))
        return CheckFailed;
    return card.verdict == QLatin1String("insufficient_data") ? NoData : Ok;
}

void printCards(const QVector<api::DrillCard>& cards)
{
    using enum Table::Align;
    Table table({{"DRILL"}, {"PROVIDER"}, {"ALIAS"}, {"TENANT"}, {"STARTED"}, {"REQUESTS", Right}, {"ERRORS", Right},
        {"VERDICT"}});
    for (const api::DrillCard& card : cards) {
        table.add({card.id, card.provider, card.alias, card.tenant, timeText(card.startedAt),
            QString::number(card.requests), QString::number(card.errors), card.verdict});
    }
    table.print();
}

} // namespace

void addDrills(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "drill", "Drills: a failure played for a share of the calls");
    auto* run = addCommand(*noun, "run", "Start a drill; it ends by itself",
        "signalboxctl drill run openai-eu --alias fast-summariser --percent 5 --expires 10m");
    const auto wanted = std::make_shared<Wanted>();
    run->add_option("provider", wanted->provider, "The provider that is treated as failed")
        ->required()
        ->type_name("PROVIDER");
    run->add_option("--alias", wanted->alias, "Only for calls of this alias")->type_name("ALIAS");
    run->add_option("--tenant", wanted->tenant, "Only for calls of this tenant")->type_name("TENANT");
    run->add_option("--percent", wanted->percent, "For this share of them; 10 without it")
        ->check(CLI::Range(1, 100))
        ->type_name("N");
    const auto change = addChange(*run, "30 minutes without it, at most 7 days");
    run->callback([context, wanted, change] { runDrill(context, *wanted, *change); });

    auto* report = addCommand(
        *noun, "report", "The card of a drill; without an id those there are", "signalboxctl drill report lev_7f3a");
    const auto id = std::make_shared<std::string>();
    report->add_option("id", *id, "The drill, as `drill run` printed it")->type_name("DRILL");
    report->callback([context, id] {
        if (id->empty())
            runList(
                context, [](const api::GatewayClient& client) { return client.drills(); }, &printCards);
        else
            runOne(
                context, [&](const api::GatewayClient& client) { return client.drill(QString::fromStdString(*id)); },
                &printCard, &verdictOf);
    });
}

} // namespace ctl
