// A canary: both sides beside each other with n, its guards with what was measured against what is tolerated, how far
// it is, who did what to it; and the levers on it. Values in, wishes out. Thread: UI.
#pragma once

#include "api/canary.h"

#include <QWidget>

#include <optional>

namespace ui {
class Button;
class Chip;
class FactsView;
class Panel;
class PlainTable;
class StateOverlay;
class TextLabel;
} // namespace ui

namespace ui::config {

class StepBar;

class CanaryView : public QWidget
{
    Q_OBJECT
public:
    explicit CanaryView(QWidget* parent = nullptr);

    void setCanary(const std::optional<gateway::api::CanaryStatus>& canary, const QDateTime& now);
    // `canStart`: there is a draft that may get one.
    void setMay(bool may, bool canStart, const QString& draft);
    PlainTable* guards() const { return m_guards; }
    PlainTable* arms() const { return m_arms; }
    Button* abortButton() const { return m_abort; }
    Button* startButton() const { return m_start; }
    Chip* verdict() const { return m_verdict; }
    StateOverlay* overlay() const { return m_overlay; }

Q_SIGNALS:
    void startWanted();
    void actionWanted(gateway::api::CanaryAction action);

private:
    void refreshButtons();

    std::optional<gateway::api::CanaryStatus> m_canary;
    QString m_draft;
    bool m_may = false;
    bool m_canStart = false;

    Panel* m_guardPanel;
    Chip* m_verdict;
    TextLabel* m_sentence;
    PlainTable* m_guards;
    StepBar* m_steps;
    Panel* m_armPanel;
    PlainTable* m_arms;
    Panel* m_entryPanel;
    PlainTable* m_entries;
    FactsView* m_facts;
    Button* m_start;
    Button* m_pause;
    Button* m_resume;
    Button* m_advance;
    Button* m_abort;
    QWidget* m_content;
    Panel* m_statePanel;
    StateOverlay* m_overlay;
};

} // namespace ui::config
