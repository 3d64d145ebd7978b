// Why a call went where it went, in words, and what it cost in money and time. Shows only what the record holds; a part
// without data says so in one line. Thread: UI.
#pragma once

#include "models/route_decision.h"
#include "widgets/panel.h"

namespace ui {
class FactsView;
class PlainScroll;
class TextLabel;
} // namespace ui

namespace ui::traffic {

class CandidateList;
class MoneyBars;
class TranslationView;

class WhyPanel : public Panel
{
    Q_OBJECT
public:
    explicit WhyPanel(QWidget* parent = nullptr);

    void setCall(const gateway::api::Call& call);
    void clear();

private:
    models::WhyModel* m_model;
    PlainScroll* m_scroll = nullptr;
    TextLabel* m_revision;
    TextLabel* m_sentence;
    TextLabel* m_failure;
    CandidateList* m_candidates;
    TextLabel* m_noDecision;
    QWidget* m_translationPart; // there for a call that lost something on its way
    TranslationView* m_translation;
    MoneyBars* m_money;
    TextLabel* m_costNote;
    FactsView* m_timing;
};

} // namespace ui::traffic
