#include "widgets/focus_ring.h"

#include <QApplication>
#include <QFocusEvent>
#include <QFocusFrame>

namespace ui {
namespace {

constexpr const char* kWanted = "signalbox.focusRing";

} // namespace

FocusRing::FocusRing(QWidget* window) : QObject(window), m_window(window), m_frame(new QFocusFrame(window))
{
    qApp->installEventFilter(this);
}

void FocusRing::wantedBy(QWidget* widget)
{
    widget->setProperty(kWanted, true);
}

void FocusRing::pin(QWidget* widget)
{
    m_frame->setWidget(widget);
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::FocusIn && event->type() != QEvent::FocusOut)
        return false;
    auto* widget = qobject_cast<QWidget*>(watched);
    if (!widget || widget->window() != m_window || !widget->property(kWanted).toBool())
        return false;
    const Qt::FocusReason reason = static_cast<QFocusEvent*>(event)->reason();
    const bool byKeyboard =
        reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
    if (event->type() == QEvent::FocusIn)
        m_frame->setWidget(byKeyboard ? widget : nullptr);
    else if (m_frame->widget() == widget)
        m_frame->setWidget(nullptr);
    return false;
}

} // namespace ui
