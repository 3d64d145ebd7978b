#include "pages/common/plain_scroll.h"

#include <QCoreApplication>
#include <QEvent>
#include <QLayout>

namespace ui {

PlainScroll::PlainScroll(QWidget* content, const QString& name, QWidget* parent) : QScrollArea(parent)
{
    setWidget(content);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setAccessibleName(name);
    // The panel paints the ground; a filled viewport would cover its round corners.
    viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
}

// Text wraps to more lines beside a bar than without one, so a bar can be the only reason for itself. Asked is whether
// the content fits without.
void PlainScroll::decideOnBar()
{
    const QSize room = maximumViewportSize();
    QLayout* layout = widget() ? widget()->layout() : nullptr;
    const bool fits = layout && layout->totalHeightForWidth(room.width()) <= room.height();
    setVerticalScrollBarPolicy(fits ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
}

bool PlainScroll::event(QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest)
        decideOnBar();
    return QScrollArea::event(event);
}

void PlainScroll::resizeEvent(QResizeEvent* event)
{
    decideOnBar();
    QScrollArea::resizeEvent(event);
    // Judged by the old height while shrinking; the layout is settled at the next turn.
    QCoreApplication::postEvent(this, new QEvent(QEvent::LayoutRequest));
}

} // namespace ui
