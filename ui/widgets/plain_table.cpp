#include "widgets/plain_table.h"

#include <QStandardItemModel>

namespace ui {

PlainTable::PlainTable(const QString& name, const QVector<Head>& heads, QWidget* parent)
    : TableView(name, parent), m_rows(new QStandardItemModel(0, int(heads.size()), this))
{
    for (int column = 0; column < heads.size(); ++column) {
        const Head& head = heads[column];
        m_rows->setHeaderData(column, Qt::Horizontal, head.words);
        m_rows->setHeaderData(column, Qt::Horizontal, head.tip, Qt::ToolTipRole);
        m_rows->setHeaderData(column, Qt::Horizontal,
            int((head.isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter), Qt::TextAlignmentRole);
    }
    setModel(m_rows);
    horizontalHeader()->setSectionsClickable(false);
}

void PlainTable::clearRows()
{
    m_rows->removeRows(0, m_rows->rowCount());
}

void PlainTable::addRow(const QVector<Cell>& cells)
{
    QList<QStandardItem*> row;
    for (const Cell& cell : cells) {
        const QString words = cell.note.isEmpty() ? cell.text : cell.text + QLatin1Char(' ') + cell.note;
        row.append(new QStandardItem(words));
        row.last()->setData(QVariant::fromValue(cell), CellRole);
        row.last()->setToolTip(words);
        row.last()->setEditable(false);
    }
    m_rows->appendRow(row);
}

int PlainTable::rows() const
{
    return m_rows->rowCount();
}

QString PlainTable::words(int row, int column) const
{
    return m_rows->index(row, column).data().toString();
}

} // namespace ui
