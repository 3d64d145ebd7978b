// The tamper-evident log in one panel: the verdict of its last verification in words and shape, what was looked at, the
// last signed head and its age, the anchor, and what was found, if anything. It shows what it is given and asks
// nothing. Without a verification it says so: a log nobody looked through is no pass. Thread: UI.
#pragma once

#include "api/chain.h"
#include "widgets/panel.h"

namespace ui {
class FactsView;
class PlainTable;
class StateOverlay;
class StatusLabel;
class SummaryStrip;
class TextLabel;
} // namespace ui

namespace ui::audit {

class ChainPanel : public Panel
{
    Q_OBJECT
public:
    explicit ChainPanel(QWidget* parent = nullptr);

    // `now`: of the session's clock, for ages.
    void setStanding(const gateway::api::Result<gateway::api::ChainStanding>& standing, const QDateTime& now);
    // Between the question and its answer.
    void showVerifying();

    StatusLabel* verdict() const { return m_verdict; }
    QString verdictWords() const { return m_words; }
    TextLabel* sentence() const { return m_sentence; }
    FactsView* facts() const { return m_facts; }
    PlainTable* findings() const { return m_findings; }
    StateOverlay* overlay() const { return m_overlay; }

private:
    void setVerdict(Status status, const QString& word);
    void showFindings(const gateway::api::ChainVerification& verification);

    SummaryStrip* m_strip;
    StatusLabel* m_verdict;
    TextLabel* m_sentence;
    FactsView* m_facts;
    QWidget* m_found;
    TextLabel* m_foundWords;
    PlainTable* m_findings;
    StateOverlay* m_overlay;
    QString m_words;
};

} // namespace ui::audit
