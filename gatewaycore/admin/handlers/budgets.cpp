// Money and quotas: budgets, ledger, reconciliation, quotas, and the standing invariants.
#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

using api::Failure;

constexpr qsizetype kLargestBill = 16 * 1024 * 1024;
constexpr qint64 kReportSeconds = 24 * 3600;

std::optional<api::Error> faultOf(const api::BudgetRaise& raise, const QDateTime& now)
{
    if (raise.end) {
        if (raise.limit || raise.until)
            return api::failure(
                Failure::Invalid, QStringLiteral("A raise is ended or made: \"end\" stands without the other fields."));
        return std::nullopt;
    }
    if (!raise.limit)
        return api::failure(Failure::Invalid, QStringLiteral("The field \"limit_usd\" is missing."),
            QStringLiteral("It is the new limit as a decimal string, as \"600\"; \"end\": true ends a raise."));
    if (raise.limit->nano() <= 0)
        return api::failure(Failure::Invalid, QStringLiteral("A limit lies above zero."));
    if (raise.until && *raise.until <= now)
        return api::failure(Failure::Invalid, QStringLiteral("The field \"until\" lies in the past."));
    return std::nullopt;
}

} // namespace

// A budget that names no tenant counts the money of all, so a bound principal does not see it.
void getBudgets(const Services& services, const Request& request, const Reply& reply)
{
    reply({200, itemsOf(seenBy(request.principal, services.engine.budgets(),
                    [](const api::BudgetStatus& budget) { return budget.scope.tenant; }))});
}

void raiseBudget(const Services& services, const Request& request, const Reply& reply)
{
    api::Result<api::BudgetRaise> raise = api::budgetRaiseFromJson(request.asked.body);
    if (!raise)
        return reply(api::errorReply(raise.error()));
    if (const auto fault = faultOf(*raise, services.engine.status().asOf))
        return reply(api::errorReply(*fault));
    for (const api::BudgetStatus& budget : services.engine.budgets()) {
        if (budget.id != request.argument)
            continue;
        request.trace.before = api::toJson(budget);
        if (!raise->end && !raise->until)
            raise->until = budget.windowEnd;
        return services.engine.raiseBudget(request.argument, *raise, request.change, answer<api::BudgetStatus>(reply));
    }
    refuse(reply, Failure::NotFound, QStringLiteral("There is no budget %1.").arg(request.argument),
        QStringLiteral("GET /api/v1/budgets lists them; `signalboxctl budget list` does too."));
}

void getLedger(const Services& services, const Request& request, const Reply& reply)
{
    const QDateTime now = services.engine.status().asOf;
    QDateTime since = now.addSecs(-kReportSeconds);
    if (const QString asked = request.asked.query.queryItemValue(QStringLiteral("since"), QUrl::FullyDecoded);
        !asked.isEmpty()) {
        since = QDateTime::fromString(asked, Qt::ISODateWithMs).toUTC();
        if (!since.isValid())
            return refuse(reply, Failure::Invalid, QStringLiteral("since is not an RFC 3339 time"));
        if (since >= now)
            return refuse(reply, Failure::Invalid, QStringLiteral("The report begins in the past."));
    }
    services.engine.ledgerReport(since, answer<api::LedgerReport>(reply));
}

void reconcileLedger(const Services& services, const Request& request, const Reply& reply)
{
    const QJsonValue csv = request.asked.body.value(QLatin1String("csv"));
    if (!csv.isString() || csv.toString().trimmed().isEmpty())
        return refuse(reply, Failure::Invalid, QStringLiteral("The field \"csv\" must hold the bill's lines."),
            QStringLiteral("The first line is: provider,model,month,amount_usd"));
    const QByteArray text = csv.toString().toUtf8();
    if (text.size() > kLargestBill)
        return refuse(reply, Failure::Invalid, QStringLiteral("The bill is larger than 16 MiB."));
    services.engine.reconcile(text, answer<api::Reconciliation>(reply));
}

// Providers' gates and the queue before them are the engine's: they tell of no tenant.
void getQuotas(const Services& services, const Request& request, const Reply& reply)
{
    api::QuotaReport report = services.engine.quotas();
    report.quotas =
        seenBy(request.principal, report.quotas, [](const api::QuotaStatus& quota) { return quota.scope.tenant; });
    reply({200, api::toJson(report)});
}

void getInvariants(const Services& services, const Request&, const Reply& reply)
{
    reply({200, itemsOf(services.engine.invariants())});
}

} // namespace gateway::admin
