// The Config page: how the running config and its file stand, the way of the chosen draft into force, and four views of
// it: its text beside what it changes, the replay, the canary, and the history of revisions. Ctrl+S saves the draft.
// What the role may not do is not there. Thread: UI; the frame owns it, the session outlives it.
#pragma once

#include "session/session.h"
#include "shell/page.h"

#include <QTimer>

namespace ui {
class Button;
class Panel;
class Segment;
class StateOverlay;
class StepsStrip;
class TextLabel;
} // namespace ui

namespace ui::config {

class CanaryView;
class ChangePanel;
class ConfigActions;
class ConfigData;
class DraftEditor;
class DraftPanel;
class HistoryView;
class ReplayView;
class StandingBar;

class ConfigPage : public Page
{
    Q_OBJECT
public:
    enum View
    {
        ChangeView,
        ReplayPart,
        CanaryPart,
        HistoryPart
    };

    explicit ConfigPage(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Config"); }
    QString caption() const override;
    QList<QWidget*> headerWidgets() override;
    void activated() override;
    void deactivated() override;
    void setPaused(bool paused) override;
    bool isSettled() const override;
    // "draft=ID", "revision=N", "view=change|replay|canary|history"
    void open(const QString& argument) override;

    void setView(View view);
    View view() const { return m_view; }
    ConfigData* data() const { return m_data; }
    ConfigActions* actions() const { return m_actions; }
    StandingBar* standing() const { return m_standing; }
    StepsStrip* stages() const { return m_stages; }
    DraftPanel* drafts() const { return m_drafts; }
    DraftEditor* editor() const { return m_editor; }
    ChangePanel* change() const { return m_change; }
    ReplayView* replay() const { return m_replay; }
    CanaryView* canary() const { return m_canary; }
    HistoryView* history() const { return m_history; }
    StateOverlay* overlay() const { return m_overlay; }
    Button* saveButton() const { return m_save; }
    Button* promoteButton() const { return m_promote; }
    Button* reviewButton() const { return m_review; }
    Button* rollBackButton() const { return m_rollBack; }

private:
    void build();
    void wire();
    void refresh(); // soon, once for several answers
    void showAll();
    void showDraft();
    void showButtons();
    void showFailure(const gateway::api::Error& error);
    void askDifference(const QString& text);
    void startReplay();
    void askForReview();
    void save();

    Session& m_session;
    ConfigData* m_data;
    ConfigActions* m_actions;
    View m_view = ChangeView;
    QTimer m_poll;
    QTimer m_soon;
    int m_tick = 0;
    int m_asking = 0;
    quint64 m_question = 0;
    bool m_active = false;
    bool m_paused = false;
    bool m_isTyped = false; // the difference shown is of a text that is not saved

    Segment* m_views;
    Button* m_rollBack;
    StandingBar* m_standing;
    StepsStrip* m_stages;
    TextLabel* m_about;
    QWidget* m_row;
    Button* m_save;
    Button* m_drop;
    Button* m_merge;
    Button* m_ask;
    Button* m_review;
    Button* m_abandon;
    Button* m_emergency;
    Button* m_promote;
    DraftPanel* m_drafts;
    DraftEditor* m_editor;
    ChangePanel* m_change;
    QWidget* m_changeView;
    ReplayView* m_replay;
    CanaryView* m_canary;
    HistoryView* m_history;
    QWidget* m_content;
    Panel* m_statePanel;
    StateOverlay* m_overlay;
};

} // namespace ui::config
