// What can be given to whom: the capability matrix of the chosen alias, for callers of one surface. Values in; asks for
// nothing itself. Thread: UI.
#pragma once

#include "api/capability.h"
#include "widgets/panel.h"

namespace ui {
class Segment;
class StateOverlay;
class TableView;
class TextLabel;
namespace models {
class CapabilityTableModel;
}
} // namespace ui

namespace ui::routes {

class MatrixPanel : public Panel
{
    Q_OBJECT
public:
    explicit MatrixPanel(QWidget* parent = nullptr);

    void setAlias(const QString& alias);
    void setCapabilities(const QVector<gateway::api::CandidateCapabilities>& all);
    void showLoading();                       // unless there is something to show
    void showProblem(const QString& problem); // the same: what was read before stays

    models::CapabilityTableModel* model() const { return m_model; }
    TableView* table() const { return m_table; }
    Segment* surface() const { return m_surface; }
    StateOverlay* overlay() const { return m_overlay; }
    void chooseSurface(int index);

Q_SIGNALS:
    void askedAgain();

private:
    void refresh();

    models::CapabilityTableModel* m_model;
    Segment* m_surface;
    TableView* m_table;
    TextLabel* m_legend;
    QWidget* m_content;
    StateOverlay* m_overlay;
    QString m_alias;
    bool m_known = false; // capabilities were read at least once
};

} // namespace ui::routes
