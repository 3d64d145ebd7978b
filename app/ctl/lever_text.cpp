#include "lever_text.h"

#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

QString rateText(const std::optional<double>& perMinute)
{
    return perMinute ? QString::number(*perMinute, 'f', *perMinute < 100 ? 1 : 0) : QString();
}

QString deltaText(const std::optional<api::Money>& delta)
{
    if (!delta)
        return {};
    return (delta->nano() > 0 ? QStringLiteral("+") : QString()) + delta->toDecimal() + QStringLiteral(" USD");
}

} // namespace

void printPreview(const api::LeverPreview& preview)
{
    printFacts(
        {{QStringLiteral("as of"), timeText(preview.asOf)}, {QStringLiteral("would end"), timeText(preview.endsAt)},
            {QStringLiteral("moves, per minute"), rateText(preview.requestsPerMinute)},
            {QStringLiteral("stays, per minute"), rateText(preview.requestsStaying)},
            {QStringLiteral("stays at"), preview.staysAt},
            {QStringLiteral("cost per hour"), deltaText(preview.costPerHourDelta)}});
    if (!preview.targets.isEmpty()) {
        using enum Table::Align;
        printLine({});
        Table table({{"ALIAS"}, {"TARGET"}, {"VERDICT"}, {"PER MINUTE", Right}, {"REASON"}});
        for (const api::LeverTarget& target : preview.targets)
            table.add({target.alias, target.target, target.verdict, rateText(target.requestsPerMinute), target.reason});
        table.print();
    }
    if (!preview.withoutTarget.isEmpty()) {
        using enum Table::Align;
        printLine({});
        Table table({{"TENANT WITHOUT A TARGET"}, {"ZONE"}, {"PER MINUTE", Right}, {"REASON"}});
        for (const api::StrandedTenant& tenant : preview.withoutTarget)
            table.add({tenant.tenant, tenant.zone, rateText(tenant.requestsPerMinute), tenant.reason});
        table.print();
    }
}

void sayLever(const api::LeverStatus& lever)
{
    printLine(lever.id);
    const QString what = plain(api::describe(lever));
    if (lever.isInForce())
        say(QStringLiteral("In force until %1: %2. Undo: signalboxctl failover revert %3")
                .arg(timeText(lever.endsAt), what, lever.id));
    else
        say(QStringLiteral("Ended at %1: %2.").arg(timeText(lever.endedAt), what));
}

api::Result<Plan> planOfLever(const api::GatewayClient& client, const api::LeverRequest& request)
{
    const api::Result<api::LeverPreview> preview = await(client.previewLever(request));
    if (!preview)
        return preview.error();
    QStringList refused;
    for (const api::LeverTarget& target : preview->targets) {
        if (target.verdict == QLatin1String("refused"))
            refused.append(QStringLiteral("alias ") + target.alias);
    }
    for (const api::StrandedTenant& tenant : preview->withoutTarget)
        refused.append(QStringLiteral("tenant ") + tenant.tenant);
    Plan plan{api::toJson(*preview), [preview = *preview] { printPreview(preview); }, {}, {}};
    if (!refused.isEmpty()) {
        plan.wide = QStringLiteral("Calls would find no other target and be refused: %1.")
                        .arg(refused.join(QStringLiteral(", ")));
        plan.word = request.alias.isEmpty() ? request.provider : request.alias;
    }
    return plan;
}

void runLever(Context context, const api::LeverRequest& request, const Change& change, const QString& verb)
{
    runChange(
        context, change, verb, Look::Always,
        [&](const api::GatewayClient& client) { return planOfLever(client, request); },
        [&](const api::GatewayClient& client, const QString& reason) { return client.applyLever(request, reason); },
        &sayLever);
}

} // namespace ctl
