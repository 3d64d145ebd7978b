#include "models/budget_table_model.h"

#include "models/column_facts.h"
#include "models/format.h"
#include "widgets/cell.h"

#include <algorithm>
#include <array>

namespace ui::models {
namespace {

using gateway::api::BudgetStatus;

constexpr std::array<ColumnFacts, BudgetTableModel::ColumnCount> kColumns{{
    {"State", "Whether it refuses, is heading over its limit, or is well", false},
    {"Scope", "Whose spend it counts", false},
    {"Period", "How long a window lasts", false},
    {"Window", "The window it is in, in the zone written beside it", false},
    {"Limit", "In force now, with a raise", true},
    {"Spent", "Settled in this window", true},
    {"Reserved", "Held for calls that run", true},
    {"Used", "Spent and reserved, of the limit", false},
    {"Forecast", "At the end of the window if spend goes straight on, of the limit", true},
    {"Unpriced", "Attempts in this window that nobody knows the cost of", true},
    {"At limit", "What happens when it is used up", false},
}};

std::optional<double> forecastShare(const BudgetStatus& budget)
{
    if (!budget.forecast || budget.limit.nano() <= 0)
        return std::nullopt;
    // One that refuses stays where it is.
    if (budget.atLimit == QLatin1String("refuse") && budget.settled >= budget.limit)
        return 1.0;
    return double(budget.forecast->nano()) / double(budget.limit.nano());
}

bool isUsedUp(const BudgetStatus& budget)
{
    return budget.usedPercent().value_or(100) >= 100;
}

int badness(const BudgetStatus& budget)
{
    switch (stateOf(budget).status) {
    case Status::Down:
        return 0;
    case Status::Degraded:
        return 1;
    default:
        return 2;
    }
}

QString text(const BudgetStatus& budget, int column)
{
    switch (column) {
    case BudgetTableModel::State:
        return stateOf(budget).word;
    case BudgetTableModel::Scope:
        return describe(budget.scope);
    case BudgetTableModel::Period:
        return budget.period;
    case BudgetTableModel::Window:
        return windowWords(budget.windowStart, budget.windowEnd, budget.timeZone);
    case BudgetTableModel::Limit:
        return dollarsAndCents(budget.limit);
    case BudgetTableModel::Spent:
        return dollarsAndCents(budget.settled);
    case BudgetTableModel::Reserved:
        return dollarsAndCents(budget.reserved);
    case BudgetTableModel::Used: {
        const std::optional<double> used = budget.usedPercent();
        return used ? percent(*used / 100) : notApplicable();
    }
    case BudgetTableModel::Forecast: {
        const std::optional<double> share = forecastShare(budget);
        return share ? percent(share) : notApplicable();
    }
    case BudgetTableModel::Unpriced:
        return wholeNumber(budget.unpriced);
    case BudgetTableModel::AtLimit:
        return atLimitWords(budget);
    default:
        return {};
    }
}

Cell cellOf(const BudgetStatus& budget, int column, const QString& words)
{
    switch (column) {
    case BudgetTableModel::State: {
        return Cell::state(stateOf(budget).status, words);
    }
    case BudgetTableModel::Period:
    case BudgetTableModel::Window:
        return Cell::plain(words, Token::Text2);
    case BudgetTableModel::Limit: {
        Cell cell = Cell::number(words);
        cell.strong = budget.raisedTo.has_value();
        return cell;
    }
    case BudgetTableModel::Used: {
        Cell cell = Cell::plain(words);
        cell.kind = CellKind::Headroom;
        cell.used = budget.usedPercent().value_or(-100) / 100;
        return cell;
    }
    case BudgetTableModel::Forecast: {
        const double share = forecastShare(budget).value_or(0);
        Cell cell = Cell::number(words, words == notApplicable() ? Token::Text3
                                        : share > 1              ? Token::Degraded
                                                                 : Token::Text1);
        cell.strong = share > 1;
        return cell;
    }
    case BudgetTableModel::Unpriced:
        return Cell::number(words, budget.unpriced > 0 ? Token::Degraded : Token::Text3);
    case BudgetTableModel::Spent:
    case BudgetTableModel::Reserved:
        return Cell::number(words);
    default:
        return Cell::plain(words);
    }
}

} // namespace

BudgetState stateOf(const BudgetStatus& budget)
{
    if (isUsedUp(budget)) {
        if (budget.atLimit == QLatin1String("refuse"))
            return {Status::Down, QStringLiteral("Stopped"), QStringLiteral("It is used up, so it refuses calls.")};
        if (budget.atLimit == QLatin1String("degrade"))
            return {Status::Degraded, QStringLiteral("Degrading"),
                QStringLiteral("It is used up, so only degraded steps of a chain may serve.")};
        return {Status::Degraded, QStringLiteral("Over"), QStringLiteral("It is used up; it only warns.")};
    }
    if (forecastShare(budget).value_or(0) > 1)
        return {Status::Degraded, QStringLiteral("Watch"),
            QStringLiteral("If spend goes straight on, it is used up before its window ends.")};
    if (budget.softMark > 0)
        return {Status::Degraded, QStringLiteral("Watch"),
            QStringLiteral("Its soft mark of %1 % is passed.").arg(budget.softMark)};
    return {Status::Ok, QStringLiteral("OK"), QStringLiteral("It is well within its limit.")};
}

QString atLimitWords(const BudgetStatus& budget)
{
    const QString what =
        budget.atLimit == QLatin1String("degrade") ? QStringLiteral("degrade to cheaper steps") : budget.atLimit;
    return isUsedUp(budget) ? QStringLiteral("%1, resets %2")
                                  .arg(what, budget.windowEnd.toUTC().toString(QStringLiteral("dd MMM HH:mm")))
                            : what;
}

void BudgetTableModel::setBudgets(const QVector<BudgetStatus>& budgets)
{
    QVector<BudgetStatus> rows = budgets;
    std::stable_sort(rows.begin(), rows.end(), [](const BudgetStatus& a, const BudgetStatus& b) {
        return badness(a) != badness(b) ? badness(a) < badness(b)
                                        : a.usedPercent().value_or(100) > b.usedPercent().value_or(100);
    });
    const bool sameOrder = std::equal(rows.cbegin(), rows.cend(), m_rows.cbegin(), m_rows.cend(),
        [](const BudgetStatus& a, const BudgetStatus& b) { return a.id == b.id; });
    if (sameOrder) {
        m_rows = rows;
        if (!rows.isEmpty())
            Q_EMIT dataChanged(index(0, 0), index(int(rows.size()) - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

int BudgetTableModel::rowOf(const QString& id) const
{
    for (int i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].id == id)
            return i;
    }
    return -1;
}

int BudgetTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int BudgetTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant BudgetTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const BudgetStatus& budget = m_rows[index.row()];
    const ColumnFacts& column = kColumns[std::size_t(index.column())];
    const QString words = text(budget, index.column());
    switch (role) {
    case CellRole:
        return QVariant::fromValue(cellOf(budget, index.column(), words));
    case Qt::DisplayRole:
        return words;
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(QLatin1String(column.head), words);
    case Qt::ToolTipRole:
        if (index.column() == State)
            return stateOf(budget).reason;
        return index.column() == Scope || index.column() == AtLimit ? QVariant(words) : QVariant();
    case Qt::TextAlignmentRole:
        return int((column.isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case UnderlyingRole:
        return index.column() == Used ? QVariant(budget.usedPercent().value_or(100)) : QVariant(words);
    default:
        return {};
    }
}

QVariant BudgetTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return headerOf(kColumns, section, orientation, role);
}

} // namespace ui::models
