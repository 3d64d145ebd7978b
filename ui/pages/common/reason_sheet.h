// The sheet before a change that needs a reason and no more than a few fields of its own: what it does in sentences,
// the fields, the reason, the same on the command line, and a button whose label says the effect. The caller sends the
// change and hands the answer over; the sheet shows why it was refused, or closes. While the data is too old, or the
// connection is locked, it says so and waits. Thread: UI; deletes itself when closed.
#pragma once

#include "api/result.h"
#include "widgets/button.h"
#include "widgets/sheet.h"

#include <QFuture>

class QGridLayout;

namespace ui {

class InputField;
class Session;
class TextLabel;

class ReasonSheet : public Sheet
{
    Q_OBJECT
public:
    struct Words
    {
        QString title;
        QString caption; // after the title
        QString effect;  // what it does: sentences
        QString primary; // the button: "Roll back to r217"
        QString command; // the same on the command line; without its --reason; empty: none
        QString undo;    // how it is taken back; may be empty
        Button::Kind kind = Button::Kind::Primary;
    };

    ReasonSheet(QWidget* window, Session& session, const Words& words);

    // Between the effect and the reason.
    void addField(const QString& label, QWidget* field);
    void addNote(const QString& sentence);
    void setReason(const QString& reason);
    void setCommand(const QString& command);
    QString reason() const;
    void begin();
    InputField* reasonField() const { return m_reason; }
    Button* applyButton() const { return m_apply; }
    QString problem() const;
    // Presses the button.
    void apply();

    // Hands over the answer: an error is shown, a value closes the sheet and goes to `done`.
    template <typename T, typename Done>
    void follow(QFuture<gateway::api::Result<T>> answer, Done done)
    {
        setBusy(true);
        answer.then(this, [this, done](const gateway::api::Result<T>& result) {
            setBusy(false);
            if (!result)
                return showProblem(result.error());
            dismiss();
            done(*result);
        });
    }
    void showProblem(const gateway::api::Error& error);

Q_SIGNALS:
    void wished(const QString& reason);

private:
    void setBusy(bool busy);
    void showBlocked();
    void refreshCommand();

    Session& m_session;
    QString m_template;
    QGridLayout* m_fields;
    InputField* m_reason;
    TextLabel* m_problem;
    TextLabel* m_command;
    Button* m_cancel;
    Button* m_apply;
    QString m_blocked;
    bool m_busy = false;
};

} // namespace ui
