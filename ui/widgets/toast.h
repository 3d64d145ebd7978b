// Toast: a short message at the lower right of the window, 12 px above the bottom bar, optionally with an undo that
// counts its seconds down. Never takes the focus; stays while the mouse is over it. One at a time: a newer one replaces
// it. Thread: UI.
#pragma once

#include <QTimer>
#include <QWidget>

#include <functional>

namespace ui {

class Button;

class Toast : public QWidget
{
    Q_OBJECT
public:
    explicit Toast(QWidget* window, int bottomInset);
    void say(const QString& words);
    void offerUndo(const QString& words, std::function<void()> undo, int seconds = 10);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void open(const QString& words, int seconds);
    void place();
    void tick();

    QString m_words;
    std::function<void()> m_undo;
    Button* m_button;
    QTimer m_second;
    int m_left = 0;
    int m_bottomInset;
};

} // namespace ui
