// Sheet: a question over the whole window: a scrim and a panel in the middle with title, content and a row of buttons.
// A child of the window, not a window of its own, so it moves, zooms and is pictured with it. Esc and the close button
// cancel; the keyboard stays inside; the focus goes back where it was. The safe button has the focus first. One that is
// closed deletes itself. Thread: UI.
#pragma once

#include <QPointer>
#include <QWidget>

class QHBoxLayout;
class QVBoxLayout;

namespace ui {

class Panel;

class Sheet : public QWidget
{
    Q_OBJECT
public:
    Sheet(QWidget* window, const QString& title, int width);

    Panel* panel() const { return m_panel; }
    QVBoxLayout* content() const; // above the buttons
    QHBoxLayout* foot() const { return m_foot; }
    // Shows it; `first` gets the focus.
    void open(QWidget* first);
    void dismiss();

Q_SIGNALS:
    void accepted(); // Ctrl+Enter; the buttons are the caller's
    void dismissed();

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void place();

    Panel* m_panel;
    QVBoxLayout* m_content;
    QHBoxLayout* m_foot;
    QPointer<QWidget> m_focusBefore;
    int m_width;
};

} // namespace ui
