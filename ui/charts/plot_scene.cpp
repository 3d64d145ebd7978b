#include "charts/plot_scene.h"

#include <QAreaSeries>
#include <QChart>
#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QLegend>
#include <QLineSeries>
#include <QPainter>
#include <QValueAxis>

namespace ui::charts {

// One chart in a scene of its own. Areas and lines are two layers, because their antialiasing differs and lines must
// lie on top whatever the order of creation.
class PlotScene::Layer
{
public:
    Layer() : m_x(new QValueAxis), m_y(new QValueAxis)
    {
        m_chart = new QChart;
        m_scene.addItem(m_chart);
        m_chart->setBackgroundVisible(false);
        m_chart->setPlotAreaBackgroundVisible(false);
        m_chart->setBackgroundRoundness(0);
        m_chart->setDropShadowEnabled(false);
        m_chart->setAnimationOptions(QChart::NoAnimation);
        m_chart->legend()->hide();
        m_chart->setMargins({0, 0, 0, 0});
        m_chart->layout()->setContentsMargins(0, 0, 0, 0);
        // Grid, ticks and labels are ours (round times, 1-2-5 on a log scale); the axes only map.
        m_x->setVisible(false);
        m_y->setVisible(false);
        m_chart->addAxis(m_x, Qt::AlignBottom);
        m_chart->addAxis(m_y, Qt::AlignLeft);
    }

    void setFrame(const QSizeF& size, const QRectF& plot, const QRectF& world)
    {
        if (size != m_size || plot != m_plot) {
            m_size = size;
            m_plot = plot;
            m_scene.setSceneRect(QRectF(QPointF(), size));
            m_chart->setGeometry(QRectF(QPointF(), size));
            m_chart->setPlotArea(plot);
        }
        m_x->setRange(world.left(), world.right());
        m_y->setRange(world.top(), world.bottom());
    }

    QLineSeries* line(qsizetype index)
    {
        while (m_linePool.size() <= index) {
            auto* series = new QLineSeries;
            m_chart->addSeries(series);
            series->attachAxis(m_x);
            series->attachAxis(m_y);
            m_linePool.append(series);
        }
        return m_linePool[index];
    }

    struct Area
    {
        QLineSeries* upper;
        QLineSeries* lower;
        QAreaSeries* area;
    };
    Area& area(qsizetype index)
    {
        while (m_areaPool.size() <= index) {
            auto* upper = new QLineSeries(m_chart);
            auto* lower = new QLineSeries(m_chart);
            auto* series = new QAreaSeries(upper, lower);
            series->setPen(Qt::NoPen);
            m_chart->addSeries(series);
            series->attachAxis(m_x);
            series->attachAxis(m_y);
            m_areaPool.append({upper, lower, series});
        }
        return m_areaPool[index];
    }

    void setLines(const QVector<LineRun>& lines)
    {
        for (qsizetype i = 0; i < lines.size(); ++i) {
            QLineSeries* series = line(i);
            const LineRun& run = lines[i];
            // Not cosmetic: a cosmetic pen is in device pixels and looks half as wide at ratio 2. Bevel: measured
            // cheapest.
            QPen pen(run.ink, run.width, Qt::SolidLine, run.dash.isEmpty() ? Qt::RoundCap : Qt::FlatCap, Qt::BevelJoin);
            if (!run.dash.isEmpty()) {
                QVector<qreal> inPenWidths = run.dash;
                for (qreal& length : inPenWidths)
                    length /= run.width;
                pen.setDashPattern(inPenWidths);
            }
            series->setPen(pen);
            series->replace(run.points);
            series->setVisible(true);
        }
        for (qsizetype i = lines.size(); i < m_linePool.size(); ++i)
            m_linePool[i]->setVisible(false);
    }

    void setAreas(const QVector<AreaRun>& areas)
    {
        for (qsizetype i = 0; i < areas.size(); ++i) {
            Area& one = area(i);
            one.upper->replace(areas[i].upper);
            one.lower->replace(areas[i].lower);
            one.area->setBrush(areas[i].fill);
            one.area->setVisible(true);
        }
        for (qsizetype i = areas.size(); i < m_areaPool.size(); ++i)
            m_areaPool[i].area->setVisible(false);
    }

    void render(QPainter& painter, bool smooth)
    {
        m_chart->layout()->activate();
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing, smooth);
        painter.setClipRect(m_plot.adjusted(0, -1, 0, 1));
        m_scene.render(&painter, QRectF(QPointF(), m_size), QRectF(QPointF(), m_size));
        painter.restore();
    }

private:
    QGraphicsScene m_scene;
    QChart* m_chart = nullptr; // the scene's
    QValueAxis* m_x;           // the chart's
    QValueAxis* m_y;
    QVector<QLineSeries*> m_linePool;
    QVector<Area> m_areaPool;
    QSizeF m_size;
    QRectF m_plot;
};

PlotScene::PlotScene() : m_areas(std::make_unique<Layer>()), m_lines(std::make_unique<Layer>()) {}
PlotScene::~PlotScene() = default;

void PlotScene::setFrame(const QSizeF& size, const QRectF& plot, const QRectF& world)
{
    m_areas->setFrame(size, plot, world);
    m_lines->setFrame(size, plot, world);
}

void PlotScene::setAreas(const QVector<AreaRun>& areas)
{
    m_areas->setAreas(areas);
}

void PlotScene::setLines(const QVector<LineRun>& lines)
{
    m_lines->setLines(lines);
}

void PlotScene::render(QPainter& painter, bool smoothAreas)
{
    m_areas->render(painter, smoothAreas);
    m_lines->render(painter, true);
}

} // namespace ui::charts
