#include "charts/plot_widget.h"

#include "charts/plot_scene.h"
#include "charts/plot_table_model.h"
#include "charts/round_ticks.h"
#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/table_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui::charts {
namespace {

constexpr int kRepaintMs = 250; // at most four times a second
constexpr qreal kDragAtLeast = 6;

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

PlotWidget::PlotWidget(const QString& accessibleName, CrosshairBus* bus, QWidget* parent)
    : QWidget(parent),
      m_bus(bus ? bus : new CrosshairBus(this)),
      m_scene(std::make_unique<PlotScene>()),
      m_tableModel(new PlotTableModel(this))
{
    setAccessibleName(accessibleName);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_repaint.setSingleShot(true);
    m_repaint.setInterval(kRepaintMs);
    connect(&m_repaint, &QTimer::timeout, this, [this] { update(); });
    connect(m_bus, &CrosshairBus::rangeChanged, this, &PlotWidget::invalidate);
    connect(m_bus, &CrosshairBus::momentChanged, this, [this] { update(); });
}

PlotWidget::~PlotWidget() = default;

void PlotWidget::setLook(const PlotLook& look)
{
    m_look = look;
    m_tableModel->setData(m_data, m_look);
    invalidate();
}

void PlotWidget::setData(const PlotData& data)
{
    m_data = data;
    m_tableModel->setData(m_data, m_look);
    describe();
    m_dirty = true;
    scheduleRepaint();
}

void PlotWidget::setMarkers(const QVector<PlotMarker>& markers)
{
    m_markers = markers;
    invalidate();
}

void PlotWidget::setThresholds(const QVector<PlotThreshold>& thresholds)
{
    m_thresholds = thresholds;
    invalidate();
}

void PlotWidget::setState(PlotState state, const QString& said)
{
    if (m_state == state && m_stateText == said)
        return; // said with every reading of the status; the plot is not built again for it
    m_state = state;
    m_stateText = said;
    invalidate();
}

void PlotWidget::setView(View view)
{
    m_view = view;
    if (view == View::Table && !m_table) {
        m_table = new TableView(tr("%1, table").arg(accessibleName()), this);
        m_table->setModel(m_tableModel);
        m_table->horizontalHeader()->setSectionsClickable(false);
        QVector<TableView::Width> widths{{160, 1}};
        for (int column = 1; column < m_tableModel->columnCount(); ++column)
            widths.append({70, 1});
        m_table->setWidths(widths);
    }
    if (m_table) {
        m_table->setGeometry(rect());
        m_table->setVisible(view == View::Table);
    }
    setFocusPolicy(view == View::Table ? Qt::NoFocus : Qt::StrongFocus);
    update();
}

void PlotWidget::invalidate()
{
    m_dirty = true;
    update();
}

// The first change after a rest is shown at once, the ones that follow are gathered.
void PlotWidget::scheduleRepaint()
{
    if (!isVisible() || m_repaint.isActive())
        return;
    update();
    m_repaint.start();
}

// What a reader hears instead of the picture: the latest values; the table holds the rest.
void PlotWidget::describe()
{
    QStringList parts;
    for (const PlotColumn& column : m_data.columns) {
        for (qsizetype i = column.values.size() - 1; i >= 0; --i) {
            if (!isNumber(column.values[i]))
                continue;
            parts.append(QStringLiteral("%1 %2").arg(column.name, valueText(column.values[i], m_look)));
            break;
        }
    }
    setAccessibleDescription(
        parts.isEmpty() ? tr("No values.") : tr("Latest: %1.").arg(parts.join(QStringLiteral(", "))));
}

double PlotWidget::scaled(double value) const
{
    return m_look.logScale ? std::log10(std::max(value, 1e-6)) : value;
}

qreal PlotWidget::xOf(double time) const
{
    return m_plot.left() +
           m_plot.width() * (time - double(m_range.from)) / double(std::max<qint64>(1, m_range.to - m_range.from));
}

qreal PlotWidget::yOf(double value) const
{
    return m_plot.bottom() - m_plot.height() * (scaled(value) - m_low) / (m_high - m_low);
}

qint64 PlotWidget::timeAt(qreal x) const
{
    const double share = std::clamp((x - m_plot.left()) / std::max<qreal>(1, m_plot.width()), 0.0, 1.0);
    return m_range.from + qint64(share * double(m_range.to - m_range.from));
}

qsizetype PlotWidget::nearest(qint64 time) const
{
    if (m_data.times.isEmpty())
        return -1;
    auto after = std::lower_bound(m_data.times.cbegin(), m_data.times.cend(), time);
    if (after == m_data.times.cend())
        --after;
    else if (after != m_data.times.cbegin() && time - *(after - 1) < *after - time)
        --after;
    return after - m_data.times.cbegin();
}

QString PlotWidget::yLabel(int tick) const
{
    const double value = m_yTicks[tick];
    const double step = m_look.logScale ? value : m_yTicks.size() > 1 ? m_yTicks[1] - m_yTicks[0] : 1;
    const QString text = tickLabel(value, step);
    // The unit stands on the top label, on a log scale also on the bottom one, where no zero explains itself.
    const bool named = tick == m_yTicks.size() - 1 || (m_look.logScale && tick == 0);
    return named && !m_look.unit.isEmpty() ? QStringLiteral("%1 %2").arg(text, m_look.unit) : text;
}

void PlotWidget::layoutPlot()
{
    m_range = m_bus->range();
    if (!m_range.isValid() && m_data.times.size() > 1)
        m_range = {m_data.times.first(), m_data.times.last()};

    double low = INFINITY;
    double high = -INFINITY;
    for (qsizetype i = 0; i < m_data.times.size(); ++i) {
        if (m_data.times[i] < m_range.from || m_data.times[i] > m_range.to)
            continue;
        double sum = 0;
        for (const PlotColumn& column : m_data.columns) {
            const double value = column.values.value(i, qQNaN());
            if (!isNumber(value))
                continue;
            sum += value;
            low = std::min(low, value);
            high = std::max(high, m_look.kind == PlotKind::Stacked ? sum : value);
        }
    }
    for (const PlotThreshold& threshold : m_thresholds)
        high = std::max(high, threshold.value);
    if (!std::isfinite(high)) {
        low = m_look.logScale ? 0.1 : 0;
        high = std::max(1.0, m_look.leastTop);
    }
    high = std::max(high, m_look.leastTop);
    m_yTicks =
        m_look.logScale ? logTicks(low, high, m_look.yTicks + 2) : linearTicks(high > 0 ? high : 1, m_look.yTicks);
    m_low = m_look.logScale ? std::log10(m_yTicks.first()) : 0;
    m_high = m_look.logScale ? std::log10(m_yTicks.last()) : m_yTicks.last();

    qreal left = 0;
    for (int i = 0; i < m_yTicks.size(); ++i)
        left = std::max(left, paint::textWidth(type().small, yLabel(i)));
    qreal right = 10;
    if (m_look.endLabels) {
        for (const PlotColumn& column : m_data.columns)
            right =
                std::max(right, paint::textWidth(type().smallStrong, QStringLiteral("%1 00.00").arg(column.name)) + 12);
    }
    const qreal top = m_markers.isEmpty() ? 8 : 22;
    const qreal bottom = metrics().px(20);
    m_plot = QRectF(std::floor(std::max<qreal>(34, left + 12)), top, 0, 0);
    m_plot.setRight(std::floor(width() - right));
    m_plot.setBottom(std::floor(height() - bottom));
}

void PlotWidget::buildShapes(bool stale)
{
    const int pixels = std::max(1, int(m_plot.width()));
    const auto place = [this](QVector<QPointF> run) {
        for (QPointF& point : run)
            point = {point.x() - double(m_range.from), scaled(point.y())};
        return run;
    };
    QVector<LineRun> lines;
    QVector<AreaRun> areas;
    const bool several = m_data.columns.size() > 1;
    for (int c = 0; c < m_data.columns.size(); ++c) {
        const PlotColumn& column = m_data.columns[c];
        const QColor ink = color(stale ? Token::Text3 : column.ink);
        for (const QVector<QPointF>& raw : toRuns(m_data.times, column.values, m_range, pixels, false)) {
            QVector<QPointF> run = place(raw);
            // A lone moment between two gaps is a value too; a line of one point would not show.
            if (run.size() == 1) {
                const double half = double(m_range.to - m_range.from) / pixels;
                run = {run.first() - QPointF(half, 0), run.first() + QPointF(half, 0)};
            }
            if (m_look.kind == PlotKind::Area)
                areas.append({{{run.first().x(), m_low}, {run.last().x(), m_low}}, run, withAlpha(ink, 0.22)});
            const QVector<qreal> dash =
                several && column.dashSlot >= 0 ? Theme::seriesDash(column.dashSlot) : QVector<qreal>();
            lines.append({run, ink, several && c == m_look.mainColumn ? 1.8 : 1.5, dash});
        }
    }
    m_scene->setAreas(areas);
    m_scene->setLines(lines);
}

// p50 to p95 and p95 to p99. The three columns must agree on where they have values, or upper and lower would part.
void PlotWidget::buildBand(bool stale)
{
    const int pixels = std::max(1, int(m_plot.width()));
    QVector<double> masked[3];
    for (int c = 0; c < 3; ++c)
        masked[c] = m_data.columns[c].values;
    for (qsizetype i = 0; i < m_data.times.size(); ++i) {
        const bool whole = isNumber(masked[0].value(i, qQNaN())) && isNumber(masked[1].value(i, qQNaN())) &&
                           isNumber(masked[2].value(i, qQNaN()));
        for (QVector<double>& values : masked) {
            if (!whole && i < values.size())
                values[i] = qQNaN();
        }
    }
    const auto place = [this, pixels](QVector<QPointF> run) {
        for (QPointF& point : run)
            point = {point.x() - double(m_range.from), scaled(point.y())};
        if (run.size() == 1) {
            const double half = double(m_range.to - m_range.from) / pixels * 1.5;
            run = {run.first() - QPointF(half, 0), run.first() + QPointF(half, 0)};
        }
        return run;
    };
    const QColor ink = color(stale ? Token::Text3 : m_data.columns[1].ink);
    QVector<QVector<QPointF>> runs[3];
    for (int c = 0; c < 3; ++c)
        runs[c] = toRuns(m_data.times, masked[c], m_range, pixels, true);
    QVector<LineRun> lines;
    QVector<AreaRun> areas;
    for (qsizetype r = 0; r < runs[0].size(); ++r) {
        const QVector<QPointF> p50 = place(runs[0][r]);
        const QVector<QPointF> p95 = place(runs[1][r]);
        const QVector<QPointF> p99 = place(runs[2][r]);
        areas.append({p50, p95, withAlpha(ink, 0.30)});
        areas.append({p95, p99, withAlpha(ink, 0.14)});
        lines.append({p99, ink, 1, {2, 2}});
        lines.append({p50, ink, 1, {5, 3}});
        lines.append({p95, ink, 1.8, {}});
    }
    m_scene->setAreas(areas);
    m_scene->setLines(lines);
}

void PlotWidget::buildStack(bool stale)
{
    const int pixels = std::max(1, int(m_plot.width()));
    QVector<double> base(m_data.times.size(), 0.0);
    QVector<AreaRun> areas;
    QVector<LineRun> seams;
    const auto place = [this](QVector<QPointF> run) {
        for (QPointF& point : run)
            point.rx() -= double(m_range.from);
        return run;
    };
    for (qsizetype i = 0; i < base.size(); ++i) {
        const bool any = std::any_of(m_data.columns.cbegin(), m_data.columns.cend(),
            [i](const PlotColumn& column) { return isNumber(column.values.value(i, qQNaN())); });
        if (!any)
            base[i] = qQNaN();
    }
    for (const PlotColumn& column : m_data.columns) {
        QVector<double> top = base;
        for (qsizetype i = 0; i < top.size(); ++i) {
            const double value = column.values.value(i, qQNaN());
            top[i] += isNumber(value) ? value : 0.0; // NaN in base stays NaN: nobody had calls there
        }
        const auto lower = toRuns(m_data.times, base, m_range, pixels, true);
        const auto upper = toRuns(m_data.times, top, m_range, pixels, true);
        const QColor ink = color(stale ? Token::Text3 : column.ink);
        for (qsizetype r = 0; r < upper.size() && r < lower.size(); ++r) {
            areas.append({place(lower[r]), place(upper[r]), withAlpha(ink, 0.62)});
            seams.append({place(upper[r]), color(Token::Panel), 1, {}});
        }
        base = top;
    }
    m_scene->setAreas(areas);
    m_scene->setLines(seams);
}

void PlotWidget::rebuild()
{
    layoutPlot();
    const qreal dpr = devicePixelRatioF();
    m_pixmap = QPixmap(size() * dpr);
    m_pixmap.setDevicePixelRatio(dpr);
    m_pixmap.fill(color(Token::Panel));
    m_dirty = false;
    if (m_plot.width() < 10 || m_plot.height() < 10)
        return;
    QPainter painter(&m_pixmap);
    paintGrid(painter);
    if (!m_data.hasValues()) {
        paint::text(painter, m_plot, type().ui, color(Token::Text2),
            m_look.emptyText.isEmpty() ? tr("No data") : m_look.emptyText, Qt::AlignHCenter);
        return;
    }
    paintGaps(painter);
    m_scene->setFrame(size(), m_plot, QRectF(QPointF(0, m_low), QPointF(double(m_range.to - m_range.from), m_high)));
    const bool stale = m_state == PlotState::Stale;
    if (m_look.kind == PlotKind::Band && m_data.columns.size() == 3)
        buildBand(stale);
    else if (m_look.kind == PlotKind::Stacked)
        buildStack(stale);
    else
        buildShapes(stale);
    m_scene->render(painter, m_look.kind != PlotKind::Stacked);
    paintMarks(painter);
    if (m_look.endLabels)
        paintEndLabels(painter);
}

void PlotWidget::paintEvent(QPaintEvent*)
{
    if (m_view == View::Table)
        return;
    if (m_dirty || m_pixmap.devicePixelRatio() != devicePixelRatioF())
        rebuild();
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_pixmap);
    if (m_data.hasValues())
        paintCrosshair(painter);
    if (m_keyboardFocus)
        paint::focusRing(painter, QRectF(rect()).adjusted(3, 3, -3, -3), 4);
}

