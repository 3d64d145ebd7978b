// The Audit page: how the tamper-evident log stands and what its last verification found; below it what administration
// did, newest first, a hundred at a time, with the chosen entry in full: who, why, and each field before and after.
// It asks when it opens, when the filter changes and when it is asked to, not by itself: an auditor's reads are entries
// of this very log. A role that may not read the log still sees how it stands. Thread: UI; the frame owns it, the
// session outlives it.
#pragma once

#include "session/session.h"
#include "shell/page.h"

namespace ui {
class Button;
class FactsView;
class InputField;
class Panel;
class PlainTable;
class Segment;
class StateOverlay;
class TextLabel;
} // namespace ui

namespace ui::audit {

class ChainPanel;

class AuditPage : public Page
{
    Q_OBJECT
public:
    explicit AuditPage(Session& session, QWidget* parent = nullptr);

    QString title() const override { return tr("Audit"); }
    QString caption() const override;
    QList<QWidget*> headerWidgets() override;
    void activated() override;
    bool isSettled() const override { return m_asking == 0 && m_answered; }
    void open(const QString& argument) override; // "object=NAME", "who=PRINCIPAL"

    ChainPanel* chain() const { return m_chain; }
    PlainTable* entries() const { return m_entries; }
    PlainTable* changes() const { return m_changes; }
    FactsView* facts() const { return m_facts; }
    Segment* outcome() const { return m_outcome; }
    InputField* who() const { return m_who; }
    InputField* what() const { return m_what; }
    Button* verifyButton() const { return m_verify; }
    Button* olderButton() const { return m_older; }
    Button* newerButton() const { return m_newer; }
    StateOverlay* logOverlay() const { return m_logOverlay; }
    QString pageWords() const;
    void verify();

private:
    void ask();
    void askChain();
    void askEntries();
    void search(); // from the newest
    void take(const gateway::api::Result<gateway::api::AuditPage>& answer);
    void showEntry(int row);
    void showPermissions();
    gateway::api::AuditQuery query() const;

    Session& m_session;
    gateway::api::AuditPage m_page;
    QVector<qint64> m_cursors{0}; // of the pages up to this one
    QString m_object;             // that another page asked for
    qint64 m_chosen = 0;          // sequence
    int m_asking = 0;
    int m_question = 0; // an answer to an earlier one is too late
    bool m_answered = false;
    bool m_verifying = false;
    bool m_isKept = true; // a tamper-evident log, as far as is known

    Button* m_verify;
    Button* m_again;
    ChainPanel* m_chain;
    Segment* m_outcome;
    InputField* m_who;
    InputField* m_what;
    Panel* m_logPanel;
    PlainTable* m_entries;
    TextLabel* m_pageWords;
    Button* m_newer;
    Button* m_older;
    Panel* m_detail;
    FactsView* m_facts;
    TextLabel* m_changesTitle;
    PlainTable* m_changes;
    StateOverlay* m_logOverlay;
};

} // namespace ui::audit
