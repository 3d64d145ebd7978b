// The head of a table's column as its model serves it: word, tip and alignment. A model keeps a constexpr list of them.
#pragma once

#include <QString>
#include <QVariant>

#include <span>

namespace ui::models {

struct ColumnFacts
{
    const char* head;
    const char* tip;
    bool isNumber;
};

// For QAbstractItemModel::headerData of a horizontal header.
inline QVariant headerOf(std::span<const ColumnFacts> columns, int section, Qt::Orientation orientation, int role)
{
    if (orientation != Qt::Horizontal || section < 0 || section >= int(columns.size()))
        return {};
    const ColumnFacts& column = columns[std::size_t(section)];
    switch (role) {
    case Qt::DisplayRole:
        return QLatin1String(column.head);
    case Qt::ToolTipRole:
        return QLatin1String(column.tip);
    case Qt::TextAlignmentRole:
        return int((column.isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

} // namespace ui::models
