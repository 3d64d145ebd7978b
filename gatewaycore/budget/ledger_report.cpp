#include "budget/ledger_report.h"

#include "budget/learned_ratio.h"

#include <QMap>

#include <algorithm>

namespace gateway::budget {
namespace {

using api::Money;

void add(Money& to, Money amount) // a sum that overflows stays where it was: the report, not the ledger
{
    to = to.plus(amount).value_or(to);
}

} // namespace

std::optional<int> AccuracySums::Cells::percentile(int percent) const
{
    if (n == 0)
        return std::nullopt;
    const qint64 rank = (n * percent + 99) / 100;
    qint64 seen = 0;
    for (int cell = 0; cell < kCells; ++cell) {
        seen += counts[std::size_t(cell)];
        if (seen >= rank)
            return cell;
    }
    return kCells - 1;
}

void AccuracySums::add(const store::ReservedAndSpent& attempt)
{
    if (!attempt.known || attempt.reserved.nano() <= 0 || attempt.cost.nano() < 0)
        return; // what stands in for a cost says nothing of the estimate
    __extension__ using Wide = __int128;
    const Wide permille = (Wide(attempt.cost.nano()) * 1000 + attempt.reserved.nano() - 1) / attempt.reserved.nano();
    const auto cell = std::size_t(std::min<Wide>(permille, kCells - 1));
    for (Cells* cells : {&m_all, attempt.answered ? &m_answered : nullptr}) {
        if (cells) {
            ++cells->counts[cell];
            ++cells->n;
        }
    }
    budget::add(m_reserved, attempt.reserved);
    budget::add(m_actual, attempt.cost);
    if (attempt.cost > attempt.reserved) {
        ++m_overruns;
        budget::add(m_overspend, *attempt.cost.minus(attempt.reserved));
    }
}

api::ReservationAccuracy AccuracySums::result(const QString& alias) const
{
    const auto ratio = [this](int percent) -> std::optional<double> {
        const auto cell = m_all.percentile(percent);
        return cell ? std::optional(*cell / 1000.0) : std::nullopt;
    };
    return {alias, m_all.n, m_reserved, m_actual, ratio(50), ratio(95)};
}

std::optional<int> AccuracySums::learnedPermille() const
{
    return m_answered.n >= LearnedRatio::kLeast ? m_answered.percentile(99) : std::nullopt;
}

bool wouldHaveFitted(const api::LimitFacts& limit, int learnedPermille)
{
    const auto amount = [](const QString& text) { return Money::fromDecimal(text); };
    const auto total = amount(limit.limit);
    const auto used = amount(limit.used);
    const auto reserved = amount(limit.reserved);
    const auto estimate = amount(limit.estimate);
    if (limit.unit != QLatin1String("usd") || !total || !used || !reserved || !estimate)
        return false;
    __extension__ using Wide = __int128;
    const Wide available = Wide(total->nano()) - used->nano() - reserved->nano();
    return (Wide(estimate->nano()) * learnedPermille + 999) / 1000 <= available;
}

api::Result<api::LedgerReport> report(store::SpendReportReader& reader, const QDateTime& since, const QDateTime& asOf)
{
    const qint64 from = since.toMSecsSinceEpoch();
    const qint64 to = asOf.toMSecsSinceEpoch();
    api::LedgerReport report;
    report.since = since;
    report.asOf = asOf;

    QMap<QString, AccuracySums> byAlias;
    const api::Outcome read = reader.reservations(
        from, to, [&](const store::ReservedAndSpent& attempt) { byAlias[attempt.alias].add(attempt); });
    if (!read)
        return read.error();
    for (auto each = byAlias.constBegin(); each != byAlias.constEnd(); ++each) {
        if (const api::ReservationAccuracy accuracy = each->result(each.key()); accuracy.n > 0)
            report.reservations.append(accuracy);
        report.overruns += each->overruns();
        add(report.overspend, each->overspend());
    }

    const auto refusals = reader.refusals(from, to);
    if (!refusals)
        return refusals.error();
    report.refusals = qint64(refusals->size());
    for (const store::BudgetRefusal& refusal : *refusals) {
        const auto learned = byAlias.contains(refusal.alias) ? byAlias[refusal.alias].learnedPermille() : std::nullopt;
        report.refusalsThatFitted += learned && wouldHaveFitted(refusal.limit, *learned) ? 1 : 0;
    }

    const auto unpriced = reader.unpricedCalls(from, to);
    if (!unpriced)
        return unpriced.error();
    report.unpricedCalls = *unpriced;

    const auto spend = reader.spend(from, to);
    if (!spend)
        return spend.error();
    for (const store::SpendRow& row : *spend) {
        report.spend.append({row.tenant, row.feature, row.calls, row.proved, row.claimed});
        add(report.proved, row.proved);
        add(report.claimed, row.claimed);
    }
    return report;
}

} // namespace gateway::budget
