#include "pages/budgets/budgets_page.h"

#include "charts/plot_widget.h"
#include "models/budget_table_model.h"
#include "models/format.h"
#include "pages/budgets/burn_down.h"
#include "pages/budgets/ledger_panel.h"
#include "pages/budgets/raise_panel.h"
#include "theme/theme.h"
#include "widgets/choice_cells.h"
#include "widgets/panel.h"
#include "widgets/state_overlay.h"
#include "widgets/table_view.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::budgets {
namespace {

using namespace gateway::api;
using models::BudgetTableModel;

constexpr int kRefreshMs = 5000;
constexpr int kLedgerEverySeconds = 60;

bool mayRaise(const Session& session)
{
    return session.mayAct(Action::RaiseBudget);
}

} // namespace

BudgetsPage::BudgetsPage(Session& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_model(new BudgetTableModel(this)),
      m_plotPanel(new Panel(QStringLiteral(" "))),
      m_plot(new charts::PlotWidget(tr("What is left of the budget"))),
      m_raise(new RaisePanel([&session] { return session.now(); }, mayRaise(session))),
      m_listPanel(new Panel(tr("Budgets"))),
      m_table(new TableView(tr("Budgets"))),
      m_ledger(new LedgerPanel),
      m_content(new QWidget),
      m_statePanel(new Panel),
      m_overlay(new StateOverlay(m_statePanel))
{
    charts::PlotLook look;
    look.unit = QStringLiteral("$");
    look.decimals = 2;
    look.emptyText = tr("This window has not begun.");
    m_plot->setLook(look);
    auto* view = new Segment(tr("Budget as"), Segment::Size::Mini);
    view->addChoice(tr("Burn-down"), tr("What is left over the window"));
    view->addChoice(tr("Table"), tr("The same values as a table"));
    view->setCurrent(0);
    connect(view, &Segment::chosen, this, [this](int index) {
        m_plot->setView(index == 1 ? charts::PlotWidget::View::Table : charts::PlotWidget::View::Plot);
    });
    m_plotPanel->addHeaderWidget(view);
    m_plotPanel->body()->addWidget(m_plot, 1);
    m_plotPanel->setKeepsCorners(true);

    m_table->setModel(m_model);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_listPanel->body()->addWidget(m_table);
    m_listPanel->setKeepsCorners(true);

    auto* top = new QHBoxLayout;
    top->setSpacing(Metrics::gap);
    top->addWidget(m_plotPanel, mayRaise(session) ? 600 : 780);
    top->addWidget(m_raise, mayRaise(session) ? 620 : 440);
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addLayout(top, 1);
    layout->addWidget(m_listPanel, 0);
    layout->addWidget(m_ledger, 0);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_content, 1);
    page->addWidget(m_statePanel, 1);
    showContent(false);
    m_overlay->setZeroIcon(QStringLiteral("budgets"));

    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, &BudgetsPage::ask);
    connect(m_table, &TableView::currentRowChanged, this, &BudgetsPage::choose);
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        m_table->selectRow(std::max(0, m_model->rowOf(m_id)));
        layOut();
    });
    connect(m_overlay, &StateOverlay::actionTriggered, this, &BudgetsPage::ask);
    connect(m_raise, &RaisePanel::wished, this, &BudgetsPage::raise);
}

QString BudgetsPage::caption() const
{
    return tr("money is counted in the ledger, in the zone written beside each window");
}

void BudgetsPage::activated()
{
    m_active = true;
    m_ledgerAt = {};
    ask();
    m_refresh.start();
}

void BudgetsPage::deactivated()
{
    m_active = false;
    m_refresh.stop();
}

void BudgetsPage::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused && m_active)
        ask();
}

void BudgetsPage::open(const QString& argument)
{
    if (!argument.startsWith(QLatin1String("budget=")))
        return;
    m_id = argument.mid(7);
    if (const int row = m_model->rowOf(m_id); row >= 0)
        m_table->selectRow(row);
}

void BudgetsPage::ask()
{
    if (m_paused && m_answered)
        return;
    if (m_model->rowCount() == 0)
        m_overlay->showLoading();
    ++m_asking;
    m_session.client().budgets().then(this, [this](Result<QVector<BudgetStatus>> answer) {
        --m_asking;
        takeBudgets(answer);
    });
    askLedger();
}

