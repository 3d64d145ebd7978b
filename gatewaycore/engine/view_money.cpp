// GatewayView's side of money and limits: budgets, the ledger's reports, quotas.
#include "engine/gateway_view.h"

#include "budget/ledger_report.h"
#include "budget/reconciliation.h"
#include "observability/log.h"

namespace gateway::engine {
namespace {

using api::Failure;

api::Scope scopeOf(const config::UsageScope& scope)
{
    return {scope.tenant, scope.feature, scope.agent, scope.alias, scope.provider};
}

api::BudgetStatus statusOf(const budget::AccountStatus& account, qint64 nowMs)
{
    api::BudgetStatus status;
    status.id = account.id;
    status.scope = scopeOf(account.policy.scope);
    status.period = config::nameOf(account.policy.period);
    status.timeZone = QString::fromLatin1(account.policy.timeZone);
    status.windowStart = at(account.window.startMs);
    status.windowEnd = at(account.window.endMs);
    status.limit = account.limit;
    status.configuredLimit = account.policy.amount;
    status.settled = account.settled;
    status.reserved = account.reserved;
    status.openReservations = account.openReservations;
    status.calls = account.settledCalls;
    status.refusals = account.refusals;
    status.unpriced = account.unpriced;
    status.overruns = account.overruns;
    status.softMarks = account.policy.softPercents;
    status.softMark = account.softMark;
    status.atLimit = config::nameOf(account.policy.atLimit);
    status.estimate = config::nameOf(account.policy.estimate);
    status.raisedTo = account.raisedTo;
    if (account.raisedTo)
        status.raiseEnds = at(account.raiseEndsMs);
    status.forecast = api::straightForecast(account.settled, status.windowStart, status.windowEnd, at(nowMs));
    return status;
}

} // namespace

QVector<api::BudgetStatus> GatewayView::budgets() const
{
    QVector<api::BudgetStatus> all;
    const qint64 now = m_parts.clock.wallMs();
    for (const budget::AccountStatus& account : m_parts.live->ledger.status()) {
        api::BudgetStatus status = statusOf(account, now);
        status.history = m_parts.spend.history(account.id, account.window.startMs);
        all.append(status);
    }
    return all;
}

void GatewayView::raiseBudget(
    const QString& id, const api::BudgetRaise& raise, const admin::Change& change, admin::Done<api::BudgetStatus> done)
{
    const std::vector<budget::AccountStatus> accounts = m_parts.live->ledger.status();
    const auto account = std::find_if(accounts.begin(), accounts.end(), [&](const auto& one) { return one.id == id; });
    if (account == accounts.end())
        return done(api::failure(Failure::NotFound, QStringLiteral("There is no budget %1.").arg(id.left(64))));
    BudgetRaises::Raise asked;
    asked.account = id;
    asked.limit = raise.limit.value_or(account->policy.amount);
    asked.untilMs = raise.end ? 0 : raise.until ? raise.until->toMSecsSinceEpoch() : account->window.endMs;
    asked.by = change.by.name;
    asked.reason = change.reason;
    m_parts.raises->apply(asked, change.alongside, [this, id, done = std::move(done), change](api::Outcome applied) {
        if (!applied)
            return done(applied.error());
        for (const api::BudgetStatus& status : budgets()) {
            if (status.id != id)
                continue;
            observability::log(observability::LogLevel::Info, "budget.raised",
                {{"budget", id}, {"limit", status.limit.toDecimal()}, {"principal", change.by.name},
                    {"reason", change.reason}});
            return done(status);
        }
        done(api::failure(Failure::NotFound, QStringLiteral("There is no budget %1 any more.").arg(id)));
    });
}

void GatewayView::ledgerReport(const QDateTime& since, admin::Done<api::LedgerReport> done)
{
    const QDateTime now = at(m_parts.clock.wallMs());
    m_parts.reader->later<api::LedgerReport>(
        [since, now](const QString& file) -> api::Result<api::LedgerReport> {
            auto reader = store::SpendReportReader::open(file);
            if (!reader)
                return reader.error();
            return budget::report(**reader, since, now);
        },
        [this, since, done = std::move(done)](api::Result<api::LedgerReport> report) {
            if (report)
                report->findings = m_parts.watch->findings(since);
            done(std::move(report));
        });
}

void GatewayView::reconcile(const QByteArray& csv, admin::Done<api::Reconciliation> done)
{
    // a bill names a provider by its kind, as a rule
    QHash<QString, QString> billedAs;
    for (const auto& provider : m_parts.config.current()->providers)
        billedAs.insert(provider->name, nameOf(provider->kind));
    m_parts.reader->later<api::Reconciliation>(
        [csv, billedAs](const QString& file) -> api::Result<api::Reconciliation> {
            const budget::Bill bill = budget::parseBill(csv);
            std::vector<store::RecordedRow> recorded;
            if (const auto months = budget::monthsOf(bill)) {
                auto reader = store::SpendReportReader::open(file);
                if (!reader)
                    return reader.error();
                auto rows = (*reader)->recorded(months->first.toMSecsSinceEpoch(), months->second.toMSecsSinceEpoch());
                if (!rows)
                    return rows.error();
                recorded = std::move(*rows);
            }
            return budget::reconcile(bill, recorded, billedAs);
        },
        std::move(done));
}

api::QuotaReport GatewayView::quotas() const
{
    api::QuotaReport report;
    for (const quota::QuotaStatus& quota : m_parts.live->quotas.status()) {
        api::QuotaStatus status;
        status.scope = scopeOf(quota.policy.scope);
        status.requestsPerMinute = quota.policy.requestsPerMinute;
        status.inputTokensPerMinute = quota.policy.inputTokensPerMinute;
        status.outputTokensPerMinute = quota.policy.outputTokensPerMinute;
        status.concurrency = quota.policy.concurrency;
        status.requestsLeft = quota.requestsLeft;
        status.inputTokensLeft = quota.inputTokensLeft;
        status.outputTokensLeft = quota.outputTokensLeft;
        status.running = quota.running;
        status.admitted = quota.admitted;
        status.refused = quota.refused;
        report.quotas.append(status);
    }
    for (const auto& live : m_parts.policy->providers)
        report.providers.append(gateStatusOf(*live));
    const quota::WaitCounts& waits = m_parts.live->waits;
    report.waiting.depth = waits.waiting;
    report.waiting.admitted = waits.admitted;
    report.waiting.shed = waits.shed;
    report.waiting.timedOut = waits.timedOut;
    if (report.waiting.admitted > 0)
        report.waiting.averageWaitMs = double(waits.waitedUs) / 1000 / double(report.waiting.admitted);
    return report;
}

api::ProviderGateStatus GatewayView::gateStatusOf(const ProviderLive& live)
{
    const quota::GateStatus gate = live.gate.status();
    api::ProviderGateStatus status;
    status.provider = gate.provider;
    status.requestsPerMinute = gate.requestsPerMinute;
    status.tokensPerMinute = gate.tokensPerMinute;
    status.requestsLeft = gate.requestsLeft;
    status.tokensLeft = gate.tokensLeft;
    status.held = gate.held;
    status.limitMoved = gate.limitMoved;
    if (gate.limitMovedMs)
        status.limitMovedAt = at(*gate.limitMovedMs);
    return status;
}

} // namespace gateway::engine
