// How the running config and its file stand to each other, in one line, with the two ways to make them agree; and what
// waits for somebody: revisions put in force in an emergency that nobody looked at. Values in, wishes out. Thread: UI.
#pragma once

#include "api/config_change.h"
#include "widgets/panel.h"

namespace ui {
class Button;
class Chip;
class StatusLabel;
class TextLabel;
} // namespace ui

namespace ui::config {

class StandingBar : public Panel
{
    Q_OBJECT
public:
    explicit StandingBar(QWidget* parent = nullptr);

    void setStanding(const gateway::api::ConfigStanding& standing, const std::optional<gateway::api::Revision>& inForce,
        const QDateTime& now);
    void setMay(bool adopt, bool revert, bool review);
    QString words() const; // of the line, for tests and people
    Button* adoptButton() const { return m_adopt; }
    Button* revertButton() const { return m_revert; }
    Button* reviewButton() const { return m_review; }

Q_SIGNALS:
    void adoptWanted();
    void revertWanted();
    void reviewWanted(int revision);

private:
    void refreshButtons();

    StatusLabel* m_state;
    TextLabel* m_running;
    StatusLabel* m_file;
    TextLabel* m_sentence;
    Chip* m_overdue;
    Button* m_review;
    Button* m_adopt;
    Button* m_revert;
    gateway::api::ConfigStanding m_standing;
    bool m_mayAdopt = false;
    bool m_mayRevert = false;
    bool m_mayReview = false;
};

} // namespace ui::config
