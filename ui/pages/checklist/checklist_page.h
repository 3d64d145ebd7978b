// The Checklist page: the twenty items, each as this engine measured it a moment ago, with its evidence; the chosen one
// in full below, with a way to the page that shows it. Asks once a minute while it is the active page: nothing on it
// changes faster. Thread: UI; the frame owns it, the session outlives it.
#pragma once

#include "session/session.h"
#include "shell/page.h"

#include <QTimer>

namespace ui {
class Button;
class Panel;
class PlainTable;
class StateOverlay;
class SummaryStrip;
class TextLabel;
} // namespace ui

namespace ui::checklist {

class ChecklistPage : public Page
{
    Q_OBJECT
public:
    explicit ChecklistPage(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Checklist"); }
    QString caption() const override;
    void activated() override;
    void deactivated() override;
    void setPaused(bool paused) override;
    bool isSettled() const override { return !m_asking && m_answered; }
    void open(const QString& argument) override; // "item=ID"

    PlainTable* table() const { return m_table; }
    TextLabel* evidence() const { return m_evidence; }
    Button* link() const { return m_link; }
    StateOverlay* overlay() const { return m_overlay; }

private:
    void ask();
    void take(const gateway::api::Result<QVector<gateway::api::ChecklistItem>>& answer);
    void showItem(int row);

    Session& m_session;
    QVector<gateway::api::ChecklistItem> m_items;
    QString m_chosen; // id
    bool m_asking = false;
    bool m_answered = false;
    bool m_active = false;
    bool m_paused = false;
    QTimer m_refresh;

    SummaryStrip* m_summary;
    PlainTable* m_table;
    Panel* m_detail;
    TextLabel* m_evidence;
    Button* m_link;
    QWidget* m_content;
    Panel* m_statePanel; // instead of the content while there is none
    StateOverlay* m_overlay;
};

} // namespace ui::checklist
