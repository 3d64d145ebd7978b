#include "pages/providers/provider_detail.h"

#include "charts/plot_widget.h"
#include "models/format.h"
#include "models/provider_cells.h"
#include "models/states.h"
#include "pages/common/facts_view.h"
#include "pages/common/panel_section.h"
#include "pages/common/plain_scroll.h"
#include "pages/providers/failure_tile.h"
#include "pages/providers/provider_actions.h"
#include "pages/providers/provider_plots.h"
#include "widgets/chip.h"
#include "widgets/choice_cells.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QJsonObject>
#include <QVBoxLayout>

#include <algorithm>

namespace ui::providers {
namespace {

using namespace gateway::api;
using models::Fact;

QVector<Fact> nowFacts(const models::ProviderRow& row, const QDateTime& now)
{
    const ProviderStatus& status = row.status;
    QVector<Fact> facts;
    const auto add = [&facts](const QString& label, const QString& value) { facts.append({label, value, false}); };
    add(QStringLiteral("Attempts"), models::wholeNumber(status.attempts5m));
    add(QStringLiteral("Failed"),
        status.attempts5m == 0
            ? QStringLiteral("no calls")
            : QStringLiteral("%1, %2").arg(models::wholeNumber(status.failures5m), models::percent(row.errorShare)));
    if (status.firstTokenP50Ms && status.firstTokenP95Ms)
        add(QStringLiteral("First token"),
            QStringLiteral("p50 %1, p95 %2")
                .arg(models::secondsFromMs(status.firstTokenP50Ms), models::secondsFromMs(status.firstTokenP95Ms)));
    if (status.totalP95Ms)
        add(QStringLiteral("Total"), QStringLiteral("p95 %1").arg(models::secondsFromMs(status.totalP95Ms)));
    if (status.share)
        add(QStringLiteral("Share"), models::percent(status.share));
    add(QStringLiteral("Last ok"),
        status.lastSuccess ? models::age(*status.lastSuccess, now) : QStringLiteral("never"));
    if (status.lastFailure)
        add(QStringLiteral("Last failure"), models::age(*status.lastFailure, now));
    return facts;
}

QVector<Fact> configFacts(const ProviderStatus& status)
{
    QVector<Fact> facts;
    const auto add = [&facts](const QString& label, const QString& value, bool isMono) {
        if (!value.isEmpty())
            facts.append({label, value, isMono});
    };
    add(QStringLiteral("Kind"), status.kind, false);
    add(QStringLiteral("Base URL"), status.baseUrl, true);
    add(QStringLiteral("Retention"), status.retention, false);
    add(QStringLiteral("Key"), status.keyReference.isEmpty() ? QStringLiteral("none needed") : status.keyReference,
        !status.keyReference.isEmpty());
    add(QStringLiteral("Models"), status.models.join(QLatin1Char('\n')), true);
    add(QStringLiteral("Aliases"), status.aliases.join(QStringLiteral(", ")), false);
    add(QStringLiteral("Connections"),
        models::plural(status.connectionsOpen, QStringLiteral("open"), QStringLiteral("open")), false);
    return facts;
}

// The engine's own words where it has some.
QString stateSentence(const ProviderStatus& status)
{
    if (!status.why.isEmpty())
        return status.why;
    switch (status.health) {
    case Health::Ok:
        return QStringLiteral("%1 answers as it should.").arg(status.name);
    case Health::Unknown:
        return QStringLiteral("No attempt has been made, so nothing is known of %1.").arg(status.name);
    case Health::Paused:
        return QStringLiteral("%1 is paused; no new call goes there.").arg(status.name);
    default:
        return QStringLiteral("%1 fails %2 of attempts.")
            .arg(status.name, models::percent(status.attempts5m > 0
                                                  ? std::optional(double(status.failures5m) / double(status.attempts5m))
                                                  : std::nullopt));
    }
}

} // namespace

ProviderDetail::ProviderDetail(const ProviderMay& may, QWidget* parent)
    : Panel(QStringLiteral(" "), parent),
      m_bus(new charts::CrosshairBus(this)),
      m_aliases(new TextLabel({}, &Type::ui, Token::Text3)),
      m_actions(new ProviderActions(may))
{
    setObjectHeader(true);
    addHeaderWidget(m_aliases);
    auto* columns = new QHBoxLayout;
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addWidget(makeCharts(), 800);
    columns->addWidget(new Hairline(Qt::Vertical));
    columns->addWidget(makeFacts(), 438);
    body()->addLayout(columns, 1);
    setKeepsCorners(true);
    applyLook();
}

QWidget* ProviderDetail::makeCharts()
{
    auto* left = new QWidget;
    auto* layout = new QVBoxLayout(left);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_sentence = new TextLabel({}, &Type::body);
    m_sentence->setWrapped(true);
    auto* said = new QHBoxLayout;
    said->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    said->addWidget(m_sentence);
    layout->addLayout(said);
    layout->addWidget(new Hairline);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(Metrics::panelPadding, 5, Metrics::panelPadding, 3);
    head->setSpacing(8);
    head->addWidget(new TextLabel(tr("First token"), &Type::uiStrong));
    m_bandCaption = new TextLabel({}, &Type::small, Token::Text3);
    head->addWidget(m_bandCaption, 1);
    m_scale = new Segment(tr("Scale of first token"), Segment::Size::Mini);
    m_scale->addChoice(tr("Log"), tr("Logarithmic scale"));
    m_scale->addChoice(tr("Linear"), tr("Linear scale from zero"));
    m_scale->setCurrent(0);
    m_view = new Segment(tr("First token as"), Segment::Size::Mini);
    m_view->addChoice(tr("Band"), tr("p50 to p95 to p99 over time"));
    m_view->addChoice(tr("Table"), tr("The same values as a table"));
    m_view->setCurrent(0);
    head->addWidget(m_scale);
    head->addWidget(m_view);
    layout->addLayout(head);
    connect(m_scale, &ChoiceRow::chosen, this, &ProviderDetail::applyLook);
    connect(m_view, &ChoiceRow::chosen, this, [this](int choice) {
        m_band->setView(choice == 0 ? charts::PlotWidget::View::Plot : charts::PlotWidget::View::Table);
        m_scale->setVisible(choice == 0);
    });

    m_band = new charts::PlotWidget(tr("First token, p50, p95 and p99"), m_bus);
    m_band->setMinimumHeight(110);
    layout->addWidget(m_band, 5);
    layout->addWidget(new Hairline);

    auto* tiles = new QHBoxLayout;
    tiles->setContentsMargins(0, 0, 0, 0);
    tiles->setSpacing(0);
    for (std::size_t i = 0; i < m_failures.size(); ++i) {
        if (i > 0)
            tiles->addWidget(new Hairline(Qt::Vertical));
        m_failures[i] = new FailureTile(FailureClass(i), m_bus);
        tiles->addWidget(m_failures[i], 1);
    }
    layout->addLayout(tiles, 3);
    return left;
}

QWidget* ProviderDetail::makeFacts()
{
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_actions);
    m_now = new FactsView(tr("The last five minutes"), 88);
    addPanelSection(layout, tr("Now"), tr("from real attempts, 5 min"), true)->addWidget(m_now);
    m_facts = new FactsView(tr("Facts of the provider"), 88);
    addPanelSection(layout, tr("Facts"), tr("from the configuration in force"), true)->addWidget(m_facts);
    layout->addStretch(1);
    return new PlainScroll(content, tr("Facts"));
}

