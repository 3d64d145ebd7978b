#include "charts/crosshair_bus.h"

namespace ui::charts {

void CrosshairBus::setBaseRange(const TimeWindow& range)
{
    if (m_base == range)
        return;
    m_base = range;
    if (m_zooms.isEmpty())
        Q_EMIT rangeChanged();
}

void CrosshairBus::zoom(const TimeWindow& range)
{
    if (!range.isValid())
        return;
    m_zooms.append(range);
    Q_EMIT rangeChanged();
}

void CrosshairBus::back()
{
    if (m_zooms.isEmpty())
        return;
    m_zooms.removeLast();
    Q_EMIT rangeChanged();
}

void CrosshairBus::point(std::optional<qint64> moment)
{
    if (m_moment == moment)
        return;
    m_moment = moment;
    Q_EMIT momentChanged();
}

} // namespace ui::charts
