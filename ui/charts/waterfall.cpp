#include "charts/waterfall.h"

#include "charts/round_ticks.h"
#include "theme/paint.h"
#include "theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <array>

namespace ui::charts {
namespace {

using models::SpanKind;
using models::TraceSpan;

constexpr qreal kNameColumn = 226;
constexpr qreal kIndent = 14;
constexpr qreal kBar = 10;
constexpr qreal kPadding = 12;
constexpr qreal kInsideLabel = 250; // wider bars of a status colour carry their label inside

bool hasStatusColour(SpanKind kind)
{
    return kind == SpanKind::Failed || kind == SpanKind::Answered;
}

// "0 s", "0.5 s", "200 ms": the unit follows the step so that labels stay short.
QString axisLabel(double us, double step)
{
    const bool seconds = step >= 100'000;
    const bool millis = !seconds && step >= 100;
    const double unit = seconds ? 1e6 : millis ? 1e3 : 1;
    const QString name = seconds ? QStringLiteral("s") : millis ? QStringLiteral("ms") : QStringLiteral("\u00b5s");
    return QStringLiteral("%1 %2").arg(tickLabel(us / unit, step / unit), name);
}

} // namespace

Waterfall::Waterfall(models::TraceModel* model, QWidget* parent) : QAbstractScrollArea(parent), m_model(model)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Waterfall of the call"));
    connect(model, &QAbstractItemModel::modelReset, this, &Waterfall::modelChanged);
    modelChanged();
}

void Waterfall::setSlotOf(std::function<int(const QString&)> slotOf)
{
    m_slotOf = std::move(slotOf);
    viewport()->update();
}

void Waterfall::modelChanged()
{
    QStringList lines;
    for (const TraceSpan& span : m_model->spans())
        lines.append(QStringLiteral("%1: %2").arg(span.name, span.label));
    setAccessibleDescription(lines.join(QStringLiteral("; ")));
    m_selected = -1;
    verticalScrollBar()->setValue(0);
    updateBars();
    viewport()->update();
}

void Waterfall::select(int span)
{
    span = span < 0 || m_model->spans().isEmpty() ? -1 : std::min(span, int(m_model->spans().size()) - 1);
    if (span == m_selected)
        return;
    m_selected = span;
    if (span >= 0) {
        const Layout layout = layoutNow();
        const int top = span * layout.row;
        const int room = viewport()->height() - layout.axis;
        QScrollBar* bar = verticalScrollBar();
        if (top < bar->value())
            bar->setValue(top);
        else if (top + layout.row > bar->value() + room)
            bar->setValue(top + layout.row - room);
    }
    viewport()->update();
    Q_EMIT selectedChanged(span);
}

Waterfall::Layout Waterfall::layoutNow() const
{
    Layout layout;
    layout.axis = metrics().px(26);
    const int rows = std::max(1, int(m_model->spans().size()));
    const int roomy = metrics().px(28);
    layout.row = viewport()->height() - layout.axis >= rows * roomy ? roomy : metrics().px(24);
    layout.left = metrics().px(kNameColumn) + 6;
    layout.width = std::max<qreal>(40, viewport()->width() - layout.left - 16);
    for (const TraceSpan& span : m_model->spans())
        layout.span = std::max(layout.span, span.endUs);
    return layout;
}

int Waterfall::heightForAll() const
{
    return metrics().px(26) + int(m_model->spans().size()) * metrics().px(24) + 4;
}

QSize Waterfall::sizeHint() const
{
    return {700, heightForAll()};
}

QSize Waterfall::minimumSizeHint() const
{
    return {420, metrics().px(26 + 4 * 24)};
}

void Waterfall::updateBars()
{
    const Layout layout = layoutNow();
    const int room = viewport()->height() - layout.axis;
    const int content = int(m_model->spans().size()) * layout.row;
    verticalScrollBar()->setPageStep(std::max(1, room));
    verticalScrollBar()->setSingleStep(layout.row);
    verticalScrollBar()->setRange(0, std::max(0, content - room));
}

