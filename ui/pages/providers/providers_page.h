// The Providers page: every provider and region, worst first, each against its own range, and one of them in full. Asks
// every five seconds while it is the active page. Thread: UI; the frame owns it, the session outlives it.
#pragma once

#include "api/lever.h"
#include "models/provider_table_model.h"
#include "session/session.h"
#include "shell/page.h"

#include <QTimer>

class QSplitter;

namespace ui {
class Panel;
class StateOverlay;
class TableView;
class StatusLabel;
} // namespace ui

namespace ui::providers {

class LeverList;
class LeverSheet;
class ProviderDetail;

class ProvidersPage : public Page
{
    Q_OBJECT
public:
    explicit ProvidersPage(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Providers"); }
    QString caption() const override;
    void activated() override;
    void deactivated() override;
    void setTimeRange(const TimeRange& range) override;
    void setPaused(bool paused) override;
    bool isSettled() const override { return m_asking == 0 && m_answered; }
    // "provider=NAME" chooses a provider.
    void open(const QString& argument) override;

    models::ProviderTableModel* model() const { return m_model; }
    TableView* table() const { return m_table; }
    ProviderDetail* detail() const { return m_detail; }
    LeverList* levers() const { return m_levers; }
    // The sheet of a lever of this kind for the chosen provider; nullptr: nothing is chosen.
    LeverSheet* openLever(gateway::api::LeverKind kind);
    void showDrill(const QString& id);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void ask();
    void askHours();
    // Levers and probes: providers_page_levers.cpp.
    void connectLevers();
    void askLevers();
    void takeLever(const gateway::api::LeverStatus& lever);
    void endLever(const QString& id, const QString& reason);
    void resume();
    void probe();
    void askDetail();
    void takeProviders(const gateway::api::Result<QVector<gateway::api::ProviderStatus>>& answer);
    void choose(int row);
    void restoreRow();
    void layOut();
    void showFreshness();

    Session& m_session;
    models::ProviderTableModel* m_model;
    models::ProviderSlots m_slots;
    TimeRange m_range;
    QString m_key; // of the chosen row
    QDateTime m_hoursAt;
    QDateTime m_seriesAsOf;
    int m_asking = 0;
    quint64 m_detailQuestion = 0;
    bool m_answered = false;
    bool m_active = false;
    bool m_paused = false;
    QTimer m_refresh;

    Panel* m_listPanel;
    TableView* m_table;
    LeverList* m_levers;
    StateOverlay* m_overlay;
    ProviderDetail* m_detail;
    QSplitter* m_splitter;
};

} // namespace ui::providers
