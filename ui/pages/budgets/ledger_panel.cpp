#include "pages/budgets/ledger_panel.h"

#include "models/format.h"
#include "pages/common/facts_view.h"
#include "theme/theme.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QVBoxLayout>

namespace ui::budgets {
namespace {

using namespace gateway::api;

std::optional<double> shareOf(Money part, Money other)
{
    const double whole = double(part.nano()) + double(other.nano());
    return whole > 0 ? std::optional(double(part.nano()) / whole) : std::nullopt;
}

// Reserved and given back, over all aliases.
Money unusedOf(const LedgerReport& report)
{
    std::int64_t nano = 0;
    for (const ReservationAccuracy& row : report.reservations)
        nano += std::max<std::int64_t>(0, row.reserved.nano() - row.actual.nano());
    return Money::fromNano(nano);
}

} // namespace

LedgerPanel::LedgerPanel(QWidget* parent)
    : Panel(tr("What the upper bound costs"), parent),
      m_strip(new SummaryStrip),
      m_table(new PlainTable(tr("Reserved and actual per alias"),
          {{tr("Alias")}, {tr("Attempts"), true}, {tr("Reserved"), true}, {tr("Actual"), true},
              {tr("Median"), true, tr("Actual as a share of reserved, middle attempt")},
              {tr("p95"), true, tr("Actual as a share of reserved; one in twenty was closer or above")}})),
      m_findings(new FactsView(tr("Plausibility of claimed values"), 58)),
      m_overlay(nullptr)
{
    m_table->setWidths({{140, 3}, {80, 0}, {100, 0}, {100, 0}, {70, 0}, {70, 0}});
    body()->addWidget(m_strip);
    body()->addWidget(new Hairline);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_table, 3);
    row->addWidget(new Hairline(Qt::Vertical));
    auto* right = new QVBoxLayout;
    right->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    right->addWidget(new TextLabel(tr("Plausibility of claimed values"), &Type::uiStrong));
    right->addWidget(m_findings);
    right->addStretch(1);
    row->addLayout(right, 2);
    body()->addLayout(row, 1);
    setKeepsCorners(true);
    m_overlay = new StateOverlay(this, metrics().panelHeader());
    m_overlay->setZeroIcon(QStringLiteral("budgets"));
}

void LedgerPanel::setReport(const LedgerReport& report)
{
    setCaption(tr("since %1 UTC").arg(report.since.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm"))));
    const std::optional<double> proved = shareOf(report.proved, report.claimed);
    m_strip->setCells({{models::dollarsAndCents(unusedOf(report)), tr("reserved and given back"), Token::Text1, {}},
        {models::wholeNumber(report.refusals), tr("refused by a budget"), Token::Text1, {}},
        {models::wholeNumber(report.refusalsThatFitted), tr("of those would have fitted"),
            report.refusalsThatFitted > 0 ? Token::Degraded : Token::Text1, {}},
        {models::dollarsAndCents(report.overspend),
            tr("overspend, %1").arg(models::plural(report.overruns, tr("overrun"), tr("overruns"))),
            report.overruns > 0 ? Token::Down : Token::Text1, {}},
        {models::wholeNumber(report.unpricedCalls), tr("calls without a price"),
            report.unpricedCalls > 0 ? Token::Degraded : Token::Text1, {}},
        {models::percent(proved), tr("of spend proved by credential"), Token::Text1, {}}});
    m_table->clearRows();
    const auto number = [](const QString& words) {
        return Cell::number(words, words == models::notApplicable() ? Token::Text3 : Token::Text1);
    };
    for (const ReservationAccuracy& row : report.reservations) {
        m_table->addRow({Cell::plain(row.alias), number(models::wholeNumber(row.n)),
            number(models::dollarsAndCents(row.reserved)), number(models::dollarsAndCents(row.actual)),
            number(models::percent(row.ratioP50)), number(models::percent(row.ratioP95))});
    }
    QVector<models::Fact> findings;
    for (const AttributionFinding& finding : report.findings)
        findings.append(
            {QLocale::c().toString(finding.at.toUTC().date(), QStringLiteral("d MMM")), finding.sentence, false});
    if (findings.isEmpty())
        findings.append({models::notApplicable(), tr("Nothing stands out."), false});
    m_findings->setFacts(findings);
    if (report.reservations.isEmpty())
        m_overlay->show(StateOverlay::State::NoData, tr("No attempt was settled in this time"),
            tr("As soon as calls are priced, their reservations are compared here with what they cost."));
    else
        m_overlay->clear();
}

void LedgerPanel::showProblem(const QString& problem)
{
    if (m_table->rows() == 0)
        m_overlay->show(StateOverlay::State::Error, tr("The ledger's report cannot be read"), problem);
}

} // namespace ui::budgets
