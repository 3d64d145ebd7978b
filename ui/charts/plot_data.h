// Values of a plot: what to draw and how it is to be read. Columns share one ascending time grid, so that a table of
// the same data needs no second source. NaN is "no value": the line ends there and is never joined across. Any thread;
// values. Times in milliseconds since the epoch (UTC); y in the unit that is shown.
#pragma once

#include "theme/token.h"

#include <QDateTime>
#include <QString>
#include <QVector>

#include <optional>

namespace ui::charts {

enum class PlotKind
{
    Lines,   // each column a line
    Band,    // columns p50, p95, p99: two bands, the p95 line matters
    Stacked, // columns on top of each other
    Area,    // one column, filled (errors)
};

struct PlotColumn
{
    QString name;
    Token ink = Token::Accent;
    int dashSlot = -1; // a provider's slot gives its dash; used when a plot shows two or more providers
    QVector<double> values;
};

struct PlotData
{
    QVector<qint64> times;
    QVector<PlotColumn> columns;
    // Calls behind each point. n = 0: quiet, the line just ends. n = -1: not collected, hatched as a gap. Empty:
    // unknown.
    QVector<qint64> counts;
    QDateTime asOf;

    bool hasValues() const;
};

enum class PlotState
{
    Live,
    Late,
    Stale
};

struct PlotMarker
{
    enum class Kind
    {
        ConfigChange,
        Incident
    };
    qint64 time = 0;
    Kind kind = Kind::ConfigChange;
    QString label;
};

struct PlotThreshold
{
    double value = 0;
    Token ink = Token::Degraded;
    QString label;
};

struct PlotLook
{
    PlotKind kind = PlotKind::Lines;
    bool logScale = false;
    QString unit;        // "s", "%", "req/s"
    int decimals = 2;    // of values in the readout and the table
    double leastTop = 0; // the axis reaches at least here: 5 % of errors must not look like all of them
    bool endLabels = false;
    int mainColumn = 0; // the line that matters and the first value of the readout
    int yTicks = 5;
    QString emptyText; // said in the middle when there is no value at all
};

struct TimeWindow
{
    qint64 from = 0;
    qint64 to = 0;
    bool isValid() const { return to > from; }
    friend bool operator==(const TimeWindow&, const TimeWindow&) = default;
};

// At most two points per pixel column, minimum and maximum kept; NaN splits into runs. With `ordered` both points of a
// column come as (minimum, maximum), so that two columns of a band never cross; otherwise in order of time.
QVector<QVector<QPointF>> toRuns(
    const QVector<qint64>& times, const QVector<double>& values, const TimeWindow& range, int pixels, bool ordered);

// Where nothing was collected (n = -1) within the range.
QVector<TimeWindow> gapsOf(const PlotData& data, const TimeWindow& range);

} // namespace ui::charts