QColor Waterfall::inkOf(const TraceSpan& span) const
{
    switch (span.kind) {
    case SpanKind::Call:
        return color(Token::LineStrong);
    case SpanKind::Own:
        return color(Token::Accent);
    case SpanKind::Network:
        return color(Token::Text3);
    case SpanKind::Waiting:
        return color(Token::Text2);
    case SpanKind::Failed:
        return color(Token::Down);
    case SpanKind::Answered:
        return color(Token::Ok);
    case SpanKind::Skipped:
        return color(Token::Text3);
    case SpanKind::Stream:
        return theme().series(m_slotOf ? m_slotOf(span.provider) : 0);
    }
    return color(Token::Text3);
}

void Waterfall::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    const Layout layout = layoutNow();
    painter.fillRect(viewport()->rect(), color(Token::Panel));
    const int offset = verticalScrollBar()->value();
    painter.save();
    painter.setClipRect(QRect(0, layout.axis, viewport()->width(), viewport()->height() - layout.axis));
    for (int i = 0; i < m_model->spans().size(); ++i) {
        const QRectF rect(0, layout.axis + i * layout.row - offset, viewport()->width(), layout.row);
        if (rect.bottom() >= layout.axis && rect.top() <= viewport()->height())
            paintRow(painter, layout, i, rect);
    }
    painter.restore();
    paintAxis(painter, layout);
}

void Waterfall::paintAxis(QPainter& painter, const Layout& layout) const
{
    painter.fillRect(QRectF(0, 0, viewport()->width(), layout.axis), color(Token::Panel));
    const double step = roundStep(double(layout.span), 5);
    for (double us = 0; us <= double(layout.span); us += step) {
        const qreal x = layout.left + layout.width * us / double(layout.span);
        const QString label = axisLabel(us, step);
        const qreal width = paint::textWidth(type().small, label);
        const qreal left = us == 0 ? x : std::min(x - width / 2, viewport()->width() - width - 4);
        paint::text(painter, QRectF(left, 0, width + 2, layout.axis), type().small, color(Token::Text3), label);
    }
    paint::hline(painter, 0, viewport()->width(), layout.axis - 1, color(Token::Line));
}

