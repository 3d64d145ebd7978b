// PlainTable: a table of a few rows that are filled in whole: heads, then cells. What needs refreshing in place,
// sorting or thousands of rows has a model of its own. Thread: UI.
#pragma once

#include "widgets/cell.h"
#include "widgets/table_view.h"

class QStandardItemModel;

namespace ui {

class PlainTable : public TableView
{
    Q_OBJECT
public:
    struct Head
    {
        QString words;
        bool isNumber = false;
        QString tip = {};
    };

    PlainTable(const QString& name, const QVector<Head>& heads, QWidget* parent = nullptr);

    void clearRows();
    // As many as there are heads. The words of a cell are also its tooltip.
    void addRow(const QVector<Cell>& cells);
    int rows() const;
    QString words(int row, int column) const;

private:
    QStandardItemModel* m_rows;
};

} // namespace ui
