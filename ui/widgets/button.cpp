#include "widgets/button.h"

#include "theme/icons.h"
#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/focus_ring.h"

#include <QEnterEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>

namespace ui {
namespace {

constexpr int kSide = 10;
constexpr int kIconGap = 6;
constexpr int kKeyGap = 8;

} // namespace

Button::Button(const QString& text, Kind kind, const QString& icon, QWidget* parent)
    : QAbstractButton(parent), m_kind(kind), m_icon(icon)
{
    setText(text);
    setAccessibleName(text);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    FocusRing::wantedBy(this);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

Button* Button::iconOnly(const QString& icon, const QString& words, QWidget* parent)
{
    auto* button = new Button(QString(), Kind::Quiet, icon, parent);
    button->setAccessibleName(words);
    button->setToolTip(words);
    button->m_small = true;
    return button;
}

Button* Button::link(const QString& text, QWidget* parent)
{
    auto* button = new Button(text, Kind::Quiet, QString(), parent);
    button->m_link = true;
    button->m_small = true;
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

void Button::setKind(Kind kind)
{
    m_kind = kind;
    update();
}

void Button::setIconName(const QString& icon)
{
    m_icon = icon;
    updateGeometry();
    update();
}

void Button::setKeycap(const QString& key)
{
    m_key = key;
    updateGeometry();
}

void Button::setSmall(bool isSmall)
{
    m_small = isSmall;
    updateGeometry();
}

void Button::setLeftAligned(bool left)
{
    m_left = left;
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void Button::flash(const QString& words, int ms)
{
    m_flash = words;
    update();
    QTimer::singleShot(ms, this, [this] {
        m_flash.clear();
        update();
    });
}

int Button::contentWidth(const QString& words) const
{
    qreal width = paint::textWidth(type().uiMedium, words);
    if (!m_icon.isEmpty())
        width += Metrics::iconSmall + (words.isEmpty() ? 0 : kIconGap);
    if (!m_key.isEmpty())
        width += kKeyGap + paint::keycap(nullptr, {}, m_key, {}, {});
    return int(std::ceil(width));
}

QSize Button::sizeHint() const
{
    const int height = m_small ? metrics().controlSmall() : metrics().control();
    if (text().isEmpty())
        return QSize(height, height);
    const int side = m_link ? 4 : m_kind == Kind::Quiet ? 8 : kSide;
    return QSize(contentWidth(text()) + 2 * side + (m_key.isEmpty() ? 0 : -3), height);
}

void Button::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const bool hot = isEnabled() && (underMouse() || isDown());
    QColor fill;
    QColor line;
    QColor ink = color(Token::Text1);
    switch (m_kind) {
    case Kind::Primary:
        fill = color(hot ? Token::AccentHover : Token::AccentFill);
        ink = color(Token::OnAccent);
        break;
    case Kind::Secondary:
        fill = color(hot || isChecked() ? Token::Hover : Token::Raised);
        line = color(Token::LineStrong);
        break;
    case Kind::Quiet:
        if (m_link) {
            ink = color(Token::Accent);
        } else {
            fill = hot ? color(Token::Hover) : QColor();
            ink = color(hot || isChecked() ? Token::Text1 : Token::Text2);
        }
        break;
    case Kind::Danger:
        fill = hot ? color(Token::TintDown) : QColor();
        line = color(Token::Down);
        ink = color(Token::Down);
        break;
    }
    if (!isEnabled()) {
        fill = QColor();
        line = m_kind == Kind::Quiet ? QColor() : color(Token::Line);
        ink = color(Token::TextDisabled);
    } else if (theme().isHighContrast() && !m_link) {
        line = color(Token::LineStrong);
    }
    paint::box(painter, rect(), Metrics::radius, fill, line);

    const QString words = m_flash.isEmpty() ? text() : m_flash;
    const qreal key = m_key.isEmpty() ? 0 : paint::keycap(nullptr, {}, m_key, {}, {});
    qreal x = (width() - contentWidth(words)) / 2.0;
    if (m_left)
        x = kSide;
    if (!m_icon.isEmpty()) {
        paintIcon(painter, QRectF(x, 0, Metrics::iconSmall, height()),
            m_flash.isEmpty() ? m_icon : QStringLiteral("check"), ink);
        x += Metrics::iconSmall + (words.isEmpty() ? 0 : kIconGap);
    }
    const qreal room = width() - x - (m_key.isEmpty() ? (m_link ? 2 : 6) : key + kKeyGap);
    x += paint::text(painter, QRectF(x, 0, room, height()), type().uiMedium, ink, words);
    if (!m_key.isEmpty()) {
        const bool onAccent = m_kind == Kind::Primary && isEnabled();
        QColor keyLine = onAccent ? color(Token::OnAccent) : color(isEnabled() ? Token::LineStrong : Token::Line);
        if (onAccent)
            keyLine.setAlphaF(0.55F);
        const qreal at = m_left ? width() - key - 6 : x + kKeyGap;
        paint::keycap(&painter, QPointF(at, (height() - metrics().keycap()) / 2.0), m_key,
            onAccent ? ink : color(isEnabled() ? Token::Text2 : Token::TextDisabled), keyLine);
    }
}

void Button::keyPressEvent(QKeyEvent* event)
{
    // Enter presses the button that has the focus; Space does so already.
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void Button::enterEvent(QEnterEvent* event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void Button::leaveEvent(QEvent* event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace ui
