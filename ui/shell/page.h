// Page: what the frame needs to know of a page. Built on first show, kept afterwards. Only the active page may work: it
// starts its requests in activated() and stops them in deactivated(). Thread: UI. The frame owns its pages.
// The frame draws title, caption and the widgets a page gives for its header; the page draws the rest.
#pragma once

#include "session/time_range.h"

#include <QList>
#include <QWidget>

#include <functional>

namespace ui {

class Page : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;

    virtual QString title() const = 0;
    virtual QString caption() const { return {}; }
    // Right end of the page header, left to right. Created once, owned by the page until the frame takes them.
    virtual QList<QWidget*> headerWidgets() { return {}; }
    // Instead of the caption, directly after the title (a filter field); takes the free width.
    virtual QWidget* titleWidget() { return nullptr; }
    virtual void activated() {}
    virtual void deactivated() {}
    virtual void setTimeRange(const TimeRange& range) { Q_UNUSED(range) }
    // Live updates are held while paused; what arrives meanwhile is counted, not shown.
    virtual void setPaused(bool paused) { Q_UNUSED(paused) }
    // True when all that the page asked for has been answered; pictures wait for it.
    virtual bool isSettled() const { return true; }

Q_SIGNALS:
    void captionChanged();
    // Ask the frame to show another page, for example "traffic" with the argument "call=ID".
    void openRequested(const QString& page, const QString& argument);
    // A short message at the lower right; the second one carries a way back for ten seconds.
    void toastRequested(const QString& words);
    void undoOffered(const QString& words, const std::function<void()>& undo);

public:
    // How another page, the palette or the command line point into this one.
    virtual void open(const QString& argument) { Q_UNUSED(argument) }
};

} // namespace ui
