// The Traffic page: filter, histogram of the range, live list of calls, the trace of the chosen one and why it went
// there. Works only while it is the active page. Live rows come from the session's events; after a hole, or after a
// time in the background, the model fills up from the record. Thread: UI; the frame owns it, the session outlives it.
#pragma once

#include "charts/plot_data.h"
#include "models/call_table_model.h"
#include "models/provider_table_model.h"
#include "session/session.h"
#include "shell/page.h"

#include <QTimer>

class QSplitter;

namespace ui {
class Button;
class FilterField;
class Legend;
class Panel;
class StateOverlay;
class TableView;
class TextLabel;
namespace charts {
class HistogramBrush;
}
} // namespace ui

namespace ui::traffic {

class TracePanel;
class WhyPanel;

class TrafficPage : public Page
{
    Q_OBJECT
public:
    explicit TrafficPage(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Traffic"); }
    QList<QWidget*> headerWidgets() override;
    QWidget* titleWidget() override;
    void activated() override;
    void deactivated() override;
    void setTimeRange(const TimeRange& range) override;
    void setPaused(bool paused) override;
    bool isSettled() const override;
    // "call=ID" opens the trace of a call, "filter=TEXT" sets the filter.
    void open(const QString& argument) override;

    models::CallTableModel* model() const { return m_model; }
    TableView* table() const { return m_table; }
    TracePanel* trace() const { return m_trace; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildHeader();
    void buildBody();
    void connectModel();
    void layOutColumns();
    void layOutRows();
    void applyFilterText(const QString& text, bool now);
    void applyFilter();
    void colourFilter();
    void showVerdict();
    void askTotals();
    void askHistogram();
    void askCallsOverTime(const gateway::api::SeriesQuery& over);
    void askProviders();
    void showState();
    void showFollowing();
    void updateFollowing();
    void follow();
    void keepChoice();
    void showLower(bool shown);
    void chooseRow(int row);
    void showCall(const gateway::api::Call& call);
    void step(int by);
    bool handleKey(int key);
    void copyId();
    void copyCurl();

    Session& m_session;
    models::CallTableModel* m_model;
    models::ProviderSlots m_slots;
    models::CallFilter m_filter;
    TimeRange m_range;
    qint64 m_everything = -1; // calls in the record, whatever the filter
    int m_asking = 0;         // questions of the page itself under way
    bool m_active = false;
    bool m_everActive = false;
    bool m_paused = false; // by the frame or by Space
    bool m_held = false;   // by a chosen row
    bool m_choosing = false;
    QTimer m_filterDelay;
    QTimer m_refresh;

    FilterField* m_field = nullptr;
    Legend* m_legend = nullptr;
    Button* m_new = nullptr;
    TextLabel* m_problem = nullptr;
    charts::HistogramBrush* m_histogram = nullptr;
    QSplitter* m_splitter = nullptr;
    QWidget* m_lower = nullptr;
    bool m_splitByHand = false;
    Panel* m_listPanel = nullptr;
    TableView* m_table = nullptr;
    StateOverlay* m_overlay = nullptr;
    TracePanel* m_trace = nullptr;
    WhyPanel* m_why = nullptr;
};

} // namespace ui::traffic
