#include "pages/traffic/why_panel.h"

#include "models/call_facts.h"
#include "models/format.h"
#include "pages/common/facts_view.h"
#include "pages/common/panel_section.h"
#include "pages/common/plain_scroll.h"
#include "pages/traffic/candidate_list.h"
#include "pages/traffic/money_bars.h"
#include "pages/traffic/translation_view.h"
#include "widgets/text_label.h"

#include <QVBoxLayout>

namespace ui::traffic {
namespace {

using namespace gateway::api;

// What the record says of the money: a cost that is known, one that is estimated, or none that anybody knows.
QString costNote(const Call& call)
{
    if (call.attempts.isEmpty() && !call.cost)
        return QStringLiteral("Nothing was sent to a provider, so nothing was billed.");
    if (!call.cost)
        return call.costEstimated
                   ? QStringLiteral("What it cost is not known; the estimate is what was reserved for it.")
                   : QStringLiteral("Unpriced: the price book has no price for the model that served it.");
    QStringList sentences;
    if (call.tokens.source == TokenSource::Estimated)
        sentences.append(QStringLiteral("The provider reported no tokens; the cost is estimated from what was sent and "
                                        "received."));
    if (call.costEstimated) {
        const std::optional<Money> back = call.costEstimated->minus(*call.cost);
        if (back && back->nano() >= 0)
            sentences.append(QStringLiteral("$%1 was reserved and given back.").arg(models::dollars(back)));
        else if (back)
            sentences.append(QStringLiteral("It cost $%1 more than was reserved.")
                                 .arg(models::dollars(Money::fromNano(-back->nano()))));
    }
    return sentences.join(QLatin1Char(' '));
}

} // namespace

WhyPanel::WhyPanel(QWidget* parent)
    : Panel(tr("Why"), parent),
      m_model(new models::WhyModel(this)),
      m_revision(new TextLabel({}, &Type::ui, Token::Text2)),
      m_sentence(new TextLabel({}, &Type::body)),
      m_failure(new TextLabel({}, &Type::ui, Token::Down)),
      m_candidates(new CandidateList(m_model)),
      m_noDecision(new TextLabel(tr("The record of this call holds no decision."), &Type::ui, Token::Text3)),
      m_translationPart(new QWidget),
      m_translation(new TranslationView),
      m_money(new MoneyBars),
      m_costNote(new TextLabel({}, &Type::ui, Token::Text3)),
      m_timing(new FactsView(tr("Timing"), 76, 2))
{
    addHeaderWidget(m_revision);
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);

    auto* top = new QVBoxLayout;
    top->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    top->setSpacing(8);
    m_sentence->setWrapped(true);
    m_failure->setWrapped(true);
    top->addWidget(m_sentence);
    top->addWidget(m_failure);
    top->addWidget(m_candidates);
    top->addWidget(m_noDecision);
    layout->addLayout(top);

    auto* translation = new QVBoxLayout(m_translationPart);
    translation->setContentsMargins(0, 0, 0, 0);
    translation->setSpacing(0);
    addPanelSection(translation, tr("Translation"), tr("what the provider's dialect could not be given"))
        ->addWidget(m_translation);
    layout->addWidget(m_translationPart);

    QVBoxLayout* cost = addPanelSection(layout, tr("Cost"), tr("the estimate is an upper bound"));
    m_costNote->setWrapped(true);
    cost->addWidget(m_money);
    cost->addWidget(m_costNote);

    QVBoxLayout* timing = addPanelSection(layout, tr("Timing"), tr("from the first byte of the request"));
    timing->addWidget(m_timing);
    layout->addStretch(1);

    m_scroll = new PlainScroll(content, tr("Why, cost and timing"));
    body()->setContentsMargins(0, 0, 0, 4);
    body()->addWidget(m_scroll, 1);
    body()->addStretch(0); // keeps the header at the top while nothing is chosen
    clear();
}

void WhyPanel::setCall(const Call& call)
{
    const models::RouteDecision decision = models::decisionOf(call);
    setTitle(models::decisionTitle(call));
    setCaption(call.attempts.size() > 1  ? tr("decided once, %1 attempts").arg(call.attempts.size())
               : call.attempts.isEmpty() ? tr("no provider was asked")
                                         : tr("decided once, one attempt"));
    m_revision->setText(
        decision.snapshotRevision > 0 ? QStringLiteral("r%1").arg(decision.snapshotRevision) : QString());
    m_sentence->setText(models::decisionSentence(call, decision));
    m_failure->setText(models::failureSentence(call));
    m_failure->setVisible(!m_failure->text().isEmpty());
    m_failure->setInk(call.outcome == CallOutcome::Failed ? Token::Down : Token::Degraded);
    m_model->setDecision(decision);
    m_candidates->setVisible(!decision.isEmpty());
    m_noDecision->setVisible(decision.isEmpty());
    const QVector<models::TranslatedAttempt> translated = models::translationOf(call);
    m_translation->setAttempts(translated);
    m_translationPart->setVisible(!translated.isEmpty());
    m_money->setAmounts(call.costEstimated, call.cost);
    m_money->setVisible(call.costEstimated || call.cost);
    m_costNote->setText(costNote(call));
    m_costNote->setVisible(!m_costNote->text().isEmpty());
    m_timing->setFacts(models::timingFacts(call));
    m_scroll->show();
}

void WhyPanel::clear()
{
    setTitle(tr("Why"));
    setCaption(tr("choose a call"));
    m_revision->setText({});
    m_scroll->hide();
}

} // namespace ui::traffic
