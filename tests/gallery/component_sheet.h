// ComponentSheet: every component and state at its real size, built from the same widgets as the pages; the answer to
// the mock-up 11-components. Thread: UI.
#pragma once

#include <QWidget>

class QHBoxLayout;

namespace ui::testing {

class ComponentSheet : public QWidget
{
    Q_OBJECT
public:
    explicit ComponentSheet(QWidget* parent = nullptr);

private:
    QWidget* statusPanel();
    QWidget* chipPanel();
    QWidget* buttonPanel();
    QWidget* tablePanel();
    QHBoxLayout* tiles();
    QHBoxLayout* statePanels();
    QWidget* seriesPanel();
    QWidget* surfacePanel();
    QWidget* typePanel();
};

} // namespace ui::testing
