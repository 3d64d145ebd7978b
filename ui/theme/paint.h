// Small painting helpers every widget shares: crisp hairlines and rounded rectangles at any device pixel ratio, focus
// rings, hatches, elided text. All colours come from tokens. Thread: UI.
#pragma once

#include "theme/token.h"

#include <QBrush>
#include <QColor>
#include <QFont>
#include <QRectF>
#include <QString>

class QPainter;

namespace ui::paint {

// A rounded rectangle whose 1 px border (2 in high contrast) lies on whole device pixels. `fill` or `line` may be
// invalid colours: then that part is left out.
void box(
    QPainter& painter, const QRectF& rect, qreal radius, const QColor& fill, const QColor& line, bool dashed = false);
// 1 device-independent pixel, never blurred.
void hline(QPainter& painter, qreal x1, qreal x2, qreal y, const QColor& ink);
void vline(QPainter& painter, qreal x, qreal y1, qreal y2, const QColor& ink);
// The ring of keyboard focus: 2 px, 1 px outside `rect`; over a background ring so that it shows on any fill.
void focusRing(QPainter& painter, const QRectF& rect, qreal radius);
// 45 degree hatch as a texture made per ratio (Qt's own patterns are too coarse at high ratios).
QBrush hatch(const QColor& ink, int step, qreal width, qreal dpr);

// Draws one line of text, elided at the right when it does not fit; returns the width drawn. Alignment: horizontal
// flag; always centred vertically in `rect`.
qreal text(QPainter& painter, const QRectF& rect, const QFont& font, const QColor& ink, const QString& words,
    Qt::Alignment horizontal = Qt::AlignLeft);
qreal textWidth(const QFont& font, const QString& words);
// A key as it is drawn after a label or in the palette; returns its width. `measureOnly` paints nothing.
qreal keycap(QPainter* painter, const QPointF& topLeft, const QString& key, const QColor& ink, const QColor& line);

} // namespace ui::paint
