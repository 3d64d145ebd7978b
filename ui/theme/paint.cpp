#include "theme/paint.h"

#include "theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPixmap>
#include <QPixmapCache>

namespace ui::paint {
namespace {

// Moves a rectangle to whole device pixels, so that at 125 and 150 % a border is as crisp as at 100.
QRectF onPixels(const QPainter& painter, const QRectF& rect)
{
    const qreal dpr = painter.device()->devicePixelRatioF();
    const auto snap = [dpr](qreal v) { return qRound(v * dpr) / dpr; };
    return QRectF(QPointF(snap(rect.left()), snap(rect.top())), QPointF(snap(rect.right()), snap(rect.bottom())));
}

} // namespace

void box(QPainter& painter, const QRectF& rect, qreal radius, const QColor& fill, const QColor& line, bool dashed)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal width = line.isValid() ? theme().borderWidth() : 0;
    const QRectF inner = onPixels(painter, rect).adjusted(width / 2, width / 2, -width / 2, -width / 2);
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    if (line.isValid()) {
        QPen pen(line, width);
        if (dashed) {
            pen.setCapStyle(Qt::FlatCap);
            pen.setDashPattern({3 / width, 2 / width});
        }
        painter.setPen(pen);
    } else {
        painter.setPen(Qt::NoPen);
    }
    painter.drawRoundedRect(inner, qMax(0.0, radius - width / 2), qMax(0.0, radius - width / 2));
    painter.restore();
}

void hline(QPainter& painter, qreal x1, qreal x2, qreal y, const QColor& ink)
{
    painter.fillRect(onPixels(painter, QRectF(x1, y, x2 - x1, 1)), ink);
}

void vline(QPainter& painter, qreal x, qreal y1, qreal y2, const QColor& ink)
{
    painter.fillRect(onPixels(painter, QRectF(x, y1, 1, y2 - y1)), ink);
}

void focusRing(QPainter& painter, const QRectF& rect, qreal radius)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    const QRectF ring = rect.adjusted(-2, -2, 2, 2);
    painter.setPen(QPen(color(Token::Focus), 2));
    painter.drawRoundedRect(ring, radius + 2, radius + 2);
    painter.restore();
}

QBrush hatch(const QColor& ink, int step, qreal width, qreal dpr)
{
    const QString key = QStringLiteral("sbx:hatch:%1:%2:%3:%4").arg(ink.rgba(), 8, 16).arg(step).arg(width).arg(dpr);
    QPixmap tile;
    if (!QPixmapCache::find(key, &tile)) {
        const int device = qMax(2, qRound(step * dpr));
        tile = QPixmap(device, device);
        tile.fill(Qt::transparent);
        QPainter painter(&tile);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(ink, width * dpr, Qt::SolidLine, Qt::FlatCap));
        for (int shift = -1; shift <= 1; ++shift) // neighbours, so that the lines meet at the tile's corners
            painter.drawLine(
                QPointF(shift * device - device, 2.0 * device), QPointF(shift * device + 2.0 * device, -device));
        painter.end();
        tile.setDevicePixelRatio(dpr);
        QPixmapCache::insert(key, tile);
    }
    return QBrush(tile);
}

qreal text(QPainter& painter, const QRectF& rect, const QFont& font, const QColor& ink, const QString& words,
    Qt::Alignment horizontal)
{
    if (words.isEmpty() || rect.width() <= 0)
        return 0;
    const QFontMetricsF metrics(font);
    qreal width = metrics.horizontalAdvance(words);
    QString shown = words;
    if (width > rect.width() + 0.5) {
        shown = metrics.elidedText(words, Qt::ElideRight, rect.width());
        width = metrics.horizontalAdvance(shown);
    }
    qreal x = rect.left();
    if (horizontal & Qt::AlignRight)
        x = rect.right() - width;
    else if (horizontal & Qt::AlignHCenter)
        x = rect.left() + (rect.width() - width) / 2;
    // Centre on the height of capitals and digits: optically steadier than ascent and descent, the same for every font.
    const qreal baseline = rect.center().y() + metrics.capHeight() / 2;
    painter.setFont(font);
    painter.setPen(ink);
    painter.drawText(QPointF(x, std::round(baseline)), shown);
    return width;
}

qreal textWidth(const QFont& font, const QString& words)
{
    return words.isEmpty() ? 0 : QFontMetricsF(font).horizontalAdvance(words);
}

qreal keycap(QPainter* painter, const QPointF& topLeft, const QString& key, const QColor& ink, const QColor& line)
{
    const int height = metrics().keycap();
    const qreal width = std::max<qreal>(height - 1, std::ceil(textWidth(type().small, key)) + 10);
    if (painter) {
        const QRectF rect(topLeft, QSizeF(width, height));
        box(*painter, rect, Metrics::radiusKeycap, QColor(), line);
        text(*painter, rect, type().small, ink, key, Qt::AlignHCenter);
    }
    return width;
}

} // namespace ui::paint
