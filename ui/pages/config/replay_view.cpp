#include "pages/config/replay_view.h"

#include "models/format.h"
#include "pages/common/facts_view.h"
#include "pages/common/panel_section.h"
#include "pages/common/plain_scroll.h"
#include "pages/config/replay_rows.h"
#include "session/session.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <array>

namespace ui::config {

using namespace gateway::api;

namespace {

struct Period
{
    const char* words;
    qint64 seconds;
};

constexpr std::array kPeriods{Period{"1 h", 3600}, Period{"24 h", 86'400}, Period{"7 d", 7 * 86'400}};
constexpr int kPage = 100;

} // namespace

ReplayView::ReplayView(Session& session, QWidget* parent)
    : QWidget(parent),
      m_session(session),
      m_client(session.client()),
      m_bar(new Panel),
      m_period(new Segment(tr("Calls of the last"))),
      m_tenant(new InputField(tr("Tenant"))),
      m_start(new Button(tr("Replay"), Button::Kind::Primary, QStringLiteral("play"))),
      m_cancel(new Button(tr("Cancel the replay"))),
      m_progress(new TextLabel({}, &Type::ui, Token::Text3)),
      m_result(new Panel(tr("What would differ"))),
      m_summary(new SummaryStrip),
      m_sentence(new TextLabel({}, &Type::body)),
      m_effects(new PlainTable(tr("Calls by candidate"),
          {{tr("Candidate drawn, or refusal")}, {tr("Before"), true}, {tr("After"), true}, {tr("Change"), true}})),
      m_limits(new PlainTable(tr("Limits and budgets"), {{tr("Holds")}, {tr("Limit of")}, {tr("Limit"), true},
                                                            {tr("Before"), true}, {tr("After"), true}, {QString()}})),
      m_facts(new FactsView(tr("What it rests on"), 84)),
      m_callsPanel(new Panel(tr("Calls that decide otherwise"))),
      m_changes(new PlainTable(
          tr("Calls that decide otherwise"), {{tr("Effect")}, {tr("Tenant, alias")}, {tr("Before")}, {tr("After")},
                                                 {tr("Cost"), true}, {tr("Would cost"), true}, {tr("Why")}})),
      m_more(new Button(tr("Show more"), Button::Kind::Quiet)),
      m_content(new QWidget),
      m_statePanel(new Panel),
      m_overlay(new StateOverlay(m_statePanel))
{
    for (const Period& period : kPeriods)
        m_period->addChoice(QString::fromLatin1(period.words));
    m_period->setCurrent(1);
    m_tenant->setPlaceholderText(tr("all tenants"));
    m_tenant->setFixedWidth(metrics().px(170));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(Metrics::panelPadding, 6, 8, 6);
    bar->setSpacing(8);
    bar->addWidget(new TextLabel(tr("Decide again the calls of the last"), &Type::ui, Token::Text3));
    bar->addWidget(m_period);
    bar->addWidget(new TextLabel(tr("of"), &Type::ui, Token::Text3));
    bar->addWidget(m_tenant);
    bar->addWidget(m_progress, 1);
    bar->addWidget(m_cancel);
    bar->addWidget(m_start);
    m_bar->body()->addLayout(bar);

    m_sentence->setWrapped(true);
    m_effects->setWidths({{200, 1}, {78, 0}, {78, 0}, {78, 0}});
    m_limits->setWidths({{88, 0}, {150, 1}, {76, 0}, {76, 0}, {76, 0}, {104, 0}});
    m_changes->setWidths({{170, 0}, {150, 1}, {170, 1}, {170, 1}, {76, 0}, {84, 0}, {150, 2}});
    m_result->body()->addWidget(m_summary);
    auto* grow = new QWidget;
    auto* text = new QVBoxLayout(grow);
    text->setContentsMargins(0, 0, 0, 0);
    text->setSpacing(0);
    auto* words = new QVBoxLayout;
    words->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 8);
    words->addWidget(m_sentence);
    text->addLayout(words);
    QVBoxLayout* rests = addPanelSection(text, tr("What it rests on"), tr("and what it cannot say"));
    rests->addWidget(m_facts);
    text->addStretch(1);
    auto* tables = new QVBoxLayout;
    tables->setContentsMargins(0, 0, 0, 0);
    tables->setSpacing(0);
    tables->addWidget(m_effects, 3);
    tables->addWidget(new Hairline);
    tables->addWidget(m_limits, 2);
    auto* columns = new QHBoxLayout;
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addLayout(tables, 6);
    columns->addWidget(new Hairline(Qt::Vertical));
    columns->addWidget(new PlainScroll(grow, tr("What it rests on")), 5);
    m_result->body()->addLayout(columns, 1);
    m_result->setKeepsCorners(true);
    m_callsPanel->addHeaderWidget(m_more);
    m_callsPanel->body()->addWidget(m_changes, 1);
    m_callsPanel->setKeepsCorners(true);

    auto* content = new QVBoxLayout(m_content);
    content->setContentsMargins(0, 0, 0, 0);
    content->setSpacing(Metrics::gap);
    content->addWidget(m_result, 6);
    content->addWidget(m_callsPanel, 5);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addWidget(m_bar);
    layout->addWidget(m_content, 1);
    layout->addWidget(m_statePanel, 1);
    m_overlay->setZeroIcon(QStringLiteral("play"));
    connect(m_start, &QAbstractButton::clicked, this, &ReplayView::startWanted);
    connect(m_cancel, &QAbstractButton::clicked, this, &ReplayView::cancelWanted);
    connect(m_more, &QAbstractButton::clicked, this, [this] { askChanges(true); });
    connect(m_changes, &TableView::rowActivated, this, [this](int row) {
        if (row >= 0 && row < m_listed.size())
            Q_EMIT callWanted(m_listed[row].call);
    });
    setReport(std::nullopt, false);
}

