#include "models/provider_cells.h"
#include "models/states.h"

#include "charts/small_marks.h"
#include "models/format.h"
#include "theme/paint.h"

#include <QPainter>

#include <algorithm>

namespace ui::models {
namespace {

using namespace gateway::api;

class DeviationPainter : public CellPainter
{
public:
    void paint(QPainter& painter, const QRectF& rect, const Cell& cell, bool) const override
    {
        constexpr qreal mark = 74;
        const auto deviation = cell.payload.value<charts::Deviation>();
        paint::text(painter, rect.adjusted(0, 0, -mark - 8, 0), cell.strong ? type().uiStrong : type().ui,
            color(cell.ink), cell.text, Qt::AlignRight);
        charts::paintDeviation(painter, QRectF(rect.right() - mark, rect.center().y() - 7, mark, 14), deviation);
    }
};

class StripPainter : public CellPainter
{
public:
    void paint(QPainter& painter, const QRectF& rect, const Cell& cell, bool) const override
    {
        charts::paintStateStrip(painter, QRectF(rect.left(), rect.center().y() - 6.5, rect.width(), 13),
            cell.payload.value<QVector<charts::StripPiece>>());
    }
};

const DeviationPainter kDeviationPainter;
const StripPainter kStripPainter;

Cell deviationCell(const ProviderRow& row, const QString& text, charts::Deviation deviation)
{
    Cell cell;
    cell.kind = CellKind::Custom;
    cell.painter = &kDeviationPainter;
    cell.text = text;
    const Health health = row.status.health;
    const bool isTrouble = health == Health::Down || health == Health::Degraded;
    deviation.ink = health == Health::Down ? Token::Down : isTrouble ? Token::Degraded : Token::Text2;
    // The number takes colour only where the engine itself sees trouble; else a ring outside its range says enough.
    cell.strong = isTrouble && charts::isOutside(deviation);
    cell.ink = !deviation.value ? Token::Text3 : cell.strong ? deviation.ink : Token::Text1;
    cell.payload = QVariant::fromValue(deviation);
    return cell;
}

charts::Deviation against(const std::optional<double>& value, const std::optional<OwnRange>& range, double slack)
{
    charts::Deviation deviation;
    deviation.value = value;
    if (range) {
        deviation.low = range->low;
        deviation.high = range->high;
        deviation.slack = slack;
    }
    return deviation;
}

Cell stripCell(const ProviderRow& row)
{
    Cell cell;
    if (!row.hour)
        return cell;
    QVector<charts::StripPiece> pieces;
    for (const SeriesBucket& bucket : row.hour->series.buckets)
        pieces.append({minuteStatus(bucket), 1});
    cell.kind = CellKind::Custom;
    cell.painter = &kStripPainter;
    cell.payload = QVariant::fromValue(pieces);
    return cell;
}

} // namespace

Status minuteStatus(const SeriesBucket& bucket)
{
    if (bucket.attempts == 0)
        return Status::Unknown;
    const double share = double(bucket.failed()) / double(bucket.attempts);
    return share >= 0.25 ? Status::Down : share >= 0.02 ? Status::Degraded : Status::Ok;
}

Cell providerCell(const ProviderRow& row, int column, const QString& text, const CellScales& scales)
{
    const ProviderStatus& status = row.status;
    switch (column) {
    case ProviderTableModel::Provider: {
        Cell cell = Cell::plain(status.name);
        cell.kind = CellKind::Provider;
        cell.note = status.region;
        cell.slot = row.slot;
        return cell;
    }
    case ProviderTableModel::State:
        return Cell::state(statusOf(status.health), text);
    case ProviderTableModel::LastHour:
        return stripCell(row);
    case ProviderTableModel::Errors: {
        auto deviation = against(row.errorShare, row.hour ? row.hour->errorShare : std::nullopt, 0.01);
        deviation.scale = scales.errorShare;
        return deviationCell(row, text, deviation);
    }
    case ProviderTableModel::FirstToken: {
        const std::optional<OwnRange> range = row.hour ? row.hour->firstTokenMs : std::nullopt;
        auto deviation = against(status.firstTokenP95Ms, range, range ? range->high * 0.25 : 0);
        deviation.scale = scales.firstTokenMs;
        return deviationCell(row, text, deviation);
    }
    default:
        break;
    }
    const bool isNothing = text == notApplicable() || text == QLatin1String("never");
    return Cell::number(text, isNothing ? Token::Text3 : Token::Text1);
}

Cell gateCell(const GateWords& words)
{
    if (words.state.isEmpty())
        return Cell::plain(notApplicable(), Token::Text3);
    if (words.state == QLatin1String("closed") && words.note.isEmpty())
        return Cell::plain(words.state, Token::Text2);
    Cell cell;
    cell.kind = CellKind::Chip;
    cell.text = words.state.toUpper();
    cell.note = words.note;
    cell.ink = Token::Text2;
    cell.chip = words.state == QLatin1String("open")      ? ChipLook::ofStatus(Status::Down)
                : words.state == QLatin1String("drained") ? ChipLook::ofStatus(Status::Paused)
                                                          : ChipLook::ofStatus(Status::Degraded);
    return cell;
}

} // namespace ui::models
