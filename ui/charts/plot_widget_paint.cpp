// The painting of PlotWidget: what lies around and over the lines of PlotScene.
#include "charts/plot_table_model.h"
#include "charts/plot_widget.h"
#include "charts/round_ticks.h"
#include "theme/paint.h"
#include "theme/status_paint.h"
#include "theme/theme.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui::charts {
namespace {

QColor withAlpha(QColor ink, double share)
{
    ink.setAlphaF(float(share));
    return ink;
}

bool isNumber(double value)
{
    return !std::isnan(value);
}

} // namespace

void PlotWidget::paintGrid(QPainter& painter) const
{
    // Without a value there is no scale to read, only time.
    const int ticksShown = m_data.hasValues() ? int(m_yTicks.size()) : 0;
    for (int i = 0; i < ticksShown; ++i) {
        const qreal y = std::round(yOf(m_yTicks[i]));
        if (i > 0)
            paint::hline(painter, m_plot.left(), m_plot.right(), y, color(Token::ChartGrid));
        const QString label = yLabel(i);
        paint::text(
            painter, QRectF(0, y - 8, m_plot.left() - 6, 16), type().small, color(Token::Text3), label, Qt::AlignRight);
    }
    paint::hline(painter, m_plot.left(), m_plot.right(), std::round(m_plot.bottom()), color(Token::ChartAxis));
    const int most = std::max(2, int(m_plot.width() / metrics().px(84)));
    const QVector<qint64> ticks = timeTicks(m_range.from, m_range.to, most);
    qreal taken = -1e9;
    for (const qint64 tick : ticks) {
        const qreal x = std::round(xOf(double(tick)));
        paint::vline(painter, x, m_plot.bottom(), m_plot.bottom() + 3, color(Token::ChartAxis));
        const QString label = timeLabel(tick, stepOf(ticks));
        const qreal half = paint::textWidth(type().small, label) / 2;
        const qreal left = std::clamp(x - half, 0.0, width() - 2 * half - 1);
        if (left < taken)
            continue;
        paint::text(
            painter, QRectF(left, m_plot.bottom() + 3, 2 * half + 2, 16), type().small, color(Token::Text3), label);
        taken = left + 2 * half + 8;
    }
}

void PlotWidget::paintGaps(QPainter& painter) const
{
    QVector<TimeWindow> gaps = gapsOf(m_data, m_range);
    QStringList words(gaps.size(), tr("gap"));
    if (m_state == PlotState::Stale && !m_data.times.isEmpty() && m_data.times.last() < m_range.to) {
        gaps.append({std::max(m_data.times.last(), m_range.from), m_range.to});
        words.append(m_stateText);
    }
    for (qsizetype i = 0; i < gaps.size(); ++i) {
        const QRectF area(
            QPointF(xOf(double(gaps[i].from)), m_plot.top()), QPointF(xOf(double(gaps[i].to)), m_plot.bottom()));
        painter.fillRect(area, paint::hatch(color(Token::LineStrong), 6, 1.5, devicePixelRatioF()));
        const qreal width = paint::textWidth(type().small, words[i]);
        if (words[i].isEmpty() || width + 8 > area.width())
            continue;
        const QRectF word(area.center().x() - width / 2 - 3, area.top() + 1, width + 7, 16);
        painter.fillRect(word, color(Token::Panel));
        paint::text(painter, word.adjusted(3, 0, 0, 0), type().small, color(Token::Text2), words[i]);
    }
}

void PlotWidget::paintMarks(QPainter& painter) const
{
    for (const PlotThreshold& threshold : m_thresholds) {
        const qreal y = std::round(yOf(threshold.value)) + 0.5;
        QPen pen(color(threshold.ink), 1);
        pen.setDashPattern({4, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(m_plot.left(), y), QPointF(m_plot.right(), y));
        paint::text(painter, QRectF(m_plot.left() + 4, y - 15, m_plot.width(), 14), type().small, color(threshold.ink),
            threshold.label);
    }
    qreal taken = -1e9;
    for (const PlotMarker& marker : m_markers) {
        const qreal x = std::round(xOf(double(marker.time))) + 0.5;
        if (x < m_plot.left() || x > m_plot.right())
            continue;
        const bool incident = marker.kind == PlotMarker::Kind::Incident;
        QPen pen(color(incident ? Token::Down : Token::Text2), 1);
        if (!incident)
            pen.setDashPattern({2, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, m_plot.top() - 4), QPointF(x, m_plot.bottom()));
        const qreal glyph = incident ? 12 : 10;
        const QRectF at(x - glyph / 2, m_plot.top() - 4 - glyph, glyph, glyph);
        incident ? paintIncidentMarker(painter, at) : paintConfigMarker(painter, at);
        const qreal width = paint::textWidth(type().small, marker.label);
        if (at.left() > taken)
            paint::text(painter, QRectF(at.right() + 4, at.center().y() - 8, width + 2, 16), type().small,
                color(incident ? Token::Down : Token::Text2), marker.label);
        taken = at.right() + 8 + width;
    }
}

void PlotWidget::paintEndLabels(QPainter& painter) const
{
    struct Label
    {
        qreal y;
        QString text;
        bool isMain;
    };
    QVector<Label> labels;
    for (int c = 0; c < m_data.columns.size(); ++c) {
        const PlotColumn& column = m_data.columns[c];
        for (qsizetype i = std::min(column.values.size(), m_data.times.size()) - 1; i >= 0; --i) {
            if (m_data.times[i] > m_range.to || !isNumber(column.values[i]))
                continue;
            if (m_data.times[i] >= m_range.from)
                labels.append({yOf(column.values[i]),
                    QStringLiteral("%1 %2").arg(column.name, QString::number(column.values[i], 'f', m_look.decimals)),
                    c == m_look.mainColumn});
            break;
        }
    }
    std::sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.y < b.y; });
    for (qsizetype i = 1; i < labels.size(); ++i)
        labels[i].y = std::max(labels[i].y, labels[i - 1].y + 15);
    qreal floor = m_plot.bottom() - 2;
    for (qsizetype i = labels.size() - 1; i >= 0; --i) {
        labels[i].y = std::min(labels[i].y, floor);
        floor = labels[i].y - 15;
    }
    for (const Label& label : labels) {
        paint::text(painter, QRectF(m_plot.right() + 7, label.y - 8, width() - m_plot.right() - 7, 16),
            label.isMain ? type().smallStrong : type().small, color(label.isMain ? Token::Text1 : Token::Text2),
            label.text);
    }
}

