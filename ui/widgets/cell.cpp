#include "widgets/cell.h"

#include "theme/paint.h"

namespace ui {
namespace {

constexpr qreal kBarWidth = 72;

void paintProvider(QPainter& painter, QRectF rect, const Cell& cell)
{
    const QRectF swatch(rect.left(), std::round(rect.center().y()) - 4, 8, 8);
    paint::box(painter, swatch, 2, theme().series(cell.slot), QColor());
    rect.setLeft(rect.left() + 17);
    rect.setLeft(rect.left() + paint::text(painter, rect, type().uiMedium, color(Token::Text1), cell.text) + 5);
    paint::text(painter, rect, type().ui, color(Token::Text3), cell.note);
}

} // namespace

Cell Cell::plain(const QString& text, Token ink)
{
    Cell cell;
    cell.text = text;
    cell.ink = ink;
    return cell;
}

Cell Cell::number(const QString& text, Token ink)
{
    Cell cell = plain(text, ink);
    cell.kind = CellKind::Number;
    return cell;
}

Cell Cell::mono(const QString& text, Token ink)
{
    Cell cell = plain(text, ink);
    cell.kind = CellKind::Mono;
    return cell;
}

Cell Cell::state(Status status, const QString& word)
{
    Cell cell = plain(word);
    cell.kind = CellKind::Status;
    cell.status = status;
    return cell;
}

Cell Cell::notApplicable()
{
    return number(QString(QChar(0x2014)), Token::Text3);
}

void paintHeadroom(QPainter& painter, const QRectF& rect, double used, double mark)
{
    const qreal top = std::round(rect.center().y()) - 3;
    const QRectF track(rect.left(), top, rect.width(), 6);
    painter.fillRect(track, color(Token::Line));
    if (used >= 0) {
        const Token ink = used >= 1 ? Token::Down : used > 0.85 ? Token::Degraded : Token::Text2;
        QRectF bar = track;
        bar.setWidth(track.width() * qBound(0.0, used, 1.0));
        painter.fillRect(bar, color(ink));
    }
    if (mark >= 0)
        paint::vline(
            painter, track.left() + track.width() * qBound(0.0, mark, 1.0) - 1, top - 2, top + 8, color(Token::Text1));
}

void paintCell(QPainter& painter, const QRectF& rect, const Cell& cell, bool selected)
{
    const QFont& plain = cell.strong ? type().uiStrong : type().ui;
    switch (cell.kind) {
    case CellKind::Text: {
        const qreal used = paint::text(painter, rect, plain, color(cell.ink), cell.text);
        if (!cell.note.isEmpty())
            paint::text(painter, rect.adjusted(used + 6, 0, 0, 0), type().ui, color(Token::Text3), cell.note);
        break;
    }
    case CellKind::Number:
        paint::text(painter, rect, plain, color(cell.ink), cell.text, Qt::AlignRight);
        break;
    case CellKind::Mono:
        paint::text(painter, rect, type().mono, color(cell.ink), cell.text);
        break;
    case CellKind::Status: {
        paintStatus(painter, QRectF(rect.left(), std::round(rect.center().y() - 8), 16, 16), cell.status);
        // On the selection three status colours fall below 4.5: there the word is text.1 and the shape keeps its
        // colour.
        const bool calm = selected || cell.status == Status::Ok;
        const qreal used = paint::text(painter, rect.adjusted(22, 0, 0, 0), type().uiMedium,
            color(calm ? Token::Text1 : statusToken(cell.status)), cell.text);
        if (!cell.note.isEmpty())
            paint::text(painter, rect.adjusted(22 + used + 6, 0, 0, 0), type().ui, color(Token::Text3), cell.note);
        break;
    }
    case CellKind::Attempts:
        paintAttempts(painter, rect, cell.attempts);
        break;
    case CellKind::Headroom: {
        const qreal bar = qMin(kBarWidth, rect.width() - 44);
        paintHeadroom(painter, QRectF(rect.left(), rect.top(), bar, rect.height()), cell.used, cell.mark);
        const Token ink = cell.used >= 1 ? Token::Down : cell.used > 0.85 ? Token::Degraded : cell.ink;
        paint::text(painter, rect.adjusted(bar + 8, 0, 0, 0), cell.used > 0.85 ? type().uiStrong : type().ui,
            color(selected ? Token::Text1 : ink), cell.text);
        break;
    }
    case CellKind::Provider:
        paintProvider(painter, rect, cell);
        break;
    case CellKind::Chip: {
        const qreal used = cell.text.isEmpty() ? 0 : paintChip(painter, rect, cell.text, cell.chip) + 8;
        paint::text(painter, rect.adjusted(used, 0, 0, 0), type().ui, color(cell.ink), cell.note);
        break;
    }
    case CellKind::Custom:
        if (cell.painter)
            cell.painter->paint(painter, rect, cell, selected);
        break;
    }
}

} // namespace ui
