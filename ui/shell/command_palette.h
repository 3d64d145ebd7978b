// CommandPalette: Ctrl+K. One field that finds pages and actions by words; Enter runs, Up and Down move, Esc gives the
// focus back. A child frame of the window, not a popup: it opens in 4 ms and keeps the window active. Thread: UI.
#pragma once

#include <QFrame>
#include <QPointer>
#include <QVector>

#include <functional>

class QListWidget;

namespace ui {

class InputField;

struct Command
{
    QString words;    // "Open Providers"
    QString hint;     // "page", "theme"
    QString shortcut; // as shown, "Ctrl+2"
    std::function<void()> run;
};

class CommandPalette : public QFrame
{
    Q_OBJECT
public:
    explicit CommandPalette(QWidget* window);
    void open(QVector<Command> commands);
    void dismiss();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refill();
    void runCurrent();
    void place();

    InputField* m_field;
    QListWidget* m_list;
    QVector<Command> m_commands;
    QPointer<QWidget> m_focusBefore;
};

} // namespace ui