void PlotWidget::paintCrosshair(QPainter& painter) const
{
    if (m_dragFrom) {
        const QRectF brush(QPointF(std::min(*m_dragFrom, m_dragTo), m_plot.top()),
            QPointF(std::max(*m_dragFrom, m_dragTo), m_plot.bottom()));
        painter.fillRect(brush, withAlpha(color(Token::Accent), 0.14));
        paint::vline(painter, brush.left(), brush.top(), brush.bottom(), color(Token::Accent));
        paint::vline(painter, brush.right(), brush.top(), brush.bottom(), color(Token::Accent));
        return;
    }
    const std::optional<qint64> moment = m_bus->moment();
    if (!moment || *moment < m_range.from || *moment > m_range.to)
        return;
    const qsizetype point = nearest(*moment);
    if (point < 0 || m_data.times[point] < m_range.from || m_data.times[point] > m_range.to)
        return;
    const qreal x = std::round(xOf(double(m_data.times[point])));
    paint::vline(painter, x, m_plot.top(), m_plot.bottom(), color(Token::Text2));
    if (m_look.kind != PlotKind::Stacked && m_look.mainColumn < m_data.columns.size()) {
        const PlotColumn& column = m_data.columns[m_look.mainColumn];
        if (const double value = column.values.value(point, qQNaN()); isNumber(value)) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(color(Token::Text1), 1.5));
            painter.setBrush(color(column.ink));
            painter.drawEllipse(QPointF(x + 0.5, yOf(value)), 3, 3);
            painter.setRenderHint(QPainter::Antialiasing, false);
        }
    }
    if (m_underMouse || m_keyboardFocus)
        paintReadout(painter, point);
}

// Line 1: the value that matters, and n. Then the others. Last: the moment and how old the data is.
void PlotWidget::paintReadout(QPainter& painter, qsizetype point) const
{
    const qint64 count = m_data.counts.value(point, -1);
    const auto said = [&](int c) {
        const double value = m_data.columns[c].values.value(point, qQNaN());
        const QString text = isNumber(value) ? valueText(value, m_look) : count == 0 ? tr("no calls") : tr("no data");
        return QStringLiteral("%1 %2").arg(m_data.columns[c].name, text);
    };
    QStringList others;
    for (int c = 0; c < m_data.columns.size(); ++c) {
        if (c != m_look.mainColumn)
            others.append(said(c));
    }
    const QString main =
        m_data.columns.isEmpty() ? QString() : said(std::min(m_look.mainColumn, int(m_data.columns.size()) - 1));
    const QString n = count >= 0 ? tr("n %1").arg(QLocale(QLocale::English).toString(count)) : QString();
    QString when = QDateTime::fromMSecsSinceEpoch(m_data.times[point], Qt::UTC).toString(QStringLiteral("HH:mm:ss")) +
                   QStringLiteral(" UTC");
    if (m_data.asOf.isValid())
        when += tr(", as of %1").arg(m_data.asOf.toUTC().toString(QStringLiteral("HH:mm:ss")));
    const QString second = others.join(QStringLiteral(", "));

    const qreal line = metrics().px(16);
    const qreal wide = std::max({paint::textWidth(type().smallStrong, main) + paint::textWidth(type().small, n) + 24,
        paint::textWidth(type().small, second), paint::textWidth(type().small, when)});
    const QSizeF box(wide + 17, line * (second.isEmpty() ? 2 : 3) + 10);
    const qreal x = xOf(double(m_data.times[point]));
    qreal left = x - box.width() - 10;
    if (left < m_plot.left())
        left = std::min(x + 10, width() - box.width() - 1);
    left = std::max(left, 0.0);
    qreal top = m_plot.top() + (m_plot.height() - box.height()) * 0.62;
    top = std::clamp(top, 0.0, std::max(0.0, height() - box.height()));
    const QRectF area(QPointF(std::floor(left), std::floor(top)), box);
    paint::box(painter, area, 4, color(Token::Tooltip), color(Token::LineStrong));
    QRectF row(area.left() + 8, area.top() + 5, area.width() - 16, line);
    paint::text(painter, row, type().smallStrong, color(Token::Text1), main);
    paint::text(painter, row, type().small, color(Token::Text3), n, Qt::AlignRight);
    row.translate(0, line);
    if (!second.isEmpty()) {
        paint::text(painter, row, type().small, color(Token::Text2), second);
        row.translate(0, line);
    }
    paint::text(painter, row, type().small, color(Token::Text3), when);
}

} // namespace ui::charts
