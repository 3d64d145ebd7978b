#include "widgets/sparkline.h"

#include "theme/paint.h"
#include "theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

Sparkline::Sparkline(QWidget* parent) : QWidget(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void Sparkline::setValues(const QVector<double>& values)
{
    // nan stands for a gap and equals nothing, not even itself
    const bool same = m_values.size() == values.size() &&
                      std::equal(values.begin(), values.end(), m_values.begin(),
                          [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); });
    if (same)
        return;
    m_values = values;
    update();
}

void Sparkline::setRange(double low, double high)
{
    if (m_low == low && m_high == high)
        return;
    m_low = low;
    m_high = high;
    update();
}

void Sparkline::setNorm(double low, double high)
{
    if (m_norm == std::pair(low, high))
        return;
    m_norm = {low, high};
    update();
}

void Sparkline::setInk(Token ink)
{
    if (m_ink == ink)
        return;
    m_ink = ink;
    update();
}

void Sparkline::setMarker(std::optional<double> at)
{
    if (m_marker == at)
        return;
    m_marker = at;
    update();
}

void Sparkline::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    double low = m_low;
    double high = m_high;
    if (high <= low) {
        high = low;
        for (const double value : m_values) {
            if (!std::isnan(value))
                high = qMax(high, value);
        }
        if (high <= low)
            high = low + 1;
    }
    const QRectF plot = QRectF(rect()).adjusted(1, 3, -4, -3);
    const auto y = [&](double value) { return plot.bottom() - (value - low) / (high - low) * plot.height(); };
    if (m_norm) {
        QColor band = color(Token::Text3);
        band.setAlphaF(0.16F);
        painter.fillRect(
            QRectF(QPointF(plot.left(), y(m_norm->second)), QPointF(plot.right(), y(m_norm->first))), band);
    }
    if (m_marker) {
        QPen pen(color(Token::Down), 1);
        pen.setDashPattern({2, 2});
        painter.setPen(pen);
        const qreal x = std::round(plot.left() + *m_marker * plot.width()) + 0.5;
        painter.drawLine(QPointF(x, 0), QPointF(x, height()));
    }
    if (m_values.size() < 2)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(m_ink), 1.5, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin));
    const qreal step = plot.width() / qreal(m_values.size() - 1);
    QPolygonF run;
    const auto flush = [&] {
        if (run.size() > 1)
            painter.drawPolyline(run);
        run.clear();
    };
    for (qsizetype i = 0; i < m_values.size(); ++i) {
        if (std::isnan(m_values.at(i)))
            flush();
        else
            run.append(QPointF(plot.left() + qreal(i) * step, y(m_values.at(i))));
    }
    const QPointF end = run.isEmpty() ? QPointF() : run.last();
    flush();
    if (!end.isNull()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color(m_ink));
        painter.drawEllipse(end, 2, 2);
    }
}

} // namespace ui
