// What a replay of recorded calls under the draft came to: how many decide otherwise and how, what it would cost and
// how long callers would wait, with intervals; where a limit would not hold; what it rests on and what it cannot say.
// The calls themselves come in pages. Asks for the pages itself. Thread: UI.
#pragma once

#include "api/replay_client.h"

#include <QWidget>

#include <optional>

namespace ui {
class Button;
class FactsView;
class InputField;
class Panel;
class PlainTable;
class Segment;
class Session;
class StateOverlay;
class SummaryStrip;
class TextLabel;
} // namespace ui

namespace ui::config {

class ReplayView : public QWidget
{
    Q_OBJECT
public:
    explicit ReplayView(Session& session, QWidget* parent = nullptr);

    void setReport(const std::optional<gateway::api::ReplayReport>& report, bool isOld);
    void setDraft(const QString& draft, bool mayReplay);
    void showProblem(const QString& words);
    // As chosen: the period and the tenant; the draft is set.
    gateway::api::ReplayRequest request() const;
    bool isAsking() const { return m_asking > 0; }

    Button* startButton() const { return m_start; }
    Segment* period() const { return m_period; }
    PlainTable* effects() const { return m_effects; }
    PlainTable* changes() const { return m_changes; }
    FactsView* facts() const { return m_facts; }
    StateOverlay* overlay() const { return m_overlay; }
    QString coverageWords() const;

Q_SIGNALS:
    void startWanted();
    void cancelWanted();
    void callWanted(const QString& id);

private:
    void askChanges(bool more);
    void showChanges();
    void refreshOverlay();

    Session& m_session;
    gateway::api::ReplayClient m_client;
    std::optional<gateway::api::ReplayReport> m_report;
    QVector<gateway::api::ReplayChange> m_listed;
    QString m_next;
    qint64 m_total = 0;
    QString m_draft;
    QString m_asked; // the replay whose changes are shown
    bool m_may = false;
    bool m_isOld = false;
    int m_asking = 0;

    Panel* m_bar;
    Segment* m_period;
    InputField* m_tenant;
    Button* m_start;
    Button* m_cancel;
    TextLabel* m_progress;
    Panel* m_result;
    SummaryStrip* m_summary;
    TextLabel* m_sentence;
    PlainTable* m_effects;
    PlainTable* m_limits;
    FactsView* m_facts;
    Panel* m_callsPanel;
    PlainTable* m_changes;
    Button* m_more;
    QWidget* m_content;
    Panel* m_statePanel;
    StateOverlay* m_overlay;
};

} // namespace ui::config
