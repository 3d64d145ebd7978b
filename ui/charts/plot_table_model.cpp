#include "charts/plot_table_model.h"

#include "widgets/cell.h"

#include <QLocale>

#include <cmath>

namespace ui::charts {

QString valueText(double value, const PlotLook& look)
{
    const QString number = QLocale(QLocale::English, QLocale::UnitedStates).toString(value, 'f', look.decimals);
    return look.unit.isEmpty() ? number : QStringLiteral("%1 %2").arg(number, look.unit);
}

void PlotTableModel::setData(const PlotData& data, const PlotLook& look)
{
    // The usual update brings the same moments with one more at the end; a reset would lose scroll and selection.
    const bool sameShape = data.times.size() == m_data.times.size() && data.columns.size() == m_data.columns.size() &&
                           data.counts.isEmpty() == m_data.counts.isEmpty() && !data.times.isEmpty();
    if (sameShape) {
        m_data = data;
        m_look = look;
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    m_data = data;
    m_look = look;
    endResetModel();
}

int PlotTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_data.times.size());
}

int PlotTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : 1 + int(m_data.columns.size()) + (hasCounts() ? 1 : 0);
}

QVariant PlotTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == CellRole) {
        const QString words = this->data(index, Qt::DisplayRole).toString();
        const bool isNothing = words.startsWith(QLatin1String("no "));
        Cell cell =
            index.column() == 0 ? Cell::mono(words) : Cell::number(words, isNothing ? Token::Text3 : Token::Text1);
        return QVariant::fromValue(cell);
    }
    const bool text = role == Qt::DisplayRole || role == Qt::AccessibleTextRole;
    if (!text && role != UnderlyingRole)
        return {};
    const qsizetype i = at(index.row());
    const qint64 count = hasCounts() ? m_data.counts.value(i, -1) : 0;
    if (index.column() == 0) {
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(m_data.times[i], Qt::UTC);
        return text ? QVariant(time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"))) : QVariant(time);
    }
    if (index.column() > m_data.columns.size())
        return text ? (count < 0 ? QVariant(QStringLiteral("no data"))
                                 : QVariant(QLocale(QLocale::English).toString(count)))
                    : QVariant(count);
    const double value = m_data.columns[index.column() - 1].values.value(i, qQNaN());
    if (!text)
        return std::isnan(value) ? QVariant() : QVariant(value);
    if (!std::isnan(value))
        return valueText(value, m_look);
    return hasCounts() && count == 0 ? QStringLiteral("no calls") : QStringLiteral("no data");
}

QVariant PlotTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    if (section == 0)
        return QStringLiteral("Time, UTC");
    return section <= m_data.columns.size() ? m_data.columns[section - 1].name : QStringLiteral("n");
}

} // namespace ui::charts
