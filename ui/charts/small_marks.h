// Small pictures of table cells, painted by delegates: a value against the provider's own usual range, a strip of how
// an hour went. Pure painting, no state. Thread: UI.
#pragma once

#include "theme/status_paint.h"
#include "theme/token.h"

#include <QMetaType>
#include <QRectF>
#include <QVector>

#include <optional>

class QPainter;

namespace ui::charts {

// Base line, own range as a grey block, the value as a ring; outside the range the ring fills and a stem joins it.
// `scale` is the value at the right end, the same for every row of a column. No value: a dashed line.
struct Deviation
{
    std::optional<double> value;
    std::optional<double> low;
    std::optional<double> high;
    double slack = 0; // so far outside the range still counts as inside
    double scale = 1;
    Token ink = Token::Text2; // of ring and stem when outside the range
};
void paintDeviation(QPainter& painter, const QRectF& rect, const Deviation& deviation);
bool isOutside(const Deviation& deviation);

// OK is thin and calm, degraded taller, down full height, unknown a dashed line: trouble is taller, not only redder.
struct StripPiece
{
    Status status = Status::Unknown;
    int weight = 1; // in the unit of its neighbours (minutes)
};
void paintStateStrip(QPainter& painter, const QRectF& rect, const QVector<StripPiece>& pieces);

} // namespace ui::charts

Q_DECLARE_METATYPE(ui::charts::Deviation)
