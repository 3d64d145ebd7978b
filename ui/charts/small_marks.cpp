#include "charts/small_marks.h"

#include "theme/paint.h"
#include "theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace ui::charts {
namespace {

void dashedLine(QPainter& painter, qreal left, qreal right, qreal y, const QColor& ink)
{
    QPen pen(ink, 1);
    pen.setDashPattern({2, 2});
    painter.setPen(pen);
    painter.drawLine(QPointF(left, y), QPointF(right, y));
}

qreal heightOf(Status status, qreal full)
{
    switch (status) {
    case Status::Ok:
        return 3;
    case Status::Degraded:
        return 6;
    default:
        return full;
    }
}

} // namespace

bool isOutside(const Deviation& deviation)
{
    return deviation.value && deviation.high &&
           (*deviation.value > *deviation.high + deviation.slack ||
               *deviation.value < deviation.low.value_or(0) - deviation.slack);
}

void paintDeviation(QPainter& painter, const QRectF& rect, const Deviation& deviation)
{
    painter.save();
    const qreal y = std::floor(rect.center().y()) + 0.5;
    const auto at = [&](double value) {
        constexpr qreal room = 4; // the ring stays inside
        const double share = std::clamp(value / std::max(deviation.scale, 1e-9), 0.0, 1.0);
        return rect.left() + room + (rect.width() - 2 * room) * share;
    };
    if (!deviation.value) {
        dashedLine(painter, rect.left(), rect.right(), y, color(Token::LineStrong));
        painter.restore();
        return;
    }
    painter.fillRect(QRectF(rect.left(), y - 0.5, rect.width(), 1), color(Token::LineStrong));
    if (deviation.low && deviation.high) {
        QColor block = color(Token::Text3);
        block.setAlphaF(0.38f);
        const qreal left = at(*deviation.low);
        painter.fillRect(QRectF(left, y - 4, std::max<qreal>(3, at(*deviation.high) - left), 8), block);
    }
    const bool outside = isOutside(deviation);
    const QColor ink = color(outside ? deviation.ink : Token::Text2);
    const QPointF centre(at(*deviation.value), y);
    painter.setRenderHint(QPainter::Antialiasing);
    if (outside) {
        const double edge = *deviation.value > *deviation.high ? *deviation.high : *deviation.low;
        painter.setPen(QPen(ink, 2));
        painter.drawLine(QPointF(at(edge), y), centre);
    }
    painter.setPen(QPen(ink, 1.5));
    painter.setBrush(outside ? ink : color(Token::Panel));
    painter.drawEllipse(centre, 3.2, 3.2);
    painter.restore();
}

void paintStateStrip(QPainter& painter, const QRectF& rect, const QVector<StripPiece>& pieces)
{
    int total = 0;
    for (const StripPiece& piece : pieces)
        total += piece.weight;
    if (total == 0)
        return;
    painter.save();
    const qreal middle = std::floor(rect.center().y());
    int done = 0;
    for (qsizetype i = 0; i < pieces.size();) {
        // Neighbours of one state are one piece: no seams from rounding.
        const Status status = pieces[i].status;
        int weight = 0;
        for (; i < pieces.size() && pieces[i].status == status; ++i)
            weight += pieces[i].weight;
        const qreal left = std::round(rect.left() + rect.width() * done / total);
        const qreal right = std::round(rect.left() + rect.width() * (done + weight) / total);
        done += weight;
        if (status == Status::Unknown || status == Status::NotApplicable) {
            dashedLine(painter, left, right, middle + 0.5, color(Token::Text3));
            continue;
        }
        const qreal height = heightOf(status, rect.height());
        const QRectF piece(left, middle + 0.5 - height / 2, std::max<qreal>(1, right - left), height);
        if (status == Status::Paused) {
            painter.setPen(QPen(color(Token::Paused), 1));
            painter.drawRect(piece.adjusted(0.5, 0.5, -0.5, -0.5));
        } else {
            painter.fillRect(piece, color(statusToken(status)));
        }
    }
    painter.restore();
}

} // namespace ui::charts
