#include "charts/histogram_brush.h"

#include "charts/round_ticks.h"
#include "theme/paint.h"
#include "theme/theme.h"

#include <QHelpEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace ui::charts {
namespace {

constexpr qreal kLeft = 38;
constexpr qreal kRight = 10;
constexpr qreal kTop = 8;
constexpr qreal kBottom = 20;
constexpr qreal kDragAtLeast = 4;

QString number(qint64 value)
{
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(value);
}

} // namespace

HistogramBrush::HistogramBrush(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Attempts over time, by outcome"));
    setCursor(Qt::CrossCursor);
}

void HistogramBrush::setBars(const QVector<HistogramBar>& bars, qint64 stepMs)
{
    m_bars = bars;
    m_step = std::max<qint64>(1, stepMs);
    HistogramBar sum;
    for (const HistogramBar& bar : bars) {
        sum.answered += bar.answered;
        sum.byFallback += bar.byFallback;
        sum.failed += bar.failed;
    }
    setAccessibleDescription(
        tr("%1 answered, %2 of them by fallback, %3 attempts failed.")
            .arg(number(sum.answered + sum.byFallback), number(sum.byFallback), number(sum.failed)));
    update();
}

void HistogramBrush::setNote(const QString& note)
{
    m_note = note;
    update();
}

void HistogramBrush::setBrush(const std::optional<TimeWindow>& brush)
{
    m_brush = brush;
    update();
}

QRectF HistogramBrush::plot() const
{
    return {kLeft, kTop, width() - kLeft - kRight, height() - kTop - kBottom};
}

TimeWindow HistogramBrush::range() const
{
    return m_bars.isEmpty() ? TimeWindow() : TimeWindow{m_bars.first().start, m_bars.last().start + m_step};
}

qreal HistogramBrush::xOf(qint64 time) const
{
    const TimeWindow shown = range();
    const QRectF area = plot();
    return area.left() + area.width() * double(time - shown.from) / double(std::max<qint64>(1, shown.to - shown.from));
}

int HistogramBrush::barAt(qreal x) const
{
    const QRectF area = plot();
    const int bar = int((x - area.left()) / area.width() * double(m_bars.size()));
    return std::clamp(bar, 0, std::max(0, int(m_bars.size()) - 1));
}

TimeWindow HistogramBrush::dragged() const
{
    const int first = barAt(std::min(*m_dragFrom, m_dragTo));
    const int last = barAt(std::max(*m_dragFrom, m_dragTo));
    return {m_bars[first].start, m_bars[last].start + m_step};
}

void HistogramBrush::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QRectF area = plot();
    if (m_bars.isEmpty()) {
        paint::text(painter, rect(), type().ui, color(Token::Text3), m_note, Qt::AlignHCenter);
        return;
    }
    qint64 most = 0;
    for (const HistogramBar& bar : m_bars)
        most = std::max(most, bar.all());
    paint::hline(painter, area.left(), area.right(), area.bottom(), color(Token::ChartAxis));
    paint::text(painter, QRectF(0, area.bottom() - 8, kLeft - 8, 16), type().small, color(Token::Text3),
        QStringLiteral("0"), Qt::AlignRight);
    if (most == 0) {
        paint::text(
            painter, area, type().small, color(Token::Text3), tr("No attempts in this time."), Qt::AlignHCenter);
        return;
    }
    const double top = linearTicks(double(most), 2).last();
    paint::text(painter, QRectF(0, area.top() - 6, kLeft - 8, 16), type().small, color(Token::Text3),
        tickLabel(top, top), Qt::AlignRight);
    paint::hline(painter, area.left(), area.right(), area.top(), color(Token::ChartGrid));

    QColor answered = color(Token::Text3);
    answered.setAlphaF(0.45f);
    painter.setRenderHint(QPainter::Antialiasing); // a part of a pixel is a part of its colour
    const qreal slot = area.width() / double(m_bars.size());
    for (qsizetype i = 0; i < m_bars.size(); ++i) {
        // 92 % of the slot, on whole pixels, so that neighbours keep equal gaps.
        const qreal left = std::round(area.left() + slot * double(i) + slot * 0.04);
        const qreal width = std::max<qreal>(1, std::round(area.left() + slot * double(i + 1) - slot * 0.04) - left);
        qreal base = area.bottom();
        const auto part = [&](qint64 count, const QColor& ink) {
            if (count == 0)
                return;
            // From one in fifty on it is at least a pixel; below that the norm of a healthy hour would be a red
            // line.
            const qreal least = count * 50 >= m_bars[i].all() ? 1.5 : 0;
            const qreal height = std::max(least, area.height() * double(count) / top);
            painter.fillRect(QRectF(left, base - height, width, height), ink);
            base -= height;
        };
        part(m_bars[i].answered, answered);
        part(m_bars[i].byFallback, color(Token::Degraded));
        part(m_bars[i].failed, color(Token::Down));
    }

    painter.setRenderHint(QPainter::Antialiasing, false);
    const QVector<qint64> ticks = timeTicks(range().from, range().to, std::max(2, int(area.width() / 130)));
    for (const qint64 tick : ticks) {
        const QString label = timeLabel(tick, stepOf(ticks));
        const qreal half = paint::textWidth(type().small, label) / 2;
        const qreal left = std::clamp(xOf(tick) - half, 0.0, width() - 2 * half - 2);
        paint::vline(painter, std::round(xOf(tick)), area.bottom(), area.bottom() + 3, color(Token::ChartAxis));
        paint::text(
            painter, QRectF(left, area.bottom() + 3, 2 * half + 2, 16), type().small, color(Token::Text3), label);
    }

    std::optional<TimeWindow> shown = m_brush;
    if (m_dragFrom)
        shown = dragged();
    if (!shown)
        return;
    const qreal left = std::clamp(xOf(shown->from), area.left(), area.right());
    const qreal right = std::clamp(xOf(shown->to), area.left(), area.right());
    QColor wash = color(Token::Accent);
    wash.setAlphaF(0.14f);
    painter.fillRect(QRectF(left, area.top() - 3, right - left, area.height() + 3), wash);
    paint::vline(painter, std::round(left), area.top() - 3, area.bottom(), color(Token::Accent));
    paint::vline(painter, std::round(right) - 1, area.top() - 3, area.bottom(), color(Token::Accent));
}

void HistogramBrush::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || m_bars.isEmpty())
        return;
    m_dragFrom = event->position().x();
    m_dragTo = *m_dragFrom;
}

void HistogramBrush::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_dragFrom)
        return;
    m_dragTo = event->position().x();
    update();
}

void HistogramBrush::mouseReleaseEvent(QMouseEvent*)
{
    if (!m_dragFrom)
        return;
    const bool isDrag = std::abs(m_dragTo - *m_dragFrom) >= kDragAtLeast;
    const TimeWindow chosen = dragged();
    m_dragFrom.reset();
    if (isDrag)
        Q_EMIT brushed(chosen);
    else if (m_brush)
        Q_EMIT brushCleared();
    update();
}

bool HistogramBrush::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && !m_bars.isEmpty()) {
        auto* help = static_cast<QHelpEvent*>(event);
        const HistogramBar& bar = m_bars[barAt(help->pos().x())];
        const QString when = QDateTime::fromMSecsSinceEpoch(bar.start, Qt::UTC).toString(QStringLiteral("HH:mm:ss"));
        QToolTip::showText(help->globalPos(),
            tr("%1 UTC: %2 answered, %3 by fallback, %4 attempts failed")
                .arg(when, number(bar.answered), number(bar.byFallback), number(bar.failed)),
            this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace ui::charts
