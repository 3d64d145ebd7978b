#include "widgets/toast.h"

#include "theme/paint.h"
#include "theme/theme.h"
#include "widgets/button.h"

#include <QAccessible>
#include <QEvent>
#include <QPainter>

namespace ui {

Toast::Toast(QWidget* window, int bottomInset)
    : QWidget(window), m_button(Button::link(QString(), this)), m_bottomInset(bottomInset)
{
    m_second.setInterval(1000);
    connect(&m_second, &QTimer::timeout, this, &Toast::tick);
    connect(m_button, &QAbstractButton::clicked, this, [this] {
        const auto undo = std::exchange(m_undo, nullptr);
        hide();
        m_second.stop();
        if (undo)
            undo();
    });
    window->installEventFilter(this);
    hide();
}

void Toast::say(const QString& words)
{
    m_undo = nullptr;
    open(words, 4);
}

void Toast::offerUndo(const QString& words, std::function<void()> undo, int seconds)
{
    m_undo = std::move(undo);
    open(words, seconds);
}

void Toast::open(const QString& words, int seconds)
{
    m_words = words;
    m_left = seconds;
    setAccessibleName(words);
    m_button->setVisible(bool(m_undo));
    tick();
    m_second.start();
    place();
    show();
    raise();
    QAccessibleEvent announcement(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&announcement);
}

void Toast::tick()
{
    if (isVisible() && (underMouse() || m_button->hasFocus()))
        return; // someone is reading it
    if (isVisible() && --m_left <= 0) {
        m_second.stop();
        m_undo = nullptr;
        hide();
        return;
    }
    m_button->setText(QStringLiteral("Undo %1 s").arg(m_left));
    m_button->setAccessibleName(m_button->text());
    place();
}

void Toast::place()
{
    const QWidget* window = parentWidget();
    const int width = qMax(metrics().px(320), int(paint::textWidth(type().ui, m_words)) + 32 + (m_undo ? 90 : 0));
    resize(qMin(width, window->width() - 24), metrics().px(44));
    move(window->width() - this->width() - 12, window->height() - m_bottomInset - 12 - height());
    m_button->resize(m_button->sizeHint());
    m_button->move(this->width() - m_button->width() - 10, (height() - m_button->height()) / 2);
}

bool Toast::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize)
        place();
    return QWidget::eventFilter(watched, event);
}

void Toast::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::box(painter, rect(), Metrics::radius, color(Token::Raised), color(Token::LineStrong));
    paint::text(
        painter, QRectF(14, 0, width() - 28 - (m_undo ? 90 : 0), height()), type().ui, color(Token::Text1), m_words);
}

} // namespace ui
