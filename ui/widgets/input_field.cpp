#include "widgets/input_field.h"

#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/status_paint.h"
#include "theme/theme.h"

#include <QEvent>
#include <QPainter>

namespace ui {

InputField::InputField(const QString& name, QWidget* parent) : QLineEdit(parent)
{
    setAccessibleName(name);
    applyMargins();
}

void InputField::setIconName(const QString& icon)
{
    m_icon = icon;
    applyMargins();
}

void InputField::setError(const QString& message)
{
    m_error = message;
    setAccessibleDescription(message);
    setToolTip(message);
    applyMargins();
    update();
}

void InputField::setTrailing(const QString& words, bool isKeycap, bool withCheck)
{
    m_trailing = words;
    m_keycap = isKeycap;
    m_check = withCheck;
    applyMargins();
    update();
}

void InputField::setMono(bool mono)
{
    m_mono = mono;
    setFont(mono ? type().mono : type().ui);
}

qreal InputField::trailingWidth() const
{
    if (!m_error.isEmpty())
        return 14 + 4;
    if (m_trailing.isEmpty())
        return 0;
    if (m_keycap)
        return paint::keycap(nullptr, {}, m_trailing, {}, {});
    return paint::textWidth(type().ui, m_trailing) + (m_check ? 20 : 0) + 4;
}

void InputField::applyMargins()
{
    setTextMargins(m_icon.isEmpty() ? 2 : 24, 0, int(std::ceil(trailingWidth())) + 2, 0);
}

QSize InputField::sizeHint() const
{
    return QSize(QLineEdit::sizeHint().width(), metrics().control());
}

void InputField::paintEvent(QPaintEvent* event)
{
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    if (!m_error.isEmpty())
        paint::box(painter, rect(), Metrics::radius, QColor(), color(Token::Down));
    if (!m_icon.isEmpty())
        paintIcon(painter, QRectF(9, 0, Metrics::iconSmall, height()), m_icon, color(Token::Text2));
    const qreal right = width() - 8;
    if (!m_error.isEmpty()) {
        paintStatus(painter, QRectF(right - 14, (height() - 14) / 2.0, 14, 14), Status::Down);
    } else if (m_keycap && !m_trailing.isEmpty()) {
        const qreal cap = trailingWidth();
        paint::keycap(&painter, QPointF(right + 3 - cap, (height() - metrics().keycap()) / 2.0), m_trailing,
            color(Token::Text2), color(Token::LineStrong));
    } else if (!m_trailing.isEmpty()) {
        const qreal words = paint::textWidth(type().ui, m_trailing);
        paint::text(
            painter, QRectF(right - words - 1, 0, words + 2, height()), type().ui, color(Token::Text3), m_trailing);
        if (m_check)
            paintIcon(painter, QRectF(right - words - 20, 0, 14, height()), "check", color(Token::Ok));
    }
}

void InputField::changeEvent(QEvent* event)
{
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange)
        setMono(m_mono);
}

void InputField::resizeEvent(QResizeEvent* event)
{
    QLineEdit::resizeEvent(event);
    applyMargins();
}

FilterField::FilterField(const QString& name, QWidget* parent) : InputField(name, parent)
{
    setMono(true);
    setIconName(QStringLiteral("filter"));
}

} // namespace ui
