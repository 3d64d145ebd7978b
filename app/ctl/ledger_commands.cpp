// ledger: how good reservations are and what is proved; and a provider's bill against the record.
#include "change.h"
#include "table.h"
#include "walk.h"

#include <QFile>

namespace ctl {

using namespace gateway;
using api::Failure;

namespace {

QString ratioText(const std::optional<double>& ratio)
{
    return ratio ? QString::number(*ratio * 100, 'f', 0) + QStringLiteral(" %") : QString();
}

void printReport(const api::LedgerReport& report)
{
    using enum Table::Align;
    printFacts({{QStringLiteral("since"), timeText(report.since)}, {QStringLiteral("as of"), timeText(report.asOf)},
        {QStringLiteral("refused by a budget"), QString::number(report.refusals)},
        {QStringLiteral("would have fitted"), QString::number(report.refusalsThatFitted)},
        {QStringLiteral("calls without a price"), QString::number(report.unpricedCalls)},
        {QStringLiteral("overruns"),
            QStringLiteral("%1, %2 USD").arg(report.overruns).arg(report.overspend.toDecimal())},
        {QStringLiteral("proved by credential"), report.proved.toDecimal() + QStringLiteral(" USD")},
        {QStringLiteral("claimed by caller"), report.claimed.toDecimal() + QStringLiteral(" USD")}});
    printLine({});
    Table accuracy(
        {{"ALIAS"}, {"N", Right}, {"RESERVED", Right}, {"ACTUAL", Right}, {"MEDIAN", Right}, {"P95", Right}});
    for (const api::ReservationAccuracy& row : report.reservations) {
        accuracy.add({row.alias, QString::number(row.n), row.reserved.toDecimal(), row.actual.toDecimal(),
            ratioText(row.ratioP50), ratioText(row.ratioP95)});
    }
    accuracy.print();
    if (!report.spend.isEmpty()) {
        printLine({});
        Table spend({{"TENANT"}, {"FEATURE"}, {"CALLS", Right}, {"PROVED", Right}, {"CLAIMED", Right}});
        for (const api::SpendShare& row : report.spend)
            spend.add(
                {row.tenant, row.feature, QString::number(row.calls), row.proved.toDecimal(), row.claimed.toDecimal()});
        spend.print();
    }
    for (const api::AttributionFinding& finding : report.findings)
        printLine(timeText(finding.at) + QStringLiteral("  ") + plain(finding.sentence));
}

void printReconciliation(const api::Reconciliation& result)
{
    using enum Table::Align;
    printLine(plain(result.sentence));
    printLine({});
    Table lines({{"PROVIDER"}, {"MODEL"}, {"MONTH"}, {"BILLED", Right}, {"RECORDED", Right}, {"DELTA", Right},
        {"TOLERANCE", Right}, {"VERDICT"}, {"CAUSE"}});
    for (const api::ReconciledLine& line : result.lines) {
        QStringList causes;
        for (const api::ResidualCause& cause : line.causes)
            causes.append(QStringLiteral("%1 %2").arg(cause.cause, cause.amount.toDecimal()));
        lines.add({line.provider, line.model, line.month, line.billed.toDecimal(),
            line.recorded ? line.recorded->toDecimal() : QString(), line.delta.toDecimal(),
            QString::number(line.tolerancePercent) + QStringLiteral(" %"),
            line.within ? QStringLiteral("within") : QStringLiteral("outside"), causes.join(QStringLiteral(", "))});
    }
    lines.print();
    for (const api::UnreadLine& line : result.unread)
        say(QStringLiteral("line %1: %2").arg(line.line).arg(plain(line.message)));
}

int verdictOf(const api::Reconciliation& result)
{
    if (result.verdict == QLatin1String("pass"))
        return Ok;
    return result.verdict == QLatin1String("fail") ? CheckFailed : NoData;
}

void runReport(Context context, const std::string& since)
{
    const auto from = pastFrom(since, QStringLiteral("--since"));
    if (!from) {
        context.result = fail(from.error());
        return;
    }
    runOne(
        context, [&](const api::GatewayClient& client) { return client.ledger(*from); }, &printReport);
}

void runReconcile(Context context, const std::string& name)
{
    QFile file(QString::fromStdString(name));
    if (!file.open(QIODevice::ReadOnly)) {
        context.result = fail(api::failure(
            Failure::Invalid, QStringLiteral("%1 cannot be read: %2").arg(file.fileName(), file.errorString())));
        return;
    }
    const QString csv = QString::fromUtf8(file.readAll());
    runOne(
        context, [&](const api::GatewayClient& client) { return client.reconcile(csv); }, &printReconciliation,
        &verdictOf);
}

} // namespace

void addLedger(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "ledger", "The ledger of budgets");
    auto* report = addCommand(
        *noun, "report", "Reservations, refusals, and what is proved", "signalboxctl ledger report --since 7d --json");
    const auto since = std::make_shared<std::string>();
    report->add_option("--since", *since, "24h, 7d or an RFC 3339 time; a day without it")->type_name("TIME");
    report->callback([context, since] { runReport(context, *since); });

    auto* reconcile = addCommand(*noun, "reconcile", "A provider's bill against the record; exit 6 if they differ",
        "signalboxctl ledger reconcile bill-2026-11.csv");
    const auto file = std::make_shared<std::string>();
    reconcile->add_option("file", *file, "CSV: provider,model,month,amount_usd under that heading")
        ->required()
        ->type_name("FILE");
    reconcile->callback([context, file] { runReconcile(context, *file); });
}

} // namespace ctl
