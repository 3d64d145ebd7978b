// What would be done with a request, without a call: a pasted body or an empty one, whose call it is, and the answer:
// the candidates with their reasons, the chain, and what would have won without each filter. Wishes out, values in.
// Thread: UI.
#pragma once

#include "api/route_explanation.h"
#include "widgets/panel.h"

class QPlainTextEdit;

namespace ui {
class Button;
class InputField;
class PlainTable;
class Segment;
class StatusLabel;
class TextLabel;
} // namespace ui

namespace ui::routes {

class ExplainPanel : public Panel
{
    Q_OBJECT
public:
    explicit ExplainPanel(QWidget* parent = nullptr);

    void setAlias(const QString& alias); // asked when the pasted request names none
    void showExplanation(const gateway::api::RouteExplanation& explanation);
    void showProblem(const QString& problem);
    // Instead of the button: why this cannot be asked here. Empty: it can.
    void setNotPermitted(const QString& why);

    QPlainTextEdit* request() const { return m_text; }
    InputField* tenant() const { return m_tenant; }
    InputField* zone() const { return m_zone; }
    Button* explainButton() const { return m_explain; }
    PlainTable* candidates() const { return m_candidates; }
    PlainTable* chain() const { return m_chain; }
    PlainTable* counterfactuals() const { return m_others; }
    QString verdict() const { return m_words; }

Q_SIGNALS:
    void wished(const gateway::api::RouteQuestion& question);

private:
    QWidget* makeQuestion();
    QWidget* makeAnswer();
    void wish();

    QString m_alias;
    QString m_words;
    QPlainTextEdit* m_text;
    InputField* m_tenant;
    InputField* m_zone;
    Segment* m_class;
    Button* m_explain;
    StatusLabel* m_verdict;
    TextLabel* m_sentence;
    PlainTable* m_candidates;
    PlainTable* m_chain;
    PlainTable* m_others;
};

} // namespace ui::routes
