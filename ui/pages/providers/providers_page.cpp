#include "pages/providers/providers_page.h"

#include "models/format.h"
#include "pages/providers/lever_list.h"
#include "pages/providers/provider_actions.h"
#include "pages/providers/provider_detail.h"
#include "pages/providers/provider_plots.h"
#include "theme/theme.h"
#include "widgets/panel.h"
#include "widgets/state_overlay.h"
#include "widgets/table_view.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace ui::providers {
namespace {

using namespace gateway::api;
using models::ProviderRow;
using models::ProviderTableModel;

constexpr int kRefreshMs = 5000;
constexpr int kHoursEverySeconds = 60;

ProviderMay mayOf(const Session& session)
{
    return {session.mayAct(Action::Drain), session.mayAct(Action::Resume), session.mayAct(Action::ForceBreaker),
        session.mayAct(Action::Probe), session.mayAct(Action::Drill), session.mayAct(Action::EndLever)};
}

} // namespace

ProvidersPage::ProvidersPage(Session& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_model(new ProviderTableModel(this)),
      m_listPanel(new Panel),
      m_table(new TableView(tr("Providers"))),
      m_levers(new LeverList([&session] { return session.now(); }, mayOf(session).endLever)),
      m_overlay(nullptr),
      m_detail(new ProviderDetail(mayOf(session))),
      m_splitter(new QSplitter(Qt::Vertical))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_table->setModel(m_model);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_listPanel->body()->addWidget(m_table);
    m_listPanel->setKeepsCorners(true);
    m_overlay = new StateOverlay(m_listPanel);
    m_overlay->setZeroIcon(QStringLiteral("providers"));
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(Metrics::gap);
    m_splitter->addWidget(m_listPanel);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    m_listPanel->setMinimumHeight(m_table->heightForRows(3) + 2);
    m_detail->setMinimumHeight(330);
    layout->setSpacing(Metrics::gap);
    layout->addWidget(m_levers);
    layout->addWidget(m_splitter, 1);
    m_detail->hide();
    m_levers->hide();
    connectLevers();

    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, &ProvidersPage::ask);
    connect(m_table, &TableView::currentRowChanged, this, &ProvidersPage::choose);
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        restoreRow();
        layOut();
    });
    connect(m_overlay, &StateOverlay::actionTriggered, this, [this] {
        if (m_overlay->state() == StateOverlay::State::Error)
            ask();
    });
    connect(&m_session, &Session::freshnessChanged, this, &ProvidersPage::showFreshness);
}

QString ProvidersPage::caption() const
{
    QSet<QString> names;
    for (const ProviderRow& row : m_model->rows())
        names.insert(row.status.name);
    if (names.isEmpty())
        return {};
    return tr("%1, each against its own range 30 to 60 minutes ago")
        .arg(models::plural(names.size(), tr("provider"), tr("providers")));
}

void ProvidersPage::activated()
{
    m_active = true;
    m_hoursAt = {};
    ask();
    m_refresh.start();
}

void ProvidersPage::deactivated()
{
    m_active = false;
    m_refresh.stop();
}

void ProvidersPage::setTimeRange(const TimeRange& range)
{
    if (m_range == range)
        return;
    m_range = range;
    if (m_active)
        askDetail();
}

void ProvidersPage::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused && m_active)
        ask();
}

void ProvidersPage::open(const QString& argument)
{
    if (!argument.startsWith(QLatin1String("provider=")))
        return;
    const QString name = argument.mid(9);
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->rows()[row].status.name == name) {
            m_table->selectRow(row);
            return;
        }
    }
    m_key = name + QLatin1Char('\n'); // chosen when the list comes
}

void ProvidersPage::ask()
{
    if (m_paused && m_answered)
        return;
    if (m_model->rowCount() == 0)
        m_overlay->showLoading();
    ++m_asking;
    m_session.client().providers().then(this, [this](Result<QVector<ProviderStatus>> answer) {
        --m_asking;
        takeProviders(answer);
    });
    askLevers();
}

void ProvidersPage::takeProviders(const Result<QVector<ProviderStatus>>& answer)
{
    m_answered = true;
    if (!answer) {
        // What was last seen stays on screen; the frame's chip says how old it is.
        if (m_model->rowCount() == 0)
            m_overlay->show(StateOverlay::State::Error, tr("The providers cannot be read"),
                tr("%1 Asked again every 5 s; the other pages go on.").arg(answer.error().message), tr("Ask again"));
        return;
    }
    m_slots.learn(*answer);
    m_model->setProviders(*answer, m_slots, m_session.now());
    if (answer->isEmpty()) {
        m_overlay->show(StateOverlay::State::Zero, tr("No provider is configured"),
            tr("Add one under providers in signalbox.yaml; the engine reloads it on SIGHUP."));
        m_detail->hide();
        return;
    }
    m_overlay->clear();
    Q_EMIT captionChanged();
    if (!m_table->currentIndex().isValid())
        restoreRow();
    if (const int row = m_model->rowOf(m_key); row >= 0)
        m_detail->setProvider(m_model->rows()[row], m_session.now());
    askHours();
    askDetail();
}

