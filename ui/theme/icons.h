// The icon set: SVG line drawings on a 16 px grid, tinted with a token and rendered at the device pixel ratio. Cached
// in QPixmapCache by (name, size, colour, ratio). An unknown name is a defect: it warns and draws nothing. Thread: UI.
#pragma once

#include "theme/token.h"

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QRectF>
#include <QString>

class QPainter;

namespace ui {

QPixmap iconPixmap(const QString& name, int size, const QColor& ink, qreal dpr);
void paintIcon(QPainter& painter, const QRectF& rect, const QString& name, const QColor& ink);
inline void paintIcon(QPainter& painter, const QRectF& rect, const char* name, const QColor& ink)
{
    paintIcon(painter, rect, QString::fromLatin1(name), ink);
}
// Follows the theme: painted in `token` of the theme in force.
QIcon themeIcon(const QString& name, Token token);
// The product's mark, in two tones of the theme in force.
void paintLogo(QPainter& painter, const QRectF& rect);
QIcon applicationIcon();

} // namespace ui
