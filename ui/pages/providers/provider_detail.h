// One provider in full: its state in a sentence, first token as a band or table, failures by class as small multiples
// under one crosshair, and the facts of its configuration. Values in; asks nobody. Thread: UI.
#pragma once

#include "charts/crosshair_bus.h"
#include "models/provider_table_model.h"
#include "session/session.h"
#include "widgets/panel.h"

#include <array>

namespace ui {
class Chip;
class FactsView;
class Segment;
class TextLabel;
namespace charts {
class PlotWidget;
}
} // namespace ui

namespace ui::providers {

class FailureTile;
class ProviderActions;
struct ProviderMay;

class ProviderDetail : public Panel
{
    Q_OBJECT
public:
    explicit ProviderDetail(const ProviderMay& may, QWidget* parent = nullptr);

    void setProvider(const models::ProviderRow& row, const QDateTime& now);
    void setSeries(const gateway::api::Series& series);
    void setFreshness(Freshness freshness, const QDateTime& asOf);
    void clearSeries();
    charts::PlotWidget* firstToken() const { return m_band; }
    charts::CrosshairBus* bus() const { return m_bus; }
    ProviderActions* actions() const { return m_actions; }

private:
    QWidget* makeCharts();
    QWidget* makeFacts();
    void setModels(const QStringList& names);
    void applyLook();

    charts::CrosshairBus* m_bus;
    models::ProviderRow m_row;
    gateway::api::Series m_series;
    int m_seriesSlot = -1; // whose colours the plots have
    QVector<Chip*> m_chips;
    TextLabel* m_aliases;
    TextLabel* m_sentence = nullptr;
    TextLabel* m_bandCaption = nullptr;
    Segment* m_scale = nullptr;
    Segment* m_view = nullptr;
    charts::PlotWidget* m_band = nullptr;
    std::array<FailureTile*, 5> m_failures{};
    ProviderActions* m_actions;
    FactsView* m_now = nullptr;
    FactsView* m_facts = nullptr;
};

} // namespace ui::providers
