// The waterfall of one call: a name column, a time axis, one bar per span with its label. Paints itself from a
// TraceModel (which the caller owns and which outlives it); the same model serves as its table for assistive
// technology. Up, Down, Home and End choose a span when it has the focus. Thread: UI. Scrolls when the rows do not fit.
#pragma once

#include "models/trace_spans.h"

#include <QAbstractScrollArea>

#include <functional>

namespace ui::charts {

class Waterfall : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit Waterfall(models::TraceModel* model, QWidget* parent = nullptr);

    // The series slot of a provider; without it streams take the first slot.
    void setSlotOf(std::function<int(const QString& provider)> slotOf);
    int selected() const { return m_selected; }
    void select(int span); // -1: none
    // The height that shows every span without a scroll bar.
    int heightForAll() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void selectedChanged(int span);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Layout
    {
        int axis = 0; // height of the head
        int row = 0;
        qreal left = 0; // of the track
        qreal width = 0;
        qint64 span = 1; // microseconds the track shows
    };
    Layout layoutNow() const;
    void modelChanged();
    void updateBars();
    void paintAxis(QPainter& painter, const Layout& layout) const;
    void paintRow(QPainter& painter, const Layout& layout, int index, const QRectF& rect) const;
    void paintLabel(QPainter& painter, const Layout& layout, const models::TraceSpan& span, const QRectF& bar,
        const QRectF& row) const;
    QColor inkOf(const models::TraceSpan& span) const;

    models::TraceModel* m_model;
    std::function<int(const QString&)> m_slotOf;
    int m_selected = -1;
};

} // namespace ui::charts
