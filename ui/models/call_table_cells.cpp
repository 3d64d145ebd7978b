// What the cells of CallTableModel say and look like: one table of columns, one function per role.
#include "models/call_table_model.h"
#include "models/column_facts.h"
#include "models/format.h"
#include "models/states.h"
#include "widgets/cell.h"

#include <array>

namespace ui::models {
namespace {

using namespace gateway::api;

constexpr std::array<ColumnFacts, CallTableModel::ColumnCount> kColumns{{
    {"Time, UTC", "When the first byte of the request arrived", false},
    {"Outcome", "How the call ended for the caller", false},
    {"Tenant", "Proved by the gateway credential", false},
    {"Feature", "Claimed by the caller", false},
    {"Alias", "The intent name the caller asked for", false},
    {"Served by", "Provider and model that answered", false},
    {"Attempts", "In order: failed, skipped, answered", false},
    {"Fallback", "Why the answer is not the first choice", false},
    {"TTFT s", "Time to the first token, in seconds", true},
    {"Total s", "From the first byte in to the last byte out, in seconds", true},
    {"Own ms", "Spent in the gateway, without waiting for providers", true},
    {"In / out tokens", "As the provider reported or we estimated", true},
    {"Cost $", "US dollars by the price book", true},
}};

QString textOf(const CallRow& row, int column)
{
    switch (column) {
    case CallTableModel::Time:
        return row.time;
    case CallTableModel::Outcome:
        return row.outcome;
    case CallTableModel::Tenant:
        return row.call.tenant;
    case CallTableModel::Feature:
        return row.call.feature;
    case CallTableModel::Alias:
        return row.call.alias;
    case CallTableModel::ServedBy:
        return row.servedBy;
    case CallTableModel::Attempts:
        return row.attempts;
    case CallTableModel::Fallback:
        return row.fallback;
    case CallTableModel::FirstToken:
        return row.firstToken;
    case CallTableModel::Total:
        return row.total;
    case CallTableModel::Own:
        return row.own;
    case CallTableModel::Tokens:
        return row.tokens;
    case CallTableModel::Cost:
        return row.cost;
    default:
        return {};
    }
}

QVariant underlying(const CallRow& row, int column)
{
    const Call& call = row.call;
    const auto time = [](qint64 us) { return us < 0 ? QVariant() : QVariant(us); };
    switch (column) {
    case CallTableModel::Time:
        return call.startedAt;
    case CallTableModel::Attempts:
        return int(call.attempts.size());
    case CallTableModel::FirstToken:
        return time(call.firstTokenUs);
    case CallTableModel::Total:
        return time(call.endUs);
    case CallTableModel::Own:
        return time(call.overheadUs);
    case CallTableModel::Tokens:
        return QVariant::fromValue<qint64>(call.tokens.input() + call.tokens.output());
    case CallTableModel::Cost:
        return call.cost ? QVariant(call.cost->toDecimal()) : QVariant();
    default:
        return textOf(row, column);
    }
}

AttemptGlyph glyphOf(AttemptResult result)
{
    switch (result) {
    case AttemptResult::Answered:
        return AttemptGlyph::Answered;
    case AttemptResult::Failed:
        return AttemptGlyph::Failed;
    case AttemptResult::Refused:
        return AttemptGlyph::Refused;
    case AttemptResult::Skipped:
    case AttemptResult::Cancelled:
        return AttemptGlyph::Skipped; // nothing came of it; the words tell which
    }
    return AttemptGlyph::Skipped;
}

// Words that say "nothing here" step back, so that the eye finds what is there.
Cell cellOf(const CallRow& row, int column)
{
    const QString text = textOf(row, column);
    const bool isNothing =
        text == notApplicable() || text == QLatin1String("none") || text == QLatin1String("not priced");
    switch (column) {
    case CallTableModel::Time:
        return Cell::mono(text);
    case CallTableModel::Outcome:
        return Cell::state(statusOf(row.call.outcome), text);
    case CallTableModel::Attempts: {
        Cell cell;
        cell.kind = CellKind::Attempts;
        for (const AttemptResult result : row.glyphs)
            cell.attempts.append(glyphOf(result));
        return cell;
    }
    case CallTableModel::Fallback:
        return Cell::plain(text, isNothing ? Token::Text3 : Token::Text2);
    default:
        break;
    }
    const Token ink = isNothing ? Token::Text3 : Token::Text1;
    return kColumns[std::size_t(column)].isNumber ? Cell::number(text, ink) : Cell::plain(text, ink);
}

} // namespace

QVariant CallTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(
            (kColumns[std::size_t(index.column())].isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    const CallRow* here = row(index.row());
    if (!here) {
        want(index.row());
        return role == RowRole ? QVariant::fromValue<const CallRow*>(nullptr) : QVariant();
    }
    if (const int page = pageAt(index.row()); page > 0)
        const_cast<Page&>(m_pages[std::size_t(page)]).lastUse = ++m_clock;
    switch (role) {
    case RowRole:
        return QVariant::fromValue(here);
    case CellRole:
        return QVariant::fromValue(cellOf(*here, index.column()));
    case Qt::DisplayRole:
        return textOf(*here, index.column());
    case UnderlyingRole:
        return underlying(*here, index.column());
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(
            QLatin1String(kColumns[std::size_t(index.column())].head), textOf(*here, index.column()));
    default:
        return {};
    }
}

QVariant CallTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return headerOf(kColumns, section, orientation, role);
}

} // namespace ui::models
