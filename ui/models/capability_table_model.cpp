#include "models/capability_table_model.h"

#include <algorithm>
#include <array>

namespace ui::models {
namespace {

using namespace gateway::api;

struct SurfaceName
{
    const char* dialect;
    const char* words;
};

constexpr std::array kSurfaces{
    SurfaceName{"openai.chat", "OpenAI chat"},
    SurfaceName{"openai.responses", "OpenAI Responses"},
    SurfaceName{"anthropic", "Anthropic"},
    SurfaceName{"gemini", "Gemini"},
};

} // namespace

QString surfaceName(const QString& dialect)
{
    for (const SurfaceName& one : kSurfaces) {
        if (dialect == QLatin1String(one.dialect))
            return QLatin1String(one.words);
    }
    return dialect;
}

void CapabilityTableModel::setCapabilities(const QVector<CandidateCapabilities>& all)
{
    beginResetModel();
    m_all = all;
    choose();
    endResetModel();
}

void CapabilityTableModel::setAlias(const QString& alias)
{
    if (alias == m_alias)
        return;
    beginResetModel();
    m_alias = alias;
    choose();
    endResetModel();
}

void CapabilityTableModel::setSurface(const QString& surface)
{
    if (surface == m_surface)
        return;
    m_surface = surface;
    if (rowCount() > 0 && !m_candidates.isEmpty())
        Q_EMIT dataChanged(index(0, 1), index(rowCount() - 1, columnCount() - 1));
}

void CapabilityTableModel::choose()
{
    m_candidates.clear();
    m_features.clear();
    for (const CandidateCapabilities& one : std::as_const(m_all)) {
        if (!one.aliases.contains(m_alias))
            continue;
        m_candidates.append(one);
        for (const FeatureCarriage& feature : one.features) {
            if (!m_features.contains(feature.name))
                m_features.append(feature.name);
        }
    }
}

int CapabilityTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || m_candidates.isEmpty() ? 0 : int(m_features.size()) + 1;
}

int CapabilityTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_candidates.size()) + 1;
}

QString CapabilityTableModel::word(int row, int candidate) const
{
    const CandidateCapabilities& one = m_candidates[candidate];
    if (row == 0)
        return dialectFor(one, m_surface);
    const auto feature = std::find_if(one.features.cbegin(), one.features.cend(),
        [&](const FeatureCarriage& its) { return its.name == m_features[row - 1]; });
    return feature == one.features.cend() ? QStringLiteral("unknown") : carriageFor(one, *feature, m_surface);
}

// Provider and model; with the region where two columns would be called the same.
QString CapabilityTableModel::columnName(int candidate) const
{
    const auto shortName = [](const CandidateCapabilities& one) {
        return one.candidate.section(QLatin1Char('@'), 0, -2);
    };
    const QString name = shortName(m_candidates[candidate]);
    const auto same = std::count_if(m_candidates.cbegin(), m_candidates.cend(),
        [&](const CandidateCapabilities& one) { return shortName(one) == name; });
    return same > 1 || name.isEmpty() ? m_candidates[candidate].candidate : name;
}

QVariant CapabilityTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const int row = index.row();
    if (index.column() == 0) {
        const QString name = row == 0 ? tr("asked in") : m_features[row - 1];
        if (role == CellRole)
            return QVariant::fromValue(Cell::plain(name, row == 0 ? Token::Text3 : Token::Text1));
        return role == Qt::DisplayRole || role == Qt::AccessibleTextRole || role == UnderlyingRole ? QVariant(name)
                                                                                                   : QVariant();
    }
    const QString text = word(row, index.column() - 1);
    switch (role) {
    case CellRole:
        return QVariant::fromValue(row == 0 ? Cell::mono(text, Token::Text2) : carriageCell(text));
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
    case UnderlyingRole:
        return text;
    case Qt::ToolTipRole:
        return row == 0 ? tr("The dialect this candidate is asked in for a caller of %1.").arg(surfaceName(m_surface))
                        : carriageSentence(text);
    default:
        return {};
    }
}

QVariant CapabilityTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignLeft | Qt::AlignVCenter);
    if (section == 0)
        return role == Qt::DisplayRole ? QVariant(tr("In a request")) : QVariant();
    if (role == Qt::DisplayRole)
        return columnName(section - 1);
    return role == Qt::ToolTipRole ? QVariant(m_candidates[section - 1].candidate) : QVariant();
}

} // namespace ui::models
