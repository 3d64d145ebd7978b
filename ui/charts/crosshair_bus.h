// What the charts of one page share: the moment under the mouse and the time range they show. A zoom in one chart is a
// zoom in all of them; Esc steps back. Thread: UI. The page owns it; charts hold a QPointer.
#pragma once

#include "charts/plot_data.h"

#include <QObject>
#include <QVector>

#include <optional>

namespace ui::charts {

class CrosshairBus : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    // The range without a zoom; a live page moves it on.
    void setBaseRange(const TimeWindow& range);
    TimeWindow range() const { return m_zooms.isEmpty() ? m_base : m_zooms.last(); }
    bool isZoomed() const { return !m_zooms.isEmpty(); }
    void zoom(const TimeWindow& range);
    void back();

    std::optional<qint64> moment() const { return m_moment; }
    void point(std::optional<qint64> moment);

Q_SIGNALS:
    void rangeChanged();
    void momentChanged();

private:
    TimeWindow m_base;
    QVector<TimeWindow> m_zooms;
    std::optional<qint64> m_moment;
};

} // namespace ui::charts
