// Every revision that was in force: who wrote it, who approved it, who put it in force and why, and until when; the
// difference of the chosen one against what runs; and the ways back. Asks for the difference itself. Thread: UI.
#pragma once

#include "api/config_client.h"

#include <QWidget>

namespace ui {
class Button;
class FactsView;
class Panel;
class PlainTable;
class Session;
class StateOverlay;
} // namespace ui

namespace ui::config {

class ChangePanel;

class HistoryView : public QWidget
{
    Q_OBJECT
public:
    explicit HistoryView(Session& session, QWidget* parent = nullptr);

    void setRevisions(const QVector<gateway::api::Revision>& revisions, int inForce, const QDateTime& now);
    void setMay(bool write, bool rollBack, bool review);
    bool isAsking() const { return m_asking > 0; }
    PlainTable* table() const { return m_table; }
    ChangePanel* change() const { return m_change; }
    Button* restoreButton() const { return m_restore; }
    Button* rollBackButton() const { return m_rollBack; }
    void choose(int revision);

Q_SIGNALS:
    void restoreWanted(int revision);  // as a draft
    void rollBackWanted(int revision); // at once
    void reviewWanted(int revision);

private:
    void show(int row);
    void refreshButtons();

    gateway::api::ConfigClient m_client;
    QVector<gateway::api::Revision> m_revisions;
    QDateTime m_now;
    int m_inForce = 0;
    int m_chosen = 0;
    int m_compared = 0;
    int m_asking = 0;
    bool m_mayWrite = false;
    bool m_mayRollBack = false;
    bool m_mayReview = false;
    bool m_filling = false;

    PlainTable* m_table;
    Panel* m_detail;
    FactsView* m_facts;
    Button* m_restore;
    Button* m_rollBack;
    Button* m_review;
    ChangePanel* m_change;
    Panel* m_list;
    StateOverlay* m_none;
};

} // namespace ui::config
