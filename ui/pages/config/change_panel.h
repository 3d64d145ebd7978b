// What a draft changes: in numbers, by its effect (first) or by lines. Values in; asks nobody. Thread: UI.
#pragma once

#include "api/config_change.h"
#include "widgets/panel.h"

namespace ui {
class Segment;
class StateOverlay;
class SummaryStrip;
class TextEditor;
} // namespace ui

namespace ui::config {

class MeaningView;

class ChangePanel : public Panel
{
    Q_OBJECT
public:
    explicit ChangePanel(QWidget* parent = nullptr);

    void setReport(const gateway::api::DiffReport& report);
    void setTexts(const QString& before, const QString& after);
    // Instead of a difference; empty: there is one.
    void setWaiting(const QString& title, const QString& sentence);
    void setLoading();

    MeaningView* meaning() const { return m_meaning; }
    Segment* modes() const { return m_modes; }
    TextEditor* lines() const { return m_lines; }
    void showMode(int mode); // 0 by effect, 1 by lines

Q_SIGNALS:
    void lineWanted(int line);

private:
    void refreshLines();

    SummaryStrip* m_summary;
    Segment* m_modes;
    QWidget* m_scroll;
    MeaningView* m_meaning;
    TextEditor* m_lines;
    QWidget* m_content;
    StateOverlay* m_overlay;
    QString m_before;
    QString m_after;
};

} // namespace ui::config
