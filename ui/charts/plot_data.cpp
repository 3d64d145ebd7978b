#include "charts/plot_data.h"

#include <QPointF>

#include <algorithm>
#include <cmath>

namespace ui::charts {

bool PlotData::hasValues() const
{
    return std::any_of(columns.cbegin(), columns.cend(), [](const PlotColumn& column) {
        return std::any_of(
            column.values.cbegin(), column.values.cend(), [](double value) { return !std::isnan(value); });
    });
}

QVector<QVector<QPointF>> toRuns(
    const QVector<qint64>& times, const QVector<double>& values, const TimeWindow& range, int pixels, bool ordered)
{
    QVector<QVector<QPointF>> runs;
    if (times.isEmpty() || !range.isValid() || pixels < 1)
        return runs;
    // One point beyond each edge, so that a zoomed line reaches the edge of the plot.
    const qsizetype size = std::min(times.size(), values.size());
    qsizetype first = std::lower_bound(times.cbegin(), times.cbegin() + size, range.from) - times.cbegin();
    qsizetype last = std::upper_bound(times.cbegin(), times.cbegin() + size, range.to) - times.cbegin();
    first = std::max<qsizetype>(0, first - 1);
    last = std::min(size, last + 1);
    const bool reduce = last - first > 2 * qsizetype(pixels);
    const double perPixel = double(range.to - range.from) / pixels;

    QVector<QPointF> run;
    struct Column
    {
        qint64 number = -1;
        QPointF low, high;
        bool any = false;
    } column;
    const auto flush = [&] {
        if (!column.any)
            return;
        const bool lowFirst = ordered || column.low.x() <= column.high.x();
        run.append(lowFirst ? column.low : column.high);
        if (column.low != column.high)
            run.append(lowFirst ? column.high : column.low);
        column.any = false;
    };
    const auto endRun = [&] {
        flush();
        if (!run.isEmpty())
            runs.append(std::exchange(run, {}));
    };
    for (qsizetype i = first; i < last; ++i) {
        if (std::isnan(values[i])) {
            endRun();
            continue;
        }
        const QPointF point(double(times[i]), values[i]);
        if (!reduce) {
            run.append(point);
            continue;
        }
        const qint64 number = qint64(std::floor(double(times[i] - range.from) / perPixel));
        if (!column.any || number != column.number) {
            flush();
            column = {number, point, point, true};
        } else {
            if (point.y() < column.low.y())
                column.low = point;
            if (point.y() > column.high.y())
                column.high = point;
        }
        if (ordered) {
            // Columns of a band must agree on x, whichever point of the pixel is their own minimum.
            const double x = double(range.from) + (double(number) + 0.5) * perPixel;
            column.low.setX(x);
            column.high.setX(x);
        }
    }
    endRun();
    return runs;
}

QVector<TimeWindow> gapsOf(const PlotData& data, const TimeWindow& range)
{
    QVector<TimeWindow> gaps;
    const qsizetype size = std::min(data.times.size(), data.counts.size());
    for (qsizetype i = 0; i < size; ++i) {
        if (data.counts[i] >= 0)
            continue;
        const qint64 from = i > 0 ? data.times[i - 1] : data.times[i];
        while (i + 1 < size && data.counts[i + 1] < 0)
            ++i;
        const qint64 to = i + 1 < size ? data.times[i + 1] : data.times[i];
        const TimeWindow gap{std::max(from, range.from), std::min(to, range.to)};
        if (gap.isValid())
            gaps.append(gap);
    }
    return gaps;
}

} // namespace ui::charts