void ProviderDetail::applyLook()
{
    const bool log = m_scale->current() == 0;
    charts::PlotLook look;
    look.kind = charts::PlotKind::Band;
    look.logScale = log;
    look.unit = QStringLiteral("s");
    look.endLabels = true;
    look.mainColumn = 1;
    look.emptyText = tr("No calls in this time.");
    m_band->setLook(look);
    m_bandCaption->setText(log ? tr("p50, p95, p99, log scale") : tr("p50, p95, p99"));
}

void ProviderDetail::setModels(const QStringList& names)
{
    constexpr int most = 3; // the rest stands in the facts
    while (m_chips.size() < std::min<qsizetype>(names.size(), most)) {
        m_chips.append(new Chip);
        addTitleWidget(m_chips.last());
    }
    for (qsizetype i = 0; i < m_chips.size(); ++i) {
        if (i < names.size())
            m_chips[i]->set(names[i], ChipLook::neutral());
        m_chips[i]->setVisible(i < names.size());
    }
}

void ProviderDetail::setProvider(const models::ProviderRow& row, const QDateTime& now)
{
    m_row = row;
    const ProviderStatus& status = row.status;
    setTitle(status.name);
    setCaption(status.region);
    setStatus(models::statusOf(status.health));
    setModels(status.models);
    m_aliases->setText(status.aliases.isEmpty() ? tr("serves no alias")
                                                : tr("serves %1").arg(status.aliases.join(QStringLiteral(", "))));
    m_sentence->setText(stateSentence(status));
    m_actions->setProvider(status, now);
    m_now->setFacts(nowFacts(row, now));
    m_facts->setFacts(configFacts(status));
}

void ProviderDetail::setSeries(const Series& series)
{
    const auto shown = [](const Series& one) {
        QJsonObject json = toJson(one);
        json.remove(QStringLiteral("as_of"));
        return json;
    };
    const bool same = m_seriesSlot == m_row.slot && !m_series.buckets.isEmpty() && shown(series) == shown(m_series);
    m_series = series;
    m_seriesSlot = m_row.slot;
    if (same)
        return; // asked more often than a bucket ends, and six plots are built again for it
    m_bus->setBaseRange({series.query.from.toMSecsSinceEpoch(), series.query.to.toMSecsSinceEpoch()});
    m_band->setData(firstTokenBand(series, seriesToken(m_row.slot)));
    double top = 5;
    for (std::size_t kind = 0; kind < m_failures.size(); ++kind) {
        const charts::PlotData data = failureShare(series, FailureClass(kind));
        for (const double share : data.columns[0].values)
            top = std::max(top, std::isnan(share) ? 0.0 : share);
    }
    for (FailureTile* tile : m_failures)
        tile->setSeries(series, top);
}

void ProviderDetail::clearSeries()
{
    m_series = {};
    m_band->setData({});
    for (FailureTile* tile : m_failures)
        tile->setSeries({}, 5);
}

void ProviderDetail::setFreshness(Freshness freshness, const QDateTime& asOf)
{
    const bool stale = freshness == Freshness::Stale;
    const QString said =
        asOf.isValid() ? tr("as of %1").arg(asOf.toUTC().toString(QStringLiteral("HH:mm:ss"))) : QString();
    m_band->setState(stale ? charts::PlotState::Stale : charts::PlotState::Live, said);
    for (FailureTile* tile : m_failures)
        tile->setStale(stale);
}

} // namespace ui::providers
