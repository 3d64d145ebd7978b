// The drafts and what is known of the chosen one: who wrote it, why, who looked at it. Values in, the choice out.
// Thread: UI.
#pragma once

#include "api/config_change.h"
#include "widgets/panel.h"

#include <optional>

namespace ui {
class Button;
class FactsView;
class PlainTable;
class StateOverlay;
} // namespace ui

namespace ui::config {

class DraftPanel : public QWidget
{
    Q_OBJECT
public:
    explicit DraftPanel(QWidget* parent = nullptr);

    void setDrafts(const QVector<gateway::api::Draft>& drafts, const QString& chosen, const QDateTime& now);
    void setDraft(const std::optional<gateway::api::Draft>& draft, const QDateTime& now);
    void setMayWrite(bool may);
    PlainTable* table() const { return m_table; }
    FactsView* facts() const { return m_facts; }
    Button* newButton() const { return m_new; }

Q_SIGNALS:
    void chosen(const QString& draft);
    void newWanted();

private:
    QVector<gateway::api::Draft> m_drafts;
    Panel* m_list;
    PlainTable* m_table;
    Button* m_new;
    StateOverlay* m_none;
    Panel* m_about;
    FactsView* m_facts;
    bool m_filling = false;
};

// "draft validated reviewed canary promoted rolled_back abandoned" as shape and word.
Status statusOfState(const QString& state);
QString wordOfState(const QString& state);

} // namespace ui::config
