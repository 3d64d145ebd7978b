// ListeningPanel: what the server waits for, and the way to send it one real request. A wrong answer shows here with
// what was received and the fix. Thread: UI.
#pragma once

#include "pages/server/test_verdict.h"
#include "widgets/panel.h"

namespace ui {

class Button;
class TextLabel;

class ListeningPanel : public Panel
{
    Q_OBJECT
public:
    explicit ListeningPanel(QWidget* parent = nullptr);
    void showListening(bool hasCalls);
    void showSending(const QString& alias);
    void showVerdict(const TestVerdict& verdict);
    // Nothing to send to or with: the sentence says what is missing.
    void showBlocked(const QString& sentence);
    // A verdict stays until the next request or until the gateway is gone.
    bool hasVerdict() const { return m_face == Face::Good || m_face == Face::Wrong; }

Q_SIGNALS:
    void testWanted();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    enum class Face
    {
        Listening,
        Good,
        Wrong,
        Blocked
    };
    void set(Face face, const QString& title, const QString& sentence, bool canSend);

    Face m_face = Face::Listening;
    TextLabel* m_title;
    TextLabel* m_sentence;
    Button* m_send;
};

} // namespace ui
