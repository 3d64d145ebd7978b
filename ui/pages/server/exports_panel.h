// ExportsPanel: what leaves the engine for other systems, one row each: whether it arrives, when it last did, what was
// sent and what was lost; and one test of the selected one. Shown when there is something to tell: an engine whose
// metrics nobody fetches and that has no exporter has no such panel. Values only. Thread: UI.
#pragma once

#include "api/export_status.h"
#include "widgets/panel.h"

#include <QVector>

namespace ui {

class Button;
class PlainTable;

class ExportsPanel : public Panel
{
    Q_OBJECT
public:
    explicit ExportsPanel(QWidget* parent = nullptr);

    void setExports(const QVector<gateway::api::ExportStatus>& list, const QDateTime& now);
    void setMayTest(bool may); // the button is not there for those who may not
    void showTesting(const QString& name);
    void showTest(const gateway::api::ExportTest& test);
    void showTestError(const QString& name, const QString& why);
    PlainTable* table() const { return m_table; }

Q_SIGNALS:
    void testWanted(const QString& name);

private:
    void refreshButton();
    QString selected() const;

    PlainTable* m_table;
    Button* m_test;
    QVector<gateway::api::ExportStatus> m_list;
    bool m_mayTest = false;
    bool m_testing = false;
};

} // namespace ui
