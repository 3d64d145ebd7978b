#include "pages/providers/drill_sheet.h"

#include "models/format.h"
#include "pages/common/facts_view.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/sheet.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::providers {
namespace {

using namespace gateway::api;

QString delta(const std::optional<double>& ms)
{
    if (!ms)
        return QStringLiteral("cannot say");
    return QStringLiteral("%1%2 ms").arg(*ms > 0 ? QStringLiteral("+") : QString(), models::wholeNumber(qRound64(*ms)));
}

QVector<models::Fact> factsOf(const DrillCard& card)
{
    const auto time = [](const QDateTime& at) {
        return at.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QStringLiteral(" UTC");
    };
    return {{QStringLiteral("Calls of"),
                (card.alias.isEmpty() ? QStringLiteral("all aliases") : card.alias) +
                    (card.tenant.isEmpty() ? QString() : QStringLiteral(", tenant ") + card.tenant),
                false},
        {QStringLiteral("Share"), QStringLiteral("%1 %").arg(card.percent), false},
        {QStringLiteral("Started"), time(card.startedAt), false},
        {QStringLiteral("Ended"), card.endedAt ? time(*card.endedAt) : QStringLiteral("still runs"), false},
        {QStringLiteral("Calls"),
            QStringLiteral("%1 in the drill, %2 beside it")
                .arg(models::wholeNumber(card.requests), models::wholeNumber(card.controlRequests)),
            false},
        {QStringLiteral("Errors"), models::wholeNumber(card.errors), false},
        {QStringLiteral("Latency"),
            QStringLiteral("p50 %1, p95 %2 against those beside it")
                .arg(delta(card.latencyP50DeltaMs), delta(card.latencyP95DeltaMs)),
            false},
        {QStringLiteral("Restored"),
            card.restoreMs ? QStringLiteral("after %1").arg(models::durationFromUs(*card.restoreMs * 1000))
                           : QStringLiteral("not yet"),
            false}};
}

std::pair<Status, QString> verdictOf(const QString& verdict)
{
    if (verdict == QLatin1String("pass"))
        return {Status::Ok, QStringLiteral("passed")};
    if (verdict == QLatin1String("fail"))
        return {Status::Down, QStringLiteral("failed")};
    if (verdict == QLatin1String("running"))
        return {Status::Canary, QStringLiteral("running")};
    return {Status::CannotSay, QStringLiteral("too few calls to say")};
}

} // namespace

Sheet* showDrillCard(QWidget* window, const DrillCard& card)
{
    auto* sheet = new Sheet(window, QStringLiteral("Drill of %1").arg(card.provider), 640);
    const auto [status, words] = verdictOf(card.verdict);
    sheet->panel()->setStatus(status);
    sheet->panel()->setCaption(words);
    auto* facts = new FactsView(QStringLiteral("The drill in numbers"), 70);
    facts->setFacts(factsOf(card));
    auto* top = new QVBoxLayout;
    top->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    top->addWidget(facts);
    sheet->content()->addLayout(top);
    sheet->content()->addWidget(new Hairline);

    auto* table = new PlainTable(QStringLiteral("Who served the calls of the drill"),
        {{QStringLiteral("Step")}, {QStringLiteral("Served by")}, {QStringLiteral("Calls"), true}});
    for (const DrillStep& step : card.steps) {
        const QString where = step.servedBy.isEmpty() ? models::notApplicable() : step.servedBy;
        table->addRow(
            {Cell::plain(step.fallbackKind), Cell::mono(where), Cell::number(models::wholeNumber(step.requests))});
    }
    table->setWidths({{120, 0}, {200, 1}, {80, 0}});
    table->setFixedHeight(table->heightForRows(std::max<int>(2, int(card.steps.size()))));
    sheet->content()->addWidget(table);
    auto* close = new Button(QStringLiteral("Close"));
    QObject::connect(close, &QAbstractButton::clicked, sheet, &Sheet::dismiss);
    sheet->foot()->addStretch(1);
    sheet->foot()->addWidget(close);
    sheet->open(close);
    return sheet;
}

} // namespace ui::providers
