// One call in full: waterfall, request summary, attempts, stream. What the record does not hold is said, not invented:
// the content of prompts and answers is not kept. Thread: UI.
#pragma once

#include "models/attempt_table_model.h"
#include "models/trace_spans.h"
#include "widgets/panel.h"

#include <functional>
#include <optional>

class QStackedWidget;

namespace ui {
class Button;
class FactsView;
class StatusLabel;
class TableView;
class TabStrip;
class TextLabel;
namespace charts {
class Waterfall;
}
} // namespace ui

namespace ui::traffic {

class TracePanel : public Panel
{
    Q_OBJECT
public:
    enum Tab
    {
        WaterfallTab,
        RequestTab,
        AttemptsTab,
        StreamTab
    };

    explicit TracePanel(QWidget* parent = nullptr);

    void setCall(const gateway::api::Call& call);
    void clear();
    const std::optional<gateway::api::Call>& call() const { return m_call; }
    void setSlotOf(std::function<int(const QString& provider)> slotOf);
    void setTab(int tab);
    charts::Waterfall* waterfall() const { return m_waterfall; }
    // Enter in the list lands here.
    void takeFocus();

Q_SIGNALS:
    void copyIdRequested();
    void copyCurlRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeWaterfallTab();
    QWidget* makeRequestTab();
    QWidget* makeAttemptsTab();
    QWidget* makeStreamTab();
    QWidget* makeAttemptStrip();
    QWidget* makeFooter();
    void showAttempt(int position);
    void layOut();

    std::optional<gateway::api::Call> m_call;
    models::TraceModel* m_trace;
    models::AttemptTableModel* m_attempts;
    TabStrip* m_tabs;
    QStackedWidget* m_stack;
    charts::Waterfall* m_waterfall = nullptr;
    StatusLabel* m_attemptTitle = nullptr;
    TextLabel* m_attemptSentence = nullptr;
    TextLabel* m_attemptFacts = nullptr;
    QWidget* m_attemptStrip = nullptr;
    FactsView* m_request = nullptr;
    FactsView* m_answer = nullptr;
    TableView* m_attemptTable = nullptr;
    TextLabel* m_streamSentence = nullptr;
    FactsView* m_stream = nullptr;
    Button* m_copyId;
    QWidget* m_footer;
};

} // namespace ui::traffic