void Waterfall::paintRow(QPainter& painter, const Layout& layout, int index, const QRectF& rect) const
{
    const TraceSpan& span = m_model->spans()[index];
    const bool chosen = index == m_selected;
    if (chosen)
        painter.fillRect(rect, color(hasFocus() ? Token::Selected : Token::SelectedInactive));
    const double step = roundStep(double(layout.span), 5);
    for (double us = step; us <= double(layout.span); us += step) {
        const qreal x = layout.left + layout.width * us / double(layout.span);
        paint::vline(painter, std::floor(x), rect.top(), rect.bottom(), color(Token::ChartGrid));
    }
    if (index + 1 < m_model->spans().size())
        paint::hline(painter, 0, rect.right() + 1, rect.bottom() - 1, color(Token::Line));
    if (chosen)
        painter.fillRect(QRectF(0, rect.top(), Metrics::selectionBar, rect.height()), color(Token::Accent));

    const qreal indent = kPadding + kIndent * span.level;
    paint::text(painter, QRectF(indent, rect.top(), layout.left - indent - 4, rect.height()), type().ui,
        color(span.level < 2 || chosen ? Token::Text1 : Token::Text2), span.name);

    const qreal from = layout.left + layout.width * double(span.startUs) / double(layout.span);
    const qreal to = layout.left + layout.width * double(span.endUs) / double(layout.span);
    // Two pixels at least: a step that took no visible time still happened.
    QRectF bar(from, rect.center().y() - kBar / 2, std::max<qreal>(2, to - from), kBar);
    if (bar.right() > layout.left + layout.width)
        bar.moveRight(layout.left + layout.width);
    painter.setRenderHint(QPainter::Antialiasing);
    if (span.kind == SpanKind::Skipped) {
        QPen pen(inkOf(span), 1);
        pen.setDashPattern({2, 2});
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(
            QRectF(bar.left() + 0.5, bar.top() + 0.5, std::max<qreal>(3, bar.width() - 1), bar.height() - 1), 2, 2);
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(inkOf(span));
        painter.drawRoundedRect(bar, std::min<qreal>(2, bar.width() / 2), 2);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (span.kind != SpanKind::Call)
        paintLabel(painter, layout, span, bar, rect);
    if (chosen && hasFocus()) {
        painter.setPen(QPen(color(Token::Focus), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect.adjusted(0, 0, -1, -1));
    }
}

// After the bar; inside its end when it is wide and of a status colour; before it when there is no room after it or
// when the bar has a series colour (tokens.md section 8).
void Waterfall::paintLabel(
    QPainter& painter, const Layout& layout, const TraceSpan& span, const QRectF& bar, const QRectF& row) const
{
    const qreal rightEdge = layout.left + layout.width + 12;
    QString label = span.label;
    qreal width = paint::textWidth(type().small, label) + 1;
    // Where neither side has room for all of it, its first part stands whole; the rest is in the attempt below.
    if (bar.right() + 6 + width > rightEdge && bar.left() - 6 - width < layout.left) {
        label = label.section(QStringLiteral(", "), 0, 0);
        width = paint::textWidth(type().small, label) + 1;
    }
    const QColor ink = color(span.kind == SpanKind::Failed ? Token::Down : Token::Text2);
    if (hasStatusColour(span.kind) && bar.width() > kInsideLabel) {
        paint::text(painter, QRectF(bar.left() + 6, row.top(), bar.width() - 12, row.height()), type().smallStrong,
            color(Token::OnStatus), span.label, Qt::AlignRight);
        return;
    }
    const bool fitsAfter = bar.right() + 6 + width <= rightEdge;
    const bool fitsBefore = bar.left() - 6 - width >= layout.left;
    if (fitsBefore && (span.kind == SpanKind::Stream || !fitsAfter)) {
        paint::text(painter, QRectF(bar.left() - 6 - width, row.top(), width, row.height()), type().small, ink, label);
        return;
    }
    if (fitsAfter || rightEdge - bar.right() >= bar.left() - layout.left) {
        paint::text(painter,
            QRectF(bar.right() + 6, row.top(), std::max<qreal>(0, rightEdge - bar.right() - 6), row.height()),
            type().small, ink, label);
        return;
    }
    paint::text(painter, QRectF(layout.left, row.top(), std::max<qreal>(0, bar.left() - 6 - layout.left), row.height()),
        type().small, ink, label, Qt::AlignRight);
}

void Waterfall::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateBars();
}

void Waterfall::mousePressEvent(QMouseEvent* event)
{
    const Layout layout = layoutNow();
    const int y = int(event->position().y()) - layout.axis;
    if (event->button() != Qt::LeftButton || y < 0)
        return;
    const int row = (y + verticalScrollBar()->value()) / layout.row;
    if (row < m_model->spans().size())
        select(row);
}

void Waterfall::keyPressEvent(QKeyEvent* event)
{
    const int last = int(m_model->spans().size()) - 1;
    switch (event->key()) {
    case Qt::Key_Down:
        select(std::min(last, m_selected + 1));
        return;
    case Qt::Key_Up:
        select(std::max(0, m_selected - 1));
        return;
    case Qt::Key_Home:
        select(0);
        return;
    case Qt::Key_End:
        select(last);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void Waterfall::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    if (m_selected < 0 && event->reason() != Qt::MouseFocusReason)
        select(0);
    viewport()->update();
}

void Waterfall::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void Waterfall::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        updateBars();
        viewport()->update();
    }
}

} // namespace ui::charts
