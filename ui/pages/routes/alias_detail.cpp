#include "pages/routes/alias_detail.h"

#include "models/format.h"
#include "pages/common/facts_view.h"
#include "theme/theme.h"
#include "widgets/plain_table.h"
#include "widgets/text_label.h"

#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace ui::routes {
namespace {

using namespace gateway::api;

QVector<models::Fact> factsOf(const AliasStatus& alias)
{
    QVector<models::Fact> facts;
    const auto add = [&facts](const char* label, const QString& value) {
        if (!value.isEmpty())
            facts.append({QString::fromLatin1(label), value, false});
    };
    add("Purpose", alias.purpose);
    add("Owner", alias.owner);
    add("Ceiling", alias.costCeiling ? models::dollarsAndCents(*alias.costCeiling) + QStringLiteral(" a call")
                                     : QStringLiteral("none"));
    QStringList budgets;
    for (const LatencyBudget& budget : alias.latencyBudgets)
        budgets.append(QStringLiteral("%1 %2").arg(budget.workloadClass, models::durationFromUs(budget.ms * 1000)));
    add("Latency", budgets.isEmpty() ? QStringLiteral("no budget") : budgets.join(QStringLiteral(", ")));
    add("Degrade", alias.degrade == QLatin1String("refuse") ? QStringLiteral("refuse rather than serve less")
                                                            : QStringLiteral("serve with less and say so"));
    return facts;
}

} // namespace

AliasDetail::AliasDetail(QWidget* parent)
    : Panel(QStringLiteral(" "), parent),
      m_facts(new FactsView(tr("Facts of the alias"), 60, 2)),
      m_candidates(new PlainTable(tr("Candidates"),
          {{tr("Candidate")}, {tr("Weight"), true, tr("Configured; a lever's weight beside it")},
              {tr("Configured"), true, tr("Its share of the draw by weight")},
              {tr("Actual, 1 h"), true, tr("Its provider's share of the alias's attempts in the last hour")}})),
      m_chain(new PlainTable(tr("Fallback chain"), {{tr("Step")}, {tr("Kind")}, {tr("Candidate")}}))
{
    setObjectHeader(true);
    auto* top = new QVBoxLayout;
    top->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    top->addWidget(m_facts);
    body()->addLayout(top);
    body()->addWidget(new Hairline);
    m_candidates->setWidths({{200, 1}, {96, 0}, {84, 0}, {84, 0}});
    m_chain->setWidths({{46, 0}, {110, 0}, {200, 1}});
    body()->addWidget(m_candidates, 0);
    body()->addWidget(new Hairline);
    body()->addWidget(m_chain, 1);
    setKeepsCorners(true);
}

void AliasDetail::setAlias(const AliasStatus& alias)
{
    setTitle(alias.name);
    setCaption(models::plural(alias.candidates.size(), tr("candidate"), tr("candidates")));
    m_facts->setFacts(factsOf(alias));
    double sum = 0;
    for (const RouteCandidate& route : alias.routes)
        sum += route.leverWeight.value_or(route.weight);
    m_candidates->clearRows();
    for (const RouteCandidate& route : alias.routes) {
        const int weight = route.leverWeight.value_or(route.weight);
        const QString words =
            route.leverWeight ? tr("%1, was %2").arg(weight).arg(route.weight) : QString::number(weight);
        const std::optional<double> share = sum > 0 ? std::optional(weight / sum) : std::nullopt;
        Cell actual = Cell::number(
            route.share ? models::percent(route.share) : tr("no calls"), route.share ? Token::Text1 : Token::Text3);
        // More than ten points from its weight, over an hour of calls, is worth a look: a drain, a breaker, a fallback.
        if (route.share && share && std::abs(*route.share - *share) > 0.1) {
            actual.ink = Token::Degraded;
            actual.strong = true;
        }
        m_candidates->addRow(
            {Cell::mono(route.candidate), Cell::number(words, route.leverWeight ? Token::Degraded : Token::Text1),
                Cell::number(models::percent(share)), actual});
    }
    m_candidates->setFixedHeight(m_candidates->heightForRows(std::clamp(m_candidates->rows(), 2, 5)));
    m_chain->clearRows();
    int number = 0;
    for (const RouteStep& step : alias.chain)
        m_chain->addRow({Cell::plain(QString::number(++number), Token::Text3), Cell::plain(step.kind),
            step.candidate.isEmpty() ? Cell::plain(models::notApplicable(), Token::Text3)
                                     : Cell::mono(step.candidate)});
    if (alias.chain.isEmpty())
        m_chain->addRow({Cell::plain(models::notApplicable(), Token::Text3), Cell::plain(tr("none"), Token::Text3),
            Cell::plain(tr("the other candidates, then the call fails"), Token::Text3)});
}

} // namespace ui::routes
