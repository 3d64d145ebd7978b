#include "pages/common/plain_scroll.h"

#include <QCoreApplication>
#include <QEvent>

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

// While shrinking, QScrollArea judges by its old height and shows a bar that nothing needs; asked again, it takes it
// back.
void PlainScroll::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    QCoreApplication::postEvent(this, new QEvent(QEvent::LayoutRequest));
}

} // namespace ui
