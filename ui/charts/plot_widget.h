// A chart over time, whatever draws it: lines, a percentile band, stacked areas or one filled line, with round ticks,
// markers, thresholds, gaps, a crosshair shared over the page, drag to zoom (Esc steps back) and a table of the same
// data. Values in, signals out; Qt Charts stays behind PlotScene. The finished plot is kept in a pixmap, only
// crosshair, brush and readout are painted over it. Thread: UI. Repaints at most four times a second while data streams
// in.
#pragma once

#include "charts/crosshair_bus.h"
#include "charts/plot_data.h"

#include <QPixmap>
#include <QPointer>
#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>

namespace ui {
class TableView;
}

namespace ui::charts {

class PlotScene;
class PlotTableModel;

class PlotWidget : public QWidget
{
    Q_OBJECT
public:
    enum class View
    {
        Plot,
        Table
    };

    // `bus` is the page's and outlives the widget; without one the plot has its own.
    explicit PlotWidget(const QString& accessibleName, CrosshairBus* bus = nullptr, QWidget* parent = nullptr);
    ~PlotWidget() override;

    void setLook(const PlotLook& look);
    void setData(const PlotData& data);
    void setMarkers(const QVector<PlotMarker>& markers);
    void setThresholds(const QVector<PlotThreshold>& thresholds);
    // Stale: all series in text.3 and a hatched tail from the last value on. `said` stands in the tail: "as of
    // 03:18:11".
    void setState(PlotState state, const QString& said = {});
    void setView(View view);
    View view() const { return m_view; }

    CrosshairBus* bus() const { return m_bus; }
    const PlotData& data() const { return m_data; }
    QRectF plotRect() const { return m_plot; }

    QSize sizeHint() const override { return {420, 200}; }
    QSize minimumSizeHint() const override { return {120, 64}; }

Q_SIGNALS:
    void pointed(std::optional<qint64> moment);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void invalidate();
    void scheduleRepaint();
    void layoutPlot();
    void rebuild();
    void buildShapes(bool stale);
    void buildBand(bool stale);
    void buildStack(bool stale);
    void paintGrid(QPainter& painter) const;
    void paintGaps(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintEndLabels(QPainter& painter) const;
    void paintCrosshair(QPainter& painter) const;
    void paintReadout(QPainter& painter, qsizetype point) const;
    void describe();
    qreal xOf(double time) const;
    qreal yOf(double value) const;
    double scaled(double value) const;
    qint64 timeAt(qreal x) const;
    qsizetype nearest(qint64 time) const;
    QString yLabel(int tick) const;

    QPointer<CrosshairBus> m_bus;
    PlotLook m_look;
    PlotData m_data;
    QVector<PlotMarker> m_markers;
    QVector<PlotThreshold> m_thresholds;
    PlotState m_state = PlotState::Live;
    QString m_stateText;
    View m_view = View::Plot;

    std::unique_ptr<PlotScene> m_scene;
    PlotTableModel* m_tableModel;
    TableView* m_table = nullptr;

    QPixmap m_pixmap;
    bool m_dirty = true;
    QTimer m_repaint;
    QRectF m_plot;
    TimeWindow m_range;
    QVector<double> m_yTicks;
    double m_low = 0; // scaled
    double m_high = 1;
    std::optional<qreal> m_dragFrom;
    qreal m_dragTo = 0;
    bool m_underMouse = false;
    bool m_keyboardFocus = false; // only then the ring is drawn: a click shows where it went by itself
};

} // namespace ui::charts
