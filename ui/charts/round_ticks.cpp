#include "charts/round_ticks.h"

#include <QDateTime>

#include <algorithm>
#include <array>
#include <cmath>

namespace ui::charts {
namespace {

constexpr std::array<qint64, 22> kTimeSteps{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600,
    43200, 86400, 172800, 604800, 1209600, 2419200};

QString trimmed(double value, int decimals)
{
    return QString::number(value, 'f', decimals);
}

} // namespace

double roundStep(double span, int most)
{
    if (span <= 0 || most < 1)
        return 1;
    const double raw = span / most;
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (power * factor >= raw * 0.999999)
            return power * factor;
    }
    return power * 10;
}

QVector<double> linearTicks(double top, int most)
{
    const double step = roundStep(std::max(top, 1e-9), most);
    const int count = std::max(1, int(std::ceil(top / step - 1e-9)));
    QVector<double> ticks;
    for (int i = 0; i <= count; ++i)
        ticks.append(step * i);
    return ticks;
}

QVector<double> logTicks(double low, double high, int most)
{
    QVector<double> ticks;
    low = std::max(low, 1e-6);
    high = std::max(high, low * 1.01);
    for (int power = int(std::floor(std::log10(low))) - 1; power <= int(std::ceil(std::log10(high))) + 1; ++power) {
        for (const double factor : {1.0, 2.0, 5.0})
            ticks.append(factor * std::pow(10.0, power));
    }
    const auto first = std::upper_bound(ticks.cbegin(), ticks.cend(), low * 1.000001) - 1;
    const auto last = std::lower_bound(ticks.cbegin(), ticks.cend(), high * 0.999999);
    ticks = QVector<double>(first, last + 1);
    if (ticks.size() <= most)
        return ticks;
    // Whole powers between, the two ends as they are: the plot keeps its height.
    QVector<double> few;
    for (int i = 0; i < ticks.size(); ++i) {
        const double log = std::log10(ticks[i]);
        if (i == 0 || i == ticks.size() - 1 || std::abs(log - std::round(log)) < 1e-6)
            few.append(ticks[i]);
    }
    return few;
}

QVector<qint64> timeTicks(qint64 from, qint64 to, int most)
{
    QVector<qint64> ticks;
    if (to <= from || most < 1)
        return ticks;
    qint64 step = kTimeSteps.back() * 1000;
    for (const qint64 seconds : kTimeSteps) {
        if ((to - from) / (seconds * 1000) <= most) {
            step = seconds * 1000;
            break;
        }
    }
    for (qint64 t = (from + step - 1) / step * step; t <= to; t += step)
        ticks.append(t);
    return ticks;
}

QString tickLabel(double value, double step)
{
    if (value == 0)
        return QStringLiteral("0");
    if (std::abs(value) >= 1e6)
        return trimmed(value / 1e6, step < 1e6 ? 1 : 0) + QLatin1Char('M');
    if (std::abs(value) >= 1e3)
        return trimmed(value / 1e3, step < 1e3 ? 1 : 0) + QLatin1Char('k');
    int decimals = 0;
    for (double s = step; decimals < 6 && std::abs(s - std::round(s)) > 1e-9; s *= 10)
        ++decimals;
    return trimmed(value, decimals);
}

QString timeLabel(qint64 time, qint64 step)
{
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(time, Qt::UTC);
    if (step >= 86'400'000)
        return moment.toString(QStringLiteral("d MMM"));
    return moment.toString(step < 60'000 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"));
}

qint64 stepOf(const QVector<qint64>& ticks)
{
    return ticks.size() > 1 ? ticks[1] - ticks[0] : 60'000;
}

} // namespace ui::charts
