#include "pages/routes/routes_page.h"

#include "models/format.h"
#include "pages/routes/alias_detail.h"
#include "pages/routes/explain_panel.h"
#include "pages/routes/matrix_panel.h"
#include "theme/theme.h"
#include "widgets/choice_cells.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui::routes {
namespace {

using namespace gateway::api;

constexpr int kRefreshMs = 10'000;

} // namespace

RoutesPage::RoutesPage(Session& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_listPanel(new Panel(tr("Aliases"))),
      m_table(new PlainTable(
          tr("Aliases"), {{tr("Alias")}, {tr("Owner")}, {tr("Steps"), true, tr("Candidates and steps of its chain")}})),
      m_detail(new AliasDetail),
      m_explain(new ExplainPanel),
      m_matrix(new MatrixPanel),
      m_lower(new QStackedWidget),
      m_content(new QWidget),
      m_statePanel(new Panel),
      m_overlay(new StateOverlay(m_statePanel))
{
    m_table->setWidths({{130, 1}, {90, 0}, {52, 0}});
    m_listPanel->body()->addWidget(m_table, 1);
    m_listPanel->setKeepsCorners(true);
    auto* top = new QHBoxLayout;
    top->setSpacing(Metrics::gap);
    top->addWidget(m_listPanel, 4);
    top->addWidget(m_detail, 9);
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addLayout(top, 1);
    layout->addWidget(m_lower, 1);
    for (Panel* part : {static_cast<Panel*>(m_explain), static_cast<Panel*>(m_matrix)}) {
        auto* choice = new Segment(tr("Part of the page"), Segment::Size::Mini);
        choice->addChoice(tr("Explain"));
        choice->addChoice(tr("Matrix"), tr("What can be given to whom"));
        connect(choice, &ChoiceRow::chosen, this, &RoutesPage::showLower);
        part->addHeaderWidget(choice);
        m_switches.append(choice);
        m_lower->addWidget(part);
    }
    showLower(ExplainPart);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_content, 1);
    page->addWidget(m_statePanel, 1);
    showContent(false);
    m_overlay->setZeroIcon(QStringLiteral("routes"));

    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, &RoutesPage::ask);
    connect(m_table, &TableView::currentRowChanged, this, &RoutesPage::choose);
    if (!session.mayAct(Action::ExplainRoute))
        m_explain->setNotPermitted(session.whyNot(Action::ExplainRoute));
    connect(m_explain, &ExplainPanel::wished, this, &RoutesPage::explainRoute);
    connect(m_matrix, &MatrixPanel::askedAgain, this, &RoutesPage::ask);
    connect(m_overlay, &StateOverlay::actionTriggered, this, &RoutesPage::ask);
}

QString RoutesPage::caption() const
{
    return m_aliases.isEmpty() ? QString()
                               : models::plural(m_aliases.size(), tr("alias"), tr("aliases")) +
                                     tr(", as configured and as taken in the last hour");
}

void RoutesPage::activated()
{
    m_active = true;
    ask();
    m_refresh.start();
}

void RoutesPage::deactivated()
{
    m_active = false;
    m_refresh.stop();
}

void RoutesPage::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused && m_active)
        ask();
}

void RoutesPage::open(const QString& argument)
{
    if (!argument.startsWith(QLatin1String("alias=")))
        return;
    m_name = argument.mid(6);
    for (int row = 0; row < m_aliases.size(); ++row) {
        if (m_aliases[row].name == m_name)
            m_table->selectRow(row);
    }
}

void RoutesPage::ask()
{
    if (m_paused && m_answered)
        return;
    if (m_aliases.isEmpty())
        m_overlay->showLoading();
    ++m_asking;
    m_session.client().aliases().then(this, [this](Result<QVector<AliasStatus>> answer) {
        --m_asking;
        takeAliases(answer);
    });
    m_matrix->showLoading();
    ++m_asking;
    m_session.client().capabilities().then(this, [this](Result<QVector<CandidateCapabilities>> answer) {
        --m_asking;
        if (answer)
            m_matrix->setCapabilities(*answer);
        else
            m_matrix->showProblem(answer.error().message);
    });
}

void RoutesPage::showLower(int part)
{
    m_lower->setCurrentIndex(part);
    for (Segment* choice : m_switches)
        choice->setCurrent(part);
}

void RoutesPage::takeAliases(const Result<QVector<AliasStatus>>& answer)
{
    m_answered = true;
    if (!answer) {
        if (m_aliases.isEmpty())
            m_overlay->show(StateOverlay::State::Error, tr("The aliases cannot be read"),
                tr("%1 Asked again every 10 s; the other pages go on.").arg(answer.error().message), tr("Ask again"));
        return;
    }
    const bool same = std::equal(answer->cbegin(), answer->cend(), m_aliases.cbegin(), m_aliases.cend(),
        [](const AliasStatus& a, const AliasStatus& b) { return a.name == b.name && a.owner == b.owner; });
    m_aliases = *answer;
    if (m_aliases.isEmpty()) {
        m_overlay->show(StateOverlay::State::Zero, tr("No alias is configured"),
            tr("An alias is the name a caller asks for. Add one under aliases in signalbox.yaml."));
        showContent(false);
        return;
    }
    m_overlay->clear();
    showContent(true);
    Q_EMIT captionChanged();
    int chosen = 0;
    for (int row = 0; row < m_aliases.size(); ++row) {
        if (m_aliases[row].name == m_name)
            chosen = row;
    }
    if (!same || m_table->rows() == 0) {
        const QString name = m_name;
        m_table->clearRows();
        for (const AliasStatus& alias : std::as_const(m_aliases)) {
            Cell title = Cell::plain(alias.name);
            title.strong = true;
            m_table->addRow({title, Cell::plain(alias.owner, Token::Text2),
                Cell::number(models::wholeNumber(alias.routes.size() + alias.chain.size()))});
        }
        m_name = name;
        m_table->selectRow(chosen);
    }
    choose(chosen);
}

void RoutesPage::choose(int row)
{
    if (row < 0 || row >= m_aliases.size())
        return;
    m_name = m_aliases[row].name;
    m_detail->setAlias(m_aliases[row]);
    m_explain->setAlias(m_name);
    m_matrix->setAlias(m_name);
}

void RoutesPage::showContent(bool isThere)
{
    m_content->setVisible(isThere);
    m_statePanel->setVisible(!isThere);
}

void RoutesPage::explainRoute(const RouteQuestion& question)
{
    ++m_asking;
    m_session.client().explainRoute(question).then(this, [this, asked = ++m_question](Result<RouteExplanation> answer) {
        --m_asking;
        if (asked != m_question)
            return; // asked again meanwhile
        if (answer)
            m_explain->showExplanation(*answer);
        else
            m_explain->showProblem(answer.error().message);
    });
}

} // namespace ui::routes