void PlotWidget::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (m_table)
        m_table->setGeometry(rect());
    m_dirty = true;
}

void PlotWidget::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_dirty = true;
}

void PlotWidget::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && m_plot.contains(event->position())) {
        m_dragFrom = event->position().x();
        m_dragTo = *m_dragFrom;
    }
}

void PlotWidget::mouseMoveEvent(QMouseEvent* event)
{
    m_underMouse = true;
    if (m_dragFrom) {
        m_dragTo = std::clamp(event->position().x(), m_plot.left(), m_plot.right());
        update();
        return;
    }
    const bool inside = m_plot.contains(event->position());
    m_bus->point(inside ? std::optional(timeAt(event->position().x())) : std::nullopt);
    Q_EMIT pointed(m_bus->moment());
}

void PlotWidget::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_dragFrom)
        return;
    const qreal from = std::min(*m_dragFrom, m_dragTo);
    const qreal to = std::max(*m_dragFrom, m_dragTo);
    m_dragFrom.reset();
    if (to - from >= kDragAtLeast)
        m_bus->zoom({timeAt(from), timeAt(to)});
    update();
}

void PlotWidget::leaveEvent(QEvent* event)
{
    QWidget::leaveEvent(event);
    m_underMouse = false;
    m_bus->point(std::nullopt);
    update();
}

void PlotWidget::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    m_keyboardFocus = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
                      event->reason() == Qt::ShortcutFocusReason;
    update();
}

void PlotWidget::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    m_keyboardFocus = false;
    update();
}

void PlotWidget::keyPressEvent(QKeyEvent* event)
{
    const auto step = [this](int by) {
        if (m_data.times.isEmpty())
            return;
        const qsizetype last = m_data.times.size() - 1;
        const qsizetype at = m_bus->moment() ? nearest(*m_bus->moment()) + by : last;
        m_bus->point(m_data.times[std::clamp<qsizetype>(at, 0, last)]);
    };
    switch (event->key()) {
    case Qt::Key_Left:
        step(-1);
        return;
    case Qt::Key_Right:
        step(1);
        return;
    case Qt::Key_Escape:
        if (m_dragFrom || m_bus->isZoomed()) {
            if (!m_dragFrom)
                m_bus->back();
            m_dragFrom.reset();
            update();
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void PlotWidget::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        invalidate();
}

} // namespace ui::charts