void BudgetsPage::askLedger()
{
    const QDateTime now = m_session.now();
    if (m_ledgerAt.isValid() && m_ledgerAt.secsTo(now) < kLedgerEverySeconds)
        return;
    m_ledgerAt = now;
    ++m_asking;
    m_session.client().ledger().then(this, [this](Result<LedgerReport> report) {
        --m_asking;
        if (report)
            m_ledger->setReport(*report);
        else
            m_ledger->showProblem(report.error().message);
    });
}

void BudgetsPage::takeBudgets(const Result<QVector<BudgetStatus>>& answer)
{
    m_answered = true;
    if (!answer) {
        // What was last seen stays on screen; the frame's chip says how old it is.
        if (m_model->rowCount() == 0)
            m_overlay->show(StateOverlay::State::Error, tr("The budgets cannot be read"),
                tr("%1 Asked again every 5 s; the other pages go on.").arg(answer.error().message), tr("Ask again"));
        return;
    }
    m_model->setBudgets(*answer);
    if (answer->isEmpty()) {
        m_overlay->show(StateOverlay::State::Zero, tr("No budget is configured"),
            tr("Without one nothing is refused for its cost. Add some under budgets in signalbox.yaml."));
        showContent(false);
        return;
    }
    m_overlay->clear();
    showContent(true);
    m_listPanel->setCaption(
        tr("%1, those at risk first").arg(models::plural(answer->size(), tr("budget"), tr("budgets"))));
    if (!m_table->currentIndex().isValid())
        m_table->selectRow(std::max(0, m_model->rowOf(m_id)));
    if (const int row = m_model->rowOf(m_id); row >= 0)
        showBudget(m_model->rows()[row]);
}

void BudgetsPage::choose(int row)
{
    if (row < 0 || row >= m_model->rowCount())
        return;
    m_id = m_model->rows()[row].id;
    showBudget(m_model->rows()[row]);
}

void BudgetsPage::showBudget(const BudgetStatus& budget)
{
    const QDateTime now = m_session.now();
    m_plotPanel->setTitle(describe(budget.scope));
    QString caption = tr("left of %1, %2")
                          .arg(models::dollarsAndCents(budget.limit),
                              models::windowWords(budget.windowStart, budget.windowEnd, budget.timeZone));
    if (const std::optional<QDateTime> empty = emptyAt(budget, now))
        caption += tr("; straight on it is empty %1").arg(empty->toUTC().toString(QStringLiteral("dd MMM HH:mm")));
    if (budget.history.isEmpty())
        caption += tr("; its course is not kept");
    m_plotPanel->setCaption(caption);
    m_plot->setThresholds(softMarksOf(budget));
    m_plot->setData(burnDown(budget, now));
    m_raise->setBudget(budget);
}

void BudgetsPage::raise(const QString& id, const BudgetRaise& raise, const QString& reason)
{
    ++m_asking;
    m_session.client().raiseBudget(id, raise, reason).then(this, [this, id, raise](Result<BudgetStatus> answer) {
        --m_asking;
        if (!answer) {
            m_raise->showProblem(answer.error().message);
            return;
        }
        m_raise->showApplied();
        ask();
        const QString scope = describe(answer->scope);
        if (raise.end) {
            Q_EMIT toastRequested(tr("The budget of %1 has its configured limit again").arg(scope));
            return;
        }
        Q_EMIT undoOffered(tr("The limit of %1 is %2").arg(scope, models::dollarsAndCents(answer->limit)), [this, id] {
            this->raise(id, {{}, {}, true}, tr("undone in the console"));
        });
    });
}

void BudgetsPage::showContent(bool isThere)
{
    m_content->setVisible(isThere);
    m_statePanel->setVisible(!isThere);
}

void BudgetsPage::layOut()
{
    const int rows = std::clamp(m_model->rowCount(), 2, height() < metrics().px(640) ? 3 : 6);
    m_listPanel->setFixedHeight(m_table->heightForRows(rows) + metrics().panelHeader() + 2);
    // What is over goes to the plot; a short window takes rows from the table first.
    m_ledger->setFixedHeight(metrics().px(height() < metrics().px(640) ? 96 : 200));
    m_table->setWidths(
        {{92, 0}, {150, 2}, {58, 0}, {150, 2}, {100, 0}, {98, 0}, {76, 0}, {142, 0}, {68, 0}, {66, 0}, {162, 1}});
}

void BudgetsPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    layOut();
}

} // namespace ui::budgets
