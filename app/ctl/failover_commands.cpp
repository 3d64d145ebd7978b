// failover: what a lever would move, levers applied and undone, and those in force.
#include "lever_text.h"
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

// A provider is drained; with an alias and a candidate a weight is set instead.
struct Wanted
{
    std::string provider;
    std::string alias;
    std::string candidate;
    std::optional<int> weight;
};

api::Result<api::LeverRequest> leverFrom(const Wanted& wanted, const Change& change)
{
    const api::Result<Expiry> expiry = expiryFrom(change.expires);
    if (!expiry)
        return expiry.error();
    api::LeverRequest request;
    request.kind = wanted.weight ? api::LeverKind::Weight : api::LeverKind::Drain;
    request.provider = QString::fromStdString(wanted.provider);
    request.alias = QString::fromStdString(wanted.alias);
    request.candidate = QString::fromStdString(wanted.candidate);
    request.weight = wanted.weight;
    request.endsAt = expiry->at;
    request.durationSeconds = expiry->seconds;
    if (wanted.weight ? !request.provider.isEmpty() || request.alias.isEmpty() || request.candidate.isEmpty()
                      : request.provider.isEmpty())
        return api::failure(api::Failure::Invalid,
            QStringLiteral("Name a provider to drain, or --alias, --candidate and --weight to shift a weight."));
    return request;
}

void takeLever(CLI::App& command, const std::shared_ptr<Wanted>& wanted)
{
    command.add_option("provider", wanted->provider, "The provider to drain")->type_name("PROVIDER");
    command.add_option("--alias", wanted->alias, "The alias whose weight is shifted")->type_name("ALIAS");
    command.add_option("--candidate", wanted->candidate, "Its candidate, provider/model@region")->type_name("C");
    command.add_option("--weight", wanted->weight, "The candidate's weight meanwhile")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
}

void runApply(Context context, const Wanted& wanted, const Change& change)
{
    const api::Result<api::LeverRequest> request = leverFrom(wanted, change);
    if (!request)
        context.result = fail(request.error());
    else
        runLever(context, *request, change, QStringLiteral("failed over"));
}

void runPlan(Context context, const Wanted& wanted, const Change& change)
{
    const api::Result<api::LeverRequest> request = leverFrom(wanted, change);
    if (!request)
        context.result = fail(request.error());
    else
        runOne(
            context, [&](const api::GatewayClient& client) { return client.previewLever(*request); }, &printPreview);
}

void runRevert(Context context, const std::string& given, const Change& change)
{
    const QString id = QString::fromStdString(given);
    runChange(
        context, change, QStringLiteral("reverted"), Look::InDryRun,
        [&](const api::GatewayClient& client) {
            return planFrom(
                await(client.levers()), [&](const api::LeverStatus& lever) { return lever.id == id; },
                QStringLiteral("There is no lever %1.").arg(id), QStringLiteral("Lever %1 would end.").arg(id));
        },
        [&](const api::GatewayClient& client, const QString& reason) { return client.endLever(id, reason); },
        &sayLever);
}

void printLevers(const QVector<api::LeverStatus>& levers)
{
    Table table({{"ID"}, {"KIND"}, {"WHAT"}, {"STATE"}, {"SINCE"}, {"ENDS"}, {"BY"}, {"REASON"}});
    for (const api::LeverStatus& lever : levers) {
        const QString state = lever.isInForce()       ? QStringLiteral("in force")
                              : lever.isFailingBack() ? QStringLiteral("coming back")
                                                      : QStringLiteral("ended");
        table.add({lever.id, nameOf(lever.kind), api::describe(lever), state, timeText(lever.setAt),
            timeText(lever.endedAt.value_or(lever.endsAt)), lever.by, lever.reason});
    }
    table.print();
}

} // namespace

void addFailovers(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "failover", "Levers: drained providers, shifted weights, forced breakers");
    auto* plan = addCommand(
        *noun, "plan", "What a lever would move; changes nothing", "signalboxctl failover plan openai-eu --expires 1h");
    const auto planned = std::make_shared<Wanted>();
    takeLever(*plan, planned);
    const auto planChange = std::make_shared<Change>();
    plan->add_option("--expires", planChange->expires, "When it would end; 30 minutes without it")->type_name("TIME");
    plan->callback([context, planned, planChange] { runPlan(context, *planned, *planChange); });

    auto* apply = addCommand(*noun, "apply", "Apply a lever",
        "signalboxctl failover apply --alias fast-summariser --candidate openai-eu/gpt-6-luna-2026-09-01@eu-west-1 "
        "--weight 10 --reason 'slow since noon'");
    const auto applied = std::make_shared<Wanted>();
    takeLever(*apply, applied);
    const auto change = addChange(*apply, "30 minutes without it, at most 7 days");
    apply->callback([context, applied, change] { runApply(context, *applied, *change); });

    auto* status = addCommand(*noun, "status", "Levers in force, and those that ended in the last day",
        "signalboxctl failover status --json");
    status->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.levers(); }, &printLevers);
    });

    auto* revert = addCommand(
        *noun, "revert", "Undo a lever", "signalboxctl failover revert lev_7f3a --reason 'the provider is well again'");
    const auto id = std::make_shared<std::string>();
    revert->add_option("id", *id, "Its id, as `failover status` shows it")->required()->type_name("LEVER");
    const auto why = addReason(*revert);
    revert->callback([context, id, why] { runRevert(context, *id, *why); });
}

} // namespace ctl