void ProvidersPage::restoreRow()
{
    if (m_model->rowCount() == 0)
        return;
    int row = m_model->rowOf(m_key);
    for (int i = 0; row < 0 && i < m_model->rowCount(); ++i) {
        if (!m_key.isEmpty() && m_model->rows()[i].key().startsWith(m_key))
            row = i;
    }
    m_table->selectRow(std::max(0, row)); // the worst one, when nobody chose
}

void ProvidersPage::choose(int row)
{
    if (row < 0 || row >= m_model->rowCount())
        return;
    const ProviderRow& here = m_model->rows()[row];
    const bool other = m_key != here.key();
    m_key = here.key();
    m_detail->show();
    m_detail->setProvider(here, m_session.now());
    if (other) {
        m_detail->clearSeries();
        askDetail();
    }
}

// The strips and own ranges of the table: an hour of each provider, once a minute.
void ProvidersPage::askHours()
{
    const QDateTime now = m_session.now();
    if (m_hoursAt.isValid() && m_hoursAt.secsTo(now) < kHoursEverySeconds)
        return;
    m_hoursAt = now;
    QSet<QString> asked;
    for (const ProviderRow& row : m_model->rows()) {
        const QString name = row.status.name;
        if (asked.contains(name))
            continue;
        asked.insert(name);
        SeriesQuery query;
        query.provider = name;
        query.to = QDateTime::fromSecsSinceEpoch((now.toSecsSinceEpoch() / 60 + 1) * 60, Qt::UTC);
        query.from = query.to.addSecs(-3600);
        query.stepSeconds = 60;
        ++m_asking;
        m_session.client().series(query).then(this, [this, name](Result<Series> series) {
            --m_asking;
            if (series)
                m_model->setHour(name, models::hourOf(*series));
        });
    }
}

void ProvidersPage::askDetail()
{
    if (m_key.isEmpty() || !m_active)
        return;
    SeriesQuery query;
    query.provider = m_key.section(QLatin1Char('\n'), 0, 0);
    query.stepSeconds = seriesStep(m_range.seconds);
    const qint64 step = query.stepSeconds;
    const qint64 to = m_range.to(m_session.now()).toSecsSinceEpoch();
    query.to = QDateTime::fromSecsSinceEpoch((to / step + 1) * step, Qt::UTC);
    query.from = query.to.addSecs(-(m_range.seconds / step) * step);
    ++m_asking;
    m_session.client().series(query).then(this, [this, question = ++m_detailQuestion](Result<Series> series) {
        --m_asking;
        if (!series || question != m_detailQuestion)
            return; // another provider or range was chosen meanwhile
        m_seriesAsOf = series->asOf;
        m_detail->setSeries(*series);
        showFreshness();
    });
}

void ProvidersPage::showFreshness()
{
    m_detail->setFreshness(m_session.freshness(), m_seriesAsOf);
}

// The table shows all providers as long as the detail keeps its room.
void ProvidersPage::layOut()
{
    const int wanted = m_table->heightForRows(std::max(3, m_model->rowCount())) + 2;
    const int above = m_levers->isHidden() ? 0 : m_levers->sizeHint().height() + Metrics::gap;
    const int room = height() - above - m_detail->minimumHeight() - Metrics::gap;
    const int list = std::max(m_listPanel->minimumHeight(), std::min(wanted, room));
    m_splitter->setSizes({list, std::max(1, height() - above - list - Metrics::gap)});
    const bool wide = width() >= metrics().px(1320);
    const bool middling = width() >= metrics().px(1080);
    QVector<TableView::Width> widths{{192, 0}, {102, 0}, {84, 4}, {138, 1}, {154, 1}, {62, 0}, {78, 0}, {50, 0},
        {60, 0}, {100, 0}, {140, 1}, {86, 0}};
    m_table->setColumnHidden(ProviderTableModel::Attempts, !wide);
    m_table->setColumnHidden(ProviderTableModel::TotalP95, !middling);
    if (!wide)
        widths[ProviderTableModel::Attempts] = {0, 0};
    if (!middling)
        widths[ProviderTableModel::TotalP95] = {0, 0};
    m_table->setWidths(widths);
}

void ProvidersPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    layOut();
}

} // namespace ui::providers
