#include "widgets/summary_strip.h"

#include "theme/paint.h"
#include "widgets/sparkline.h"

#include <QPainter>
#include <QStringList>

#include <algorithm>

namespace ui {
namespace {

constexpr int kSparkWidth = 116;
constexpr int kSparkHeight = 56;

} // namespace

SummaryStrip::SummaryStrip(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SummaryStrip::setCells(const QVector<SummaryCell>& cells)
{
    const bool same = std::equal(
        cells.begin(), cells.end(), m_cells.begin(), m_cells.end(), [](const SummaryCell& a, const SummaryCell& b) {
            return a.value == b.value && a.caption == b.caption && a.ink == b.ink && a.unit == b.unit;
        });
    if (same)
        return;
    m_cells = cells;
    QStringList words;
    for (const SummaryCell& cell : cells)
        words.append(QStringLiteral("%1: %2 %3").arg(cell.caption, cell.value, cell.unit).trimmed());
    setAccessibleName(words.join(QStringLiteral(", ")));
    update();
}

QSize SummaryStrip::sizeHint() const
{
    return QSize(400, metrics().px(51));
}

void SummaryStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_cells.isEmpty())
        return;
    const qreal each = qreal(width()) / qreal(m_cells.size());
    for (qsizetype i = 0; i < m_cells.size(); ++i) {
        const SummaryCell& cell = m_cells.at(i);
        const qreal left = std::round(qreal(i) * each);
        if (i > 0)
            paint::vline(painter, left, 0, height() - 1, color(Token::Line));
        const QRectF inner(left + Metrics::panelPadding, 0, each - Metrics::panelPadding - 6, height());
        const qreal value = metrics().px(7);
        // A narrow cell takes the smaller strong type before it cuts a number.
        const bool fits = paint::textWidth(type().title, cell.value) <= inner.width();
        const qreal used = paint::text(painter, QRectF(inner.left(), value, inner.width(), metrics().px(22)),
            fits ? type().title : type().uiStrong, color(cell.ink), cell.value);
        if (!cell.unit.isEmpty())
            paint::text(painter, QRectF(inner.left() + used + 4, value + 1, inner.width() - used - 4, metrics().px(22)),
                type().ui, color(Token::Text2), cell.unit);
        paint::text(painter, QRectF(inner.left(), metrics().px(28), inner.width(), metrics().px(16)), type().small,
            color(Token::Text3), cell.caption);
    }
    paint::hline(painter, 0, width(), height() - 1, color(Token::Line));
}

StepsStrip::StepsStrip(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StepsStrip::setSteps(const QVector<Step>& steps)
{
    const bool same =
        std::equal(steps.begin(), steps.end(), m_steps.begin(), m_steps.end(), [](const Step& a, const Step& b) {
            return a.status == b.status && a.name == b.name && a.detail == b.detail && a.current == b.current &&
                   a.note == b.note;
        });
    if (same)
        return;
    m_steps = steps;
    QStringList words;
    for (const Step& step : steps)
        words.append(
            QStringLiteral("%1: %2, %3 %4").arg(step.name, statusWord(step.status), step.detail, step.note).trimmed());
    setAccessibleName(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

bool StepsStrip::hasNotes() const
{
    return std::any_of(m_steps.begin(), m_steps.end(), [](const Step& step) { return !step.note.isEmpty(); });
}

QSize StepsStrip::sizeHint() const
{
    return QSize(600, metrics().px(hasNotes() ? 69 : 52));
}

void StepsStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::box(painter, rect(), Metrics::radius, color(Token::Panel), color(Token::Line));
    if (m_steps.isEmpty())
        return;
    const qreal each = qreal(width()) / qreal(m_steps.size());
    for (qsizetype i = 0; i < m_steps.size(); ++i) {
        const Step& step = m_steps.at(i);
        const qreal left = std::round(qreal(i) * each);
        if (step.current) {
            painter.fillRect(QRectF(left + 1, 1, each - 1, height() - 2), color(statusTint(step.status)));
            painter.fillRect(QRectF(left + 1, 0, each - 1, 2), color(statusToken(step.status)));
        }
        if (i > 0)
            paint::vline(painter, left, 1, height() - 1, color(Token::Line));
        paintStatus(painter, QRectF(left + 13, metrics().px(17) - 9, 18, 18), step.status);
        const qreal text = left + 13 + 18 + 7;
        const qreal room = left + each - text - 8;
        paint::text(painter, QRectF(text, metrics().px(8), room, metrics().px(18)), type().bodyStrong,
            color(step.status == Status::NotReached ? Token::Text2 : Token::Text1), step.name);
        paint::text(painter, QRectF(text, metrics().px(26), room, metrics().px(16)), type().ui,
            color(step.status == Status::Down ? Token::Down
                  : hasNotes()                ? Token::Text2
                                              : Token::Text3),
            step.detail);
        if (!step.note.isEmpty())
            paint::text(painter, QRectF(text, metrics().px(43), room, metrics().px(16)), type().ui, color(Token::Text3),
                step.note);
    }
}

Tile::Tile(const QString& label, QWidget* parent) : QWidget(parent), m_label(label), m_sparkline(new Sparkline(this))
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    refreshName();
}

void Tile::refreshName()
{
    setAccessibleName(QStringLiteral("%1: %2 %3, %4, %5").arg(m_label, m_value, m_unit, m_norm, statusWord(m_status)));
    update();
}

void Tile::setValue(const QString& value, const QString& unit, const QString& norm)
{
    if (m_value == value && m_unit == unit && m_norm == norm)
        return;
    m_value = value;
    m_unit = unit;
    m_norm = norm;
    refreshName();
}

void Tile::setStatus(Status status)
{
    if (m_status == status)
        return;
    m_status = status;
    m_sparkline->setInk(status == Status::Ok ? Token::Text2 : statusToken(status));
    refreshName();
}

QSize Tile::sizeHint() const
{
    return QSize(240, metrics().px(80));
}

void Tile::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_sparkline->setGeometry(width() - kSparkWidth - 12, (height() - kSparkHeight) / 2, kSparkWidth, kSparkHeight);
    m_sparkline->setVisible(width() > kSparkWidth + metrics().px(130));
}

void Tile::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::box(painter, rect(), Metrics::radius, color(Token::Panel), color(Token::Line));
    const qreal left = Metrics::panelPadding + 1;
    const qreal room = width() - left - (m_sparkline->isVisible() ? kSparkWidth + 20 : 12);
    paintStatus(painter, QRectF(left, metrics().px(9), 14, 14), m_status);
    paint::text(painter, QRectF(left + 20, metrics().px(8), room - 20, metrics().px(16)), type().ui,
        color(Token::Text2), m_label);
    const QRectF value(left, metrics().px(25), room, metrics().px(28));
    const qreal used = paint::text(painter, value, type().value, color(Token::Text1), m_value);
    paint::text(painter, value.adjusted(used + 4, 4, 0, 4), type().ui, color(Token::Text2), m_unit);
    paint::text(
        painter, QRectF(left, metrics().px(56), room, metrics().px(16)), type().ui, color(Token::Text3), m_norm);
}

} // namespace ui