ReplayRequest ReplayView::request() const
{
    ReplayRequest request;
    request.draft = m_draft;
    request.until = m_session.now();
    request.since = m_session.now().addSecs(-kPeriods[std::size_t(m_period->current())].seconds);
    request.tenant = m_tenant->text().trimmed();
    return request;
}

void ReplayView::setDraft(const QString& draft, bool mayReplay)
{
    m_draft = draft;
    m_may = mayReplay;
    m_start->setVisible(mayReplay && !draft.isEmpty());
    refreshOverlay();
}

void ReplayView::showProblem(const QString& words)
{
    m_progress->setInk(words.isEmpty() ? Token::Text3 : Token::Down);
    m_progress->setText(words);
}

void ReplayView::setReport(const std::optional<ReplayReport>& report, bool isOld)
{
    m_report = report;
    m_isOld = isOld;
    const bool isRunning = report && report->isRunning();
    m_cancel->setVisible(isRunning && m_may);
    m_start->setEnabled(!isRunning);
    if (isRunning)
        showProblem({});
    if (isRunning)
        m_progress->setText(
            tr("%1 of %2 calls").arg(models::wholeNumber(report->done), models::wholeNumber(report->total)));
    else if (report && report->state == QLatin1String("done"))
        m_progress->setText(tr("by %1, ended %2 UTC").arg(report->by, models::clockMinute(report->endedAt)));
    refreshOverlay();
    if (!report || report->state != QLatin1String("done"))
        return;
    m_result->setCaption(tr("no provider was called"));
    m_summary->setCells(replayCells(*report));
    m_sentence->setText(
        isOld ? tr("**Of an earlier text of this draft.** %1").arg(report->sentence) : report->sentence);
    m_facts->setFacts([&report] {
        QVector<models::Fact> facts = replayFacts(*report);
        for (const QString& sentence : report->coverage)
            facts.append({ReplayView::tr("Coverage"), sentence, false});
        return facts;
    }());
    m_effects->clearRows();
    for (const ReplayCount& count : report->candidates)
        m_effects->addRow(rowOf(count));
    for (const ReplayCount& count : report->refusals)
        m_effects->addRow(rowOf(count));
    m_limits->clearRows();
    for (const QVector<Cell>& row : limitRows(*report))
        m_limits->addRow(row);
    if (m_asked != report->id) {
        m_asked = report->id;
        askChanges(false);
    }
}

void ReplayView::askChanges(bool more)
{
    ReplayChangeQuery query;
    query.limit = kPage;
    if (more)
        query.after = m_next;
    else
        m_listed.clear();
    ++m_asking;
    m_client.changes(m_asked, query).then(this, [this, id = m_asked](const Result<ReplayChangePage>& answer) {
        --m_asking;
        if (id != m_asked)
            return;
        if (!answer) {
            m_callsPanel->setCaption(answer.error().message);
            return;
        }
        m_listed += answer->changes;
        m_next = answer->next;
        m_total = answer->total;
        showChanges();
    });
}

void ReplayView::showChanges()
{
    m_changes->clearRows();
    for (const ReplayChange& change : m_listed)
        m_changes->addRow(rowOf(change));
    m_callsPanel->setCaption(tr("%1 of %2 shown, in the order of the record")
                                 .arg(models::wholeNumber(m_listed.size()), models::wholeNumber(m_total)));
    m_more->setVisible(!m_next.isEmpty());
}

QString ReplayView::coverageWords() const
{
    return m_report ? m_report->coverage.join(QLatin1Char(' ')) : QString();
}

void ReplayView::refreshOverlay()
{
    using State = StateOverlay::State;
    const bool isDone = m_report && m_report->state == QLatin1String("done") && m_report->replayable > 0;
    m_content->setVisible(isDone);
    m_statePanel->setVisible(!isDone);
    m_bar->setVisible(!m_draft.isEmpty());
    if (isDone)
        return m_overlay->clear();
    if (m_draft.isEmpty())
        return m_overlay->show(
            State::Zero, tr("No draft is chosen"), tr("A replay decides recorded calls again under a draft."));
    if (!m_report)
        return m_overlay->show(State::Zero, tr("Not replayed yet"),
            m_may ? tr("Recorded calls are decided again under %1. No provider is called.").arg(m_draft)
                  : tr("Nobody replayed %1 yet. It takes the role developer or operator.").arg(m_draft));
    if (m_report->isRunning())
        return m_overlay->showLoading(
            tr("%1 of %2 calls").arg(models::wholeNumber(m_report->done), models::wholeNumber(m_report->total)));
    if (m_report->state == QLatin1String("failed"))
        return m_overlay->show(State::Error, tr("The replay failed"), m_report->error);
    if (m_report->state == QLatin1String("cancelled"))
        return m_overlay->show(State::Zero, tr("The replay was cancelled"),
            tr("%1 of %2 calls were looked at.")
                .arg(models::wholeNumber(m_report->done), models::wholeNumber(m_report->total)));
    m_overlay->show(State::NoData, tr("No call could be decided again"),
        m_report->sentence.isEmpty() ? tr("The record has no call of this period that can be.") : m_report->sentence);
}

} // namespace ui::config
