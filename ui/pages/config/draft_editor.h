// The text of a draft with what the engine finds in it: asked while one types, a moment after the last key; marks at
// the lines, the list below. Says when the text has settled, so that the difference can be asked for. Thread: UI.
#pragma once

#include "api/config_client.h"
#include "widgets/panel.h"

#include <QTimer>

#include <optional>

namespace ui {
class Chip;
class PlainTable;
class Session;
class StateOverlay;
class TextEditor;
class TextLabel;
} // namespace ui

namespace ui::config {

class DraftEditor : public Panel
{
    Q_OBJECT
public:
    static constexpr int kDebounceMs = 350;

    explicit DraftEditor(Session& session, QWidget* parent = nullptr);

    // As the engine holds it. A text that is edited here is kept, and a save of somebody else is said.
    void setDraft(const std::optional<gateway::api::Draft>& draft);
    void setMayWrite(bool may);
    QString text() const;
    int version() const { return m_draft ? m_draft->version : 0; } // that the text was made from
    bool isEdited() const { return m_edited; }
    bool isOvertaken() const { return m_overtaken; }
    bool isAsking() const { return m_asking > 0 || m_settle.isActive(); }
    void drop(); // what was typed; the saved text is back
    void goTo(int line);
    void setSaved(); // the text went to the engine
    const gateway::api::Findings& findings() const { return m_findings; }
    TextEditor* editor() const { return m_editor; }
    PlainTable* findingTable() const { return m_table; }

Q_SIGNALS:
    void editedChanged();
    void settled(const QString& text); // nobody typed for a moment

private:
    void check();
    void showFindings(const gateway::api::Findings& findings);
    void refreshTitle();

    gateway::api::ConfigClient m_client;
    TextEditor* m_editor;
    PlainTable* m_table;
    TextLabel* m_sentence;
    Chip* m_mark;
    StateOverlay* m_overlay;
    QWidget* m_content;
    QTimer m_settle;
    std::optional<gateway::api::Draft> m_draft;
    gateway::api::Findings m_findings;
    quint64 m_question = 0;
    int m_asking = 0;
    bool m_edited = false;
    bool m_overtaken = false;
    bool m_mayWrite = false;
    bool m_couldAsk = true;
};

} // namespace ui::config
