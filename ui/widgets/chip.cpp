#include "widgets/chip.h"

#include "theme/paint.h"

namespace ui {
namespace {

constexpr int kChipSide = 6;

} // namespace

ChipLook ChipLook::ofStatus(Status status)
{
    return {statusToken(status), statusToken(status), statusTint(status), statusIsDashed(status)};
}

qreal chipWidth(const QString& words)
{
    return std::ceil(paint::textWidth(type().smallMedium, words)) + 2 * kChipSide + 1;
}

qreal paintChip(QPainter& painter, const QRectF& rect, const QString& words, const ChipLook& look)
{
    const int height = metrics().chip();
    const QRectF box(
        rect.left(), std::floor(rect.center().y() - height / 2.0 + 0.5), qMin(chipWidth(words), rect.width()), height);
    paint::box(painter, box, Metrics::radiusChip, look.fill == Token::Count ? QColor() : color(look.fill),
        color(look.line), look.dashed);
    paint::text(painter, box.adjusted(kChipSide, 0, -kChipSide + 1, 0), type().smallMedium, color(look.ink), words);
    return box.width();
}

Chip::Chip(const QString& words, const ChipLook& look, QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    set(words, look);
}

void Chip::set(const QString& words, const ChipLook& look)
{
    m_words = words;
    m_look = look;
    setAccessibleName(words);
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    return QSize(int(chipWidth(m_words)), metrics().chip());
}

void Chip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintChip(painter, rect(), m_words, m_look);
}

StatusLabel::StatusLabel(Status status, const QString& words, QWidget* parent) : QWidget(parent), m_status(status)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    set(status, words);
}

void StatusLabel::set(Status status, const QString& words)
{
    m_status = status;
    m_words = words;
    setAccessibleName(words.isEmpty() ? statusWord(status) : words);
    updateGeometry();
    update();
}

void StatusLabel::setShapeSize(int px)
{
    m_shape = px;
    updateGeometry();
}

void StatusLabel::setFontRole(QFont Type::*font)
{
    m_font = font;
    updateGeometry();
}

void StatusLabel::setInk(Token ink)
{
    m_ink = ink;
    update();
}

QSize StatusLabel::sizeHint() const
{
    const int words = int(std::ceil(paint::textWidth(type().*m_font, m_words)));
    return QSize(m_shape + (words > 0 ? 6 + words + 1 : 0), qMax(m_shape, metrics().px(16)));
}

void StatusLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintStatus(painter, QRectF(0, (height() - m_shape) / 2.0, m_shape, m_shape), m_status);
    const Token ink = m_ink != Token::Count ? m_ink : m_status == Status::Ok ? Token::Text1 : statusToken(m_status);
    paint::text(painter, QRectF(m_shape + 6, 0, width() - m_shape - 6, height()), type().*m_font, color(ink), m_words);
}

} // namespace ui
