#include "pages/budgets/burn_down.h"

#include <algorithm>

namespace ui::budgets {
namespace {

using namespace gateway::api;

constexpr int kGridPoints = 120;

double usd(Money amount)
{
    return double(amount.nano()) / 1e9;
}

} // namespace

charts::PlotData burnDown(const BudgetStatus& budget, const QDateTime& now)
{
    const qint64 start = budget.windowStart.toMSecsSinceEpoch();
    const qint64 end = budget.windowEnd.toMSecsSinceEpoch();
    charts::PlotData data;
    data.asOf = now;
    if (end <= start)
        return data;
    const qint64 here = std::clamp(now.toMSecsSinceEpoch(), start, end);
    QVector<std::pair<qint64, double>> known; // when, what was left
    if (!budget.history.isEmpty()) {
        known.append({start, usd(budget.limit)});
        for (const SpendPoint& point : budget.history) {
            const qint64 at = point.at.toMSecsSinceEpoch();
            if (at > known.last().first && at < here)
                known.append({at, usd(budget.limit) - usd(point.settled)});
        }
        known.append({here, usd(budget.limit) - usd(budget.settled)});
    }

    for (int i = 0; i <= kGridPoints; ++i)
        data.times.append(start + (end - start) * i / kGridPoints);
    for (const auto& [at, left] : known)
        data.times.append(at);
    data.times.append(here);
    std::sort(data.times.begin(), data.times.end());
    data.times.erase(std::unique(data.times.begin(), data.times.end()), data.times.end());

    charts::PlotColumn left{QStringLiteral("left"), Token::Accent, -1, {}};
    charts::PlotColumn pace{QStringLiteral("even pace"), Token::Text3, 1, {}};
    charts::PlotColumn ahead{QStringLiteral("straight on"), Token::Degraded, 2, {}};
    const double now1 = usd(budget.limit) - usd(budget.settled);
    const double last = budget.forecast ? usd(budget.limit) - usd(*budget.forecast) : 0;
    for (const qint64 at : data.times) {
        const double share = double(at - start) / double(end - start);
        pace.values.append(usd(budget.limit) * (1 - share));
        const auto after =
            std::find_if(known.begin(), known.end(), [at](const auto& point) { return point.first >= at; });
        if (after == known.end())
            left.values.append(qQNaN());
        else if (after->first == at || after == known.begin())
            left.values.append(after->second);
        else {
            const auto before = std::prev(after);
            const double part = double(at - before->first) / double(after->first - before->first);
            left.values.append(before->second + part * (after->second - before->second));
        }
        const double value =
            at < here || end == here ? qQNaN() : now1 + (last - now1) * double(at - here) / double(end - here);
        ahead.values.append(value < 0 ? qQNaN() : value);
    }
    data.columns = {left, pace};
    if (budget.forecast)
        data.columns.append(ahead);
    return data;
}

QVector<charts::PlotThreshold> softMarksOf(const BudgetStatus& budget)
{
    QVector<charts::PlotThreshold> marks;
    for (const int percent : budget.softMarks)
        marks.append({usd(budget.limit) * (100 - percent) / 100.0, Token::Degraded,
            QStringLiteral("%1 % soft mark").arg(percent)});
    return marks;
}

std::optional<QDateTime> emptyAt(const BudgetStatus& budget, const QDateTime& now)
{
    if (!budget.forecast || budget.settled >= budget.limit || *budget.forecast <= budget.limit ||
        budget.forecast->nano() <= budget.settled.nano())
        return std::nullopt;
    const double part =
        double(budget.limit.nano() - budget.settled.nano()) / double(budget.forecast->nano() - budget.settled.nano());
    return now.addMSecs(qint64(std::max(0.0, part) * double(now.msecsTo(budget.windowEnd))));
}

} // namespace ui::budgets
