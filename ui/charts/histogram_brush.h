// Bars over time, split by how attempts ended, with a range that can be brushed with the mouse: the head of the Traffic
// page. Dragging chooses a range, a click takes it back. Thread: UI. Paints itself.
#pragma once

#include "charts/plot_data.h"

#include <QWidget>

#include <optional>

namespace ui::charts {

struct HistogramBar
{
    qint64 start = 0; // milliseconds since the epoch
    qint64 answered = 0;
    qint64 byFallback = 0;
    qint64 failed = 0;
    qint64 all() const { return answered + byFallback + failed; }
};

class HistogramBrush : public QWidget
{
    Q_OBJECT
public:
    explicit HistogramBrush(QWidget* parent = nullptr);

    void setBars(const QVector<HistogramBar>& bars, qint64 stepMs);
    // Said instead of an axis while there are no bars at all: nothing known is not zero.
    void setNote(const QString& note);
    const QVector<HistogramBar>& bars() const { return m_bars; }
    // The range that is filtered on; none: the whole width is.
    void setBrush(const std::optional<TimeWindow>& brush);
    std::optional<TimeWindow> brush() const { return m_brush; }

    QSize sizeHint() const override { return {800, 66}; }
    QSize minimumSizeHint() const override { return {300, 66}; }

Q_SIGNALS:
    void brushed(const ui::charts::TimeWindow& range);
    void brushCleared();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF plot() const;
    TimeWindow range() const;
    qreal xOf(qint64 time) const;
    int barAt(qreal x) const;
    TimeWindow dragged() const;

    QVector<HistogramBar> m_bars;
    QString m_note;
    qint64 m_step = 60'000;
    std::optional<TimeWindow> m_brush;
    std::optional<qreal> m_dragFrom;
    qreal m_dragTo = 0;
};

} // namespace ui::charts
