// Where the marks of an axis stand: round numbers (1-2-5), powers with 1-2-5 between, round UTC times. And their
// labels. Any thread; pure functions. Times in milliseconds since the epoch.
#pragma once

#include <QString>
#include <QVector>

namespace ui::charts {

// The smallest 1-2-5 step that divides `span` into at most `most` parts.
double roundStep(double span, int most);
// 0 to a round top that holds `top`, 3 to `most` marks with 0 among them.
QVector<double> linearTicks(double top, int most);
// 1-2-5 marks from below `low` to above `high`, thinned to whole powers when there are too many.
QVector<double> logTicks(double low, double high, int most);
QVector<qint64> timeTicks(qint64 from, qint64 to, int most);

// "0.5", "20", "3k": as short as the step allows.
QString tickLabel(double value, double step);
// "02:30", or with seconds when the step is below a minute, or the date when it is a day and more.
QString timeLabel(qint64 time, qint64 step);
qint64 stepOf(const QVector<qint64>& ticks);

} // namespace ui::charts
