// The attempts of one call as a table: who was asked, what came of it, how long it took. Thread: UI.
#pragma once

#include "api/call.h"

#include <QAbstractTableModel>
#include <QVector>

namespace ui::models {

class AttemptTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column
    {
        Number,
        Provider,
        Model,
        Result,
        FirstToken,
        Took,
        Tokens,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setAttempts(const QVector<gateway::api::Attempt>& attempts);
    const QVector<gateway::api::Attempt>& attempts() const { return m_attempts; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVector<gateway::api::Attempt> m_attempts;
};

} // namespace ui::models
