// The data of a plot as a table: a row per moment, newest first, a column per line, and the calls behind it. What the
// "Table" side of every chart shows. Thread: UI.
#pragma once

#include "charts/plot_data.h"

#include <QAbstractTableModel>

namespace ui::charts {

class PlotTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    void setData(const PlotData& data, const PlotLook& look);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    qsizetype at(int row) const { return m_data.times.size() - 1 - row; }
    bool hasCounts() const { return !m_data.counts.isEmpty(); }

    PlotData m_data;
    PlotLook m_look;
};

// "2.36 s", "38 %"; the words for a value that is not there.
QString valueText(double value, const PlotLook& look);

} // namespace ui::charts
