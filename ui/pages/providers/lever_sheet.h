// The sheet of one lever: what it would move, who has no legal target, its own choices (breaker, share, alias), a
// reason and an end; then it is applied. The preview is asked again with every choice. Thread: UI; deletes itself when
// closed.
#pragma once

#include "api/engine_status.h"
#include "api/lever.h"
#include "session/session.h"
#include "widgets/sheet.h"

namespace ui {
class Button;
class ChangeForm;
class FactsView;
class PlainTable;
class Segment;
class TextLabel;
} // namespace ui

namespace ui::providers {

class LeverSheet : public Sheet
{
    Q_OBJECT
public:
    LeverSheet(
        QWidget* window, Session& session, gateway::api::LeverKind kind, const gateway::api::ProviderStatus& provider);

    // Fills in what can be known: a reason from the state of the provider.
    void begin();
    gateway::api::LeverRequest request() const;
    ChangeForm* form() const { return m_form; }
    Button* applyButton() const { return m_apply; }
    bool isSettled() const { return m_asking == 0; }
    PlainTable* targets() const { return m_targets; }
    QString strandedWords() const;
    QString command() const; // the same on the command line

Q_SIGNALS:
    void applied(const gateway::api::LeverStatus& lever);

private:
    QWidget* makeChoices();
    QWidget* makePreview();
    QWidget* makeRecord();
    void ask();
    void showPreview(const gateway::api::LeverPreview& preview);
    void apply();
    void showBlocked();
    QString verb() const;

    Session& m_session;
    gateway::api::LeverKind m_kind;
    gateway::api::ProviderStatus m_provider;
    Segment* m_candidates = nullptr;
    Segment* m_states = nullptr;
    Segment* m_aliases = nullptr;
    Segment* m_percents = nullptr;
    FactsView* m_facts;
    PlainTable* m_targets;
    TextLabel* m_stranded;
    TextLabel* m_problem;
    TextLabel* m_command;
    ChangeForm* m_form;
    Button* m_cancel;
    Button* m_apply;
    QString m_blocked; // why nothing can be applied now
    int m_asking = 0;
    bool m_applying = false;
    quint64 m_question = 0;
};

} // namespace ui::providers
