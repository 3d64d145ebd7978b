#include "models/attempt_table_model.h"
#include "models/states.h"

#include "models/format.h"
#include "models/trace_spans.h"
#include "widgets/cell.h"

#include <array>

namespace ui::models {
namespace {

using namespace gateway::api;

struct ColumnFacts
{
    const char* head;
    bool isNumber;
};

constexpr std::array<ColumnFacts, AttemptTableModel::ColumnCount> kColumns{{
    {"No.", false},
    {"Provider, region", false},
    {"Model", false},
    {"Result", false},
    {"First token", true},
    {"Took", true},
    {"In / out tokens", true},
}};

QString resultText(const Attempt& attempt)
{
    QString word = nameOf(attempt.result);
    word[0] = word[0].toUpper();
    return attempt.httpStatus > 0 ? QStringLiteral("%1, %2").arg(word).arg(attempt.httpStatus) : word;
}

// From the attempt's own start, not the call's: attempts are compared with each other here.
QString since(const Attempt& attempt, qint64 us)
{
    return us < 0 || attempt.startUs < 0 ? notApplicable() : durationFromUs(us - attempt.startUs);
}

QString textOf(const Attempt& attempt, int column)
{
    switch (column) {
    case AttemptTableModel::Number:
        return QString::number(attempt.number);
    case AttemptTableModel::Provider:
        return attempt.region.isEmpty() ? attempt.provider
                                        : QStringLiteral("%1 %2").arg(attempt.provider, attempt.region);
    case AttemptTableModel::Model:
        return attempt.model;
    case AttemptTableModel::Result:
        return resultText(attempt);
    case AttemptTableModel::FirstToken:
        return since(attempt, attempt.firstTokenUs);
    case AttemptTableModel::Took:
        return since(attempt, attempt.endUs);
    case AttemptTableModel::Tokens:
        return attempt.tokens.source == TokenSource::None
                   ? notApplicable()
                   : QStringLiteral("%1 / %2").arg(
                         wholeNumber(attempt.tokens.input()), wholeNumber(attempt.tokens.output()));
    default:
        return {};
    }
}

Cell cellOf(const Attempt& attempt, int column)
{
    const QString text = textOf(attempt, column);
    const bool isNothing = text == notApplicable();
    const Token ink = isNothing ? Token::Text3 : Token::Text1;
    if (column == AttemptTableModel::Result)
        return Cell::state(isBroken(attempt) ? Status::Down : statusOf(attempt.result), text);
    if (column == AttemptTableModel::Provider) {
        Cell cell = Cell::plain(attempt.provider);
        cell.note = attempt.region;
        return cell;
    }
    return kColumns[std::size_t(column)].isNumber ? Cell::number(text, ink) : Cell::plain(text, ink);
}

} // namespace

void AttemptTableModel::setAttempts(const QVector<Attempt>& attempts)
{
    beginResetModel();
    m_attempts = attempts;
    endResetModel();
}

int AttemptTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_attempts.size());
}

int AttemptTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant AttemptTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Attempt& attempt = m_attempts[index.row()];
    switch (role) {
    case CellRole:
        return QVariant::fromValue(cellOf(attempt, index.column()));
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return textOf(attempt, index.column());
    case UnderlyingRole:
        return index.column() == Took && attempt.endUs >= 0 ? QVariant(attempt.endUs - attempt.startUs)
                                                            : QVariant(textOf(attempt, index.column()));
    case Qt::ToolTipRole:
        return attemptSentence(attempt);
    case Qt::TextAlignmentRole:
        return int(
            (kColumns[std::size_t(index.column())].isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant AttemptTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole)
        return QLatin1String(kColumns[std::size_t(section)].head);
    if (role == Qt::TextAlignmentRole)
        return int((kColumns[std::size_t(section)].isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

} // namespace ui::models
