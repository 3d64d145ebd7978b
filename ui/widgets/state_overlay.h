// StateOverlay: the states of a panel that is not simply live (design tokens, section 11): loading, zero, no data,
// cannot say, not collected, error, not permitted. Fills its parent's rectangle (below an optional header) while shown;
// the parent's own content stays under it, untouched. Loading appears only after 400 ms. Thread: UI. Rule kept here:
// "zero" is a value and looks like one; "no data" never looks like zero or like OK.
#pragma once

#include <QTimer>
#include <QWidget>

namespace ui {

class Button;

class StateOverlay : public QWidget
{
    Q_OBJECT
public:
    enum class State
    {
        None,
        Loading,
        Zero,
        NoData,
        CannotSay,
        NotCollected,
        Error,
        NotPermitted
    };

    explicit StateOverlay(QWidget* over, int topInset = 0);

    State state() const { return m_state; }
    void clear();
    void showLoading(const QString& progress = {}, bool cancellable = false);
    void show(State state, const QString& title, const QString& sentence, const QString& action = {});
    // Zero states show this icon of the set instead of the arrows.
    void setZeroIcon(const QString& icon) { m_zeroIcon = icon; }

Q_SIGNALS:
    void actionTriggered();
    void cancelled();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void place();

    QWidget* m_over;
    int m_topInset;
    State m_state = State::None;
    QString m_title;
    QString m_sentence;
    QString m_progress;
    QString m_zeroIcon;
    Button* m_action;
    QTimer m_delay;
};

} // namespace ui
