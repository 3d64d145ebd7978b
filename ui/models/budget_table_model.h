// Budgets as a table, those at risk first. A refresh that changes no order is one dataChanged; otherwise a reset, after
// which the view finds its row again by id. Thread: UI.
#pragma once

#include "api/budget_status.h"
#include "theme/status_paint.h"

#include <QAbstractTableModel>
#include <QVector>

namespace ui::models {

// How a budget stands, as one word and shape: Stopped, Over, Watch, OK.
struct BudgetState
{
    Status status = Status::Ok;
    QString word;
    QString reason; // one sentence
};
BudgetState stateOf(const gateway::api::BudgetStatus& budget);
// "refuse, resets 1 Dec 00:00": what happens at the limit, in words.
QString atLimitWords(const gateway::api::BudgetStatus& budget);

class BudgetTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column
    {
        State,
        Scope,
        Period,
        Window,
        Limit,
        Spent,
        Reserved,
        Used,
        Forecast,
        Unpriced,
        AtLimit,
        ColumnCount
    };
    using QAbstractTableModel::QAbstractTableModel;

    void setBudgets(const QVector<gateway::api::BudgetStatus>& budgets);
    const QVector<gateway::api::BudgetStatus>& rows() const { return m_rows; }
    int rowOf(const QString& id) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVector<gateway::api::BudgetStatus> m_rows;
};

} // namespace ui::models
