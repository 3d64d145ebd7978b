// budget and quota: how they stand, and another limit for a time.
#include "change.h"
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;
using api::Failure;

namespace {

QString percentText(const std::optional<double>& percent)
{
    return percent ? QString::number(*percent, 'f', 0) + QStringLiteral(" %") : QString();
}

QString forecastText(const api::BudgetStatus& budget)
{
    return budget.forecast ? budget.forecast->toDecimal() : QString();
}

void printBudgets(const QVector<api::BudgetStatus>& budgets)
{
    using enum Table::Align;
    Table table({{"ID"}, {"SCOPE"}, {"PERIOD"}, {"RESETS"}, {"ZONE"}, {"LIMIT", Right}, {"SETTLED", Right},
        {"RESERVED", Right}, {"USED", Right}, {"FORECAST", Right}, {"UNPRICED", Right}, {"AT LIMIT"}});
    for (const api::BudgetStatus& budget : budgets) {
        table.add({budget.id, describe(budget.scope), budget.period, timeText(budget.windowEnd), budget.timeZone,
            budget.limit.toDecimal() + (budget.raisedTo ? QStringLiteral(" (raised)") : QString()),
            budget.settled.toDecimal(), budget.reserved.toDecimal(), percentText(budget.usedPercent()),
            forecastText(budget), QString::number(budget.unpriced), budget.atLimit});
    }
    table.print();
}

void sayBudget(const api::BudgetStatus& budget)
{
    printLine(budget.limit.toDecimal());
    if (budget.raisedTo)
        say(QStringLiteral("The budget of %1 is %2 USD until %3, then %4 USD again.")
                .arg(plain(describe(budget.scope)), budget.limit.toDecimal(), timeText(budget.raiseEnds),
                    budget.configuredLimit.toDecimal()));
    else
        say(QStringLiteral("The budget of %1 is %2 USD, as configured.")
                .arg(plain(describe(budget.scope)), budget.limit.toDecimal()));
}

struct Raise
{
    std::string id;
    std::string to;
    bool end = false;
};

api::Result<api::BudgetRaise> raiseFrom(const Raise& wanted, const Change& change)
{
    api::BudgetRaise raise;
    raise.end = wanted.end;
    if (wanted.end != wanted.to.empty())
        return api::failure(
            Failure::Invalid, QStringLiteral("Give the new limit with --to, or --end for the old one."));
    if (!wanted.to.empty()) {
        raise.limit = api::Money::fromDecimal(QString::fromStdString(wanted.to));
        if (!raise.limit)
            return api::failure(Failure::Invalid, QStringLiteral("--to is an amount in USD, as 600 or 0.5."));
    }
    const api::Result<Expiry> expiry = expiryFrom(change.expires);
    if (!expiry)
        return expiry.error();
    raise.until = expiry->at;
    if (expiry->seconds)
        raise.until = QDateTime::currentDateTimeUtc().addSecs(*expiry->seconds);
    return raise;
}

// How the budget would stand then.
api::Result<Plan> planOfRaise(const api::GatewayClient& client, const QString& id, const api::BudgetRaise& raise)
{
    const auto budgets = await(client.budgets());
    if (!budgets)
        return budgets.error();
    for (api::BudgetStatus budget : *budgets) {
        if (budget.id != id)
            continue;
        budget.raisedTo = raise.limit;
        budget.limit = raise.limit.value_or(budget.configuredLimit);
        budget.raiseEnds = raise.limit ? std::optional(raise.until.value_or(budget.windowEnd)) : std::nullopt;
        return Plan{api::toJson(budget), [budget] { sayBudget(budget); }, {}, {}};
    }
    return api::failure(Failure::NotFound, QStringLiteral("There is no budget %1.").arg(id));
}

void runRaise(Context context, const Raise& wanted, const Change& change)
{
    const api::Result<api::BudgetRaise> raise = raiseFrom(wanted, change);
    if (!raise) {
        context.result = fail(raise.error());
        return;
    }
    const QString id = QString::fromStdString(wanted.id);
    runChange(
        context, change, QStringLiteral("raised"), Look::InDryRun,
        [&](const api::GatewayClient& client) { return planOfRaise(client, id, *raise); },
        [&](const api::GatewayClient& client, const QString& reason) { return client.raiseBudget(id, *raise, reason); },
        &sayBudget);
}

QString leftText(const std::optional<qint64>& left, const std::optional<qint64>& limit)
{
    if (!limit)
        return {};
    return left ? QStringLiteral("%1 of %2").arg(*left).arg(*limit) : QStringLiteral("? of %1").arg(*limit);
}

void printQuotas(const api::QuotaReport& report)
{
    using enum Table::Align;
    Table quotas({{"SCOPE"}, {"REQUESTS LEFT", Right}, {"INPUT LEFT", Right}, {"OUTPUT LEFT", Right},
        {"RUNNING", Right}, {"ADMITTED", Right}, {"REFUSED", Right}});
    for (const api::QuotaStatus& quota : report.quotas) {
        const QString running = quota.concurrency
                                    ? QStringLiteral("%1 of %2").arg(quota.running).arg(*quota.concurrency)
                                    : QString::number(quota.running);
        quotas.add({describe(quota.scope), leftText(quota.requestsLeft, quota.requestsPerMinute),
            leftText(quota.inputTokensLeft, quota.inputTokensPerMinute),
            leftText(quota.outputTokensLeft, quota.outputTokensPerMinute), running, QString::number(quota.admitted),
            QString::number(quota.refused)});
    }
    quotas.print();
    printLine({});
    Table gates(
        {{"PROVIDER"}, {"REQUESTS LEFT", Right}, {"TOKENS LEFT", Right}, {"HELD", Right}, {"LIMIT MOVED", Right}});
    for (const api::ProviderGateStatus& gate : report.providers) {
        gates.add({gate.provider, leftText(gate.requestsLeft, gate.requestsPerMinute),
            leftText(gate.tokensLeft, gate.tokensPerMinute), QString::number(gate.held),
            QString::number(gate.limitMoved)});
    }
    gates.print();
    printLine({});
    const api::WaitStatus& waiting = report.waiting;
    printLine(QStringLiteral("Waiting: %1 now, %2 admitted after %3 on average, %4 shed, %5 ran out of time.")
                  .arg(waiting.depth)
                  .arg(waiting.admitted)
                  .arg(plain(millisText(waiting.averageWaitMs)))
                  .arg(waiting.shed)
                  .arg(waiting.timedOut));
}

} // namespace

void addBudgets(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "budget", "Budgets");
    addCommand(*noun, "list", "All budgets as they stand", "signalboxctl budget list")->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.budgets(); }, &printBudgets);
    });
    auto* raise = addCommand(*noun, "raise", "Another limit for a time",
        "signalboxctl budget raise b1 --to 600 --expires 2h --reason 'launch day'");
    const auto wanted = std::make_shared<Raise>();
    raise->add_option("id", wanted->id, "The budget, as `budget list` shows it")->required()->type_name("BUDGET");
    raise->add_option("--to", wanted->to, "The new limit")->type_name("USD");
    raise->add_flag("--end", wanted->end, "Back to the configured limit");
    const auto change = addChange(*raise, "the end of the window without it");
    raise->callback([context, wanted, change] { runRaise(context, *wanted, *change); });

    auto* quota = addNoun(app, "quota", "Quotas");
    auto* quotas = addCommand(
        *quota, "list", "Callers' buckets, providers' gates and who waits", "signalboxctl quota list --json");
    quotas->callback([context] {
        runOne(
            context, [](const api::GatewayClient& client) { return client.quotas(); }, &printQuotas);
    });
}

} // namespace ctl
