#include "widgets/sheet.h"

#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/panel.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

Sheet::Sheet(QWidget* window, const QString& title, int width)
    : QWidget(window),
      m_panel(new Panel(title, this)),
      m_content(new QVBoxLayout),
      m_foot(new QHBoxLayout),
      m_width(width)
{
    setAccessibleName(title);
    m_panel->setObjectHeader(true);
    m_panel->setAutoFillBackground(true);
    Button* close = Button::iconOnly(QStringLiteral("x"), tr("Close"));
    m_panel->addHeaderWidget(close);
    connect(close, &QAbstractButton::clicked, this, &Sheet::dismiss);
    m_content->setContentsMargins(0, 0, 0, 0);
    m_content->setSpacing(0);
    m_foot->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    m_foot->setSpacing(8);
    m_panel->body()->addLayout(m_content, 1);
    m_panel->body()->addWidget(new Hairline);
    m_panel->body()->addLayout(m_foot);
    m_panel->setKeepsCorners(true);
    window->installEventFilter(this);
    hide();
}

QVBoxLayout* Sheet::content() const
{
    return m_content;
}

void Sheet::open(QWidget* first)
{
    m_focusBefore = QApplication::focusWidget();
    place();
    show();
    raise();
    if (first)
        first->setFocus(Qt::OtherFocusReason);
}

void Sheet::dismiss()
{
    if (isHidden())
        return;
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    Q_EMIT dismissed();
    deleteLater();
}

void Sheet::place()
{
    const QSize room = parentWidget()->size();
    resize(room);
    const int wide = qMin(metrics().px(m_width), room.width() - 2 * Metrics::pagePadding);
    const int wanted = m_panel->hasHeightForWidth() ? m_panel->heightForWidth(wide) : m_panel->sizeHint().height();
    const int high = qMin(qMax(wanted, m_panel->minimumSizeHint().height()), room.height() - 2 * Metrics::pagePadding);
    m_panel->setGeometry((room.width() - wide) / 2, qMax(Metrics::pagePadding, (room.height() - high) / 3), wide, high);
}

bool Sheet::event(QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest)
        place();
    return QWidget::event(event);
}

bool Sheet::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize)
        place();
    return QWidget::eventFilter(watched, event);
}

bool Sheet::focusNextPrevChild(bool next)
{
    QWidget* at = QApplication::focusWidget();
    if (!at || !isAncestorOf(at))
        at = this;
    QWidget* to = at;
    do {
        to = next ? to->nextInFocusChain() : to->previousInFocusChain();
    } while (
        to != at && !(isAncestorOf(to) && to->isVisible() && to->isEnabled() && (to->focusPolicy() & Qt::TabFocus)));
    to->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
    return true;
}

void Sheet::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape)
        dismiss();
    else if (isEnter && event->modifiers().testFlag(Qt::ControlModifier))
        Q_EMIT accepted();
    event->accept(); // nothing of it reaches the page below
}

void Sheet::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Scrim));
}

} // namespace ui
