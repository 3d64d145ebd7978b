// One failure class of one provider: its name, its share over the shown time, its line. Thread: UI.
#pragma once

#include "api/series.h"

#include <QWidget>

namespace ui {
class TextLabel;
namespace charts {
class CrosshairBus;
class PlotWidget;
} // namespace charts
} // namespace ui

namespace ui::providers {

class FailureTile : public QWidget
{
    Q_OBJECT
public:
    FailureTile(gateway::api::FailureClass kind, charts::CrosshairBus* bus, QWidget* parent = nullptr);

    // `top`: percent the axis reaches, the same for all tiles so that they can be compared.
    void setSeries(const gateway::api::Series& series, double top);
    void setStale(bool stale);
    charts::PlotWidget* plot() const { return m_plot; }

private:
    gateway::api::FailureClass m_kind;
    TextLabel* m_name;
    TextLabel* m_share;
    charts::PlotWidget* m_plot;
};

} // namespace ui::providers
