// FocusRing: the ring around the control that has the keyboard's focus. One a window; it follows the focus by itself
// and shows only when the focus came by keyboard (the mouse shows its place by itself). Fields and tables draw their
// own. Thread: UI.
#pragma once

#include <QObject>

class QFocusFrame;
class QWidget;

namespace ui {

class FocusRing : public QObject
{
    Q_OBJECT
public:
    explicit FocusRing(QWidget* window);
    // Shows the ring around `widget` whatever the focus (pictures); nullptr takes it away.
    void pin(QWidget* widget);
    // A control that wants the ring says so once.
    static void wantedBy(QWidget* widget);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* m_window;
    QFocusFrame* m_frame;
};

} // namespace ui
