// The only place that knows Qt Charts: lines and filled areas in a plot rectangle, given as runs of points in plot
// units, drawn into any painter. Series are kept in pools and refilled with replace(), which is what makes an update
// cheap; a run is a series, so a gap is a gap. Thread: UI.
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QVector>

#include <memory>

class QPainter;

namespace ui::charts {

struct LineRun
{
    QVector<QPointF> points;
    QColor ink;
    qreal width = 1.5;
    QVector<qreal> dash; // pixels; empty: solid
};

struct AreaRun
{
    QVector<QPointF> lower;
    QVector<QPointF> upper;
    QColor fill;
};

class PlotScene
{
public:
    PlotScene();
    ~PlotScene();

    // `plot` lies in a canvas of `size`; `world` is what it shows: x from left() to right(), y from top() (the least
    // value, drawn at the bottom) to bottom().
    void setFrame(const QSizeF& size, const QRectF& plot, const QRectF& world);
    void setAreas(const QVector<AreaRun>& areas);
    void setLines(const QVector<LineRun>& lines);
    // Areas without antialiasing where they meet (no hairline seams, four times cheaper), lines with it.
    void render(QPainter& painter, bool smoothAreas);

private:
    class Layer;
    std::unique_ptr<Layer> m_areas;
    std::unique_ptr<Layer> m_lines;
};

} // namespace ui::charts
