#include "pages/traffic/traffic_page.h"

#include "charts/histogram_brush.h"
#include "charts/waterfall.h"
#include "models/curl_text.h"
#include "models/format.h"
#include "pages/traffic/trace_panel.h"
#include "pages/traffic/why_panel.h"
#include "widgets/button.h"
#include "widgets/input_field.h"
#include "widgets/key_value.h"
#include "widgets/panel.h"
#include "widgets/state_overlay.h"
#include "widgets/table_view.h"
#include "widgets/text_label.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollBar>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace ui::traffic {
namespace {

using namespace gateway::api;
using models::CallFilter;
using models::CallRow;
using models::CallTableModel;

constexpr int kFilterDelayMs = 250;
constexpr int kRefreshMs = 5000;

QString clock(qint64 time)
{
    return QDateTime::fromMSecsSinceEpoch(time, Qt::UTC).toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss"));
}

} // namespace

TrafficPage::TrafficPage(Session& session, QWidget* parent)
    : Page(parent), m_session(session), m_model(new CallTableModel(this))
{
    m_filterDelay.setSingleShot(true);
    m_filterDelay.setInterval(kFilterDelayMs);
    connect(&m_filterDelay, &QTimer::timeout, this, &TrafficPage::applyFilter);
    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, [this] {
        if (m_model->state() == CallTableModel::State::Failed)
            m_model->reload(); // an error clears itself when its cause is gone
        askHistogram();
        askTotals();
    });
    buildHeader();
    buildBody();
    connectModel();
    showState();
    showFollowing();
}

void TrafficPage::buildHeader()
{
    m_field = new FilterField(tr("Filter calls"), this);
    m_field->setPlaceholderText(QStringLiteral("tenant:acme outcome:failed since:10m"));
    m_field->setMinimumWidth(260);
    m_field->setMaximumWidth(620);
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString& text) { applyFilterText(text, false); });
    connect(m_field, &QLineEdit::returnPressed, this, [this] { applyFilterText(m_field->text(), true); });

    m_legend = new Legend(this);
    m_legend->setEntries(
        {{tr("answered"), Token::Text3}, {tr("by fallback"), Token::Degraded}, {tr("failed attempts"), Token::Down}});
    m_new = new Button(tr("Follow"), Button::Kind::Secondary, QStringLiteral("down"), this);
    m_new->setToolTip(tr("Shows the calls that arrived meanwhile and follows new ones (Space)."));
    connect(m_new, &QAbstractButton::clicked, this, &TrafficPage::follow);

    auto* find = new QShortcut(QKeySequence::Find, this);
    find->setContext(Qt::WindowShortcut);
    connect(find, &QShortcut::activated, m_field, [this] { m_field->setFocus(Qt::ShortcutFocusReason); });
    auto* curl = new QShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_K), this);
    curl->setContext(Qt::WidgetWithChildrenShortcut);
    connect(curl, &QShortcut::activated, this, &TrafficPage::copyCurl);
}

void TrafficPage::buildBody()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    m_problem = new TextLabel({}, &Type::ui, Token::Down);
    m_problem->setWrapped(true);
    m_problem->hide();
    layout->addWidget(m_problem);

    auto* histogramPanel = new Panel;
    m_histogram = new charts::HistogramBrush;
    m_histogram->setFixedHeight(66);
    m_histogram->setToolTip(tr("Drag to filter by time."));
    histogramPanel->body()->addWidget(m_histogram);
    layout->addWidget(histogramPanel);
    connect(m_histogram, &charts::HistogramBrush::brushed, this, [this](const charts::TimeWindow& range) {
        const QString text = CallFilter::with(m_field->text(), QStringLiteral("since"), clock(range.from));
        m_field->setText(CallFilter::with(text, QStringLiteral("until"), clock(range.to)));
        applyFilterText(m_field->text(), true);
    });
    connect(m_histogram, &charts::HistogramBrush::brushCleared, this, [this] {
        const QString text = CallFilter::with(m_field->text(), QStringLiteral("since"), {});
        m_field->setText(CallFilter::with(text, QStringLiteral("until"), {}));
        applyFilterText(m_field->text(), true);
    });

    m_listPanel = new Panel;
    m_table = new TableView(tr("Calls"));
    m_table->setModel(m_model);
    m_table->horizontalHeader()->setSortIndicatorShown(true);
    m_table->horizontalHeader()->setSortIndicator(CallTableModel::Time, Qt::DescendingOrder);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->installEventFilter(this);
    m_listPanel->body()->addWidget(m_table);
    m_listPanel->setKeepsCorners(true);
    m_overlay = new StateOverlay(m_listPanel);

    m_trace = new TracePanel;
    m_trace->setSlotOf([this](const QString& provider) { return m_slots.slotOf(provider); });
    m_trace->waterfall()->installEventFilter(this);
    connect(m_trace, &TracePanel::copyIdRequested, this, &TrafficPage::copyId);
    connect(m_trace, &TracePanel::copyCurlRequested, this, &TrafficPage::copyCurl);
    m_why = new WhyPanel;

    m_lower = new QWidget;
    auto* row = new QHBoxLayout(m_lower);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Metrics::gap);
    row->addWidget(m_trace, 726);
    row->addWidget(m_why, 506);
    m_splitter = new QSplitter(Qt::Vertical);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(Metrics::gap);
    m_splitter->addWidget(m_listPanel);
    m_splitter->addWidget(m_lower);
    m_listPanel->setMinimumHeight(m_table->heightForRows(3));
    m_lower->setMinimumHeight(240);
    m_splitter->setStretchFactor(0, 39);
    m_splitter->setStretchFactor(1, 61);
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] { m_splitByHand = true; });
    layout->addWidget(m_splitter, 1);
}

void TrafficPage::connectModel()
{
    connect(m_model, &CallTableModel::stateChanged, this, [this] {
        showState();
        showVerdict();
    });
    connect(m_model, &CallTableModel::totalChanged, this, [this] {
        showState();
        showVerdict();
    });
    // The base URL of the empty state comes with the first status.
    connect(&m_session, &Session::statusChanged, this, [this] {
        if (m_overlay->state() == StateOverlay::State::Zero)
            showState();
    });
    connect(m_model, &CallTableModel::newCountChanged, this, &TrafficPage::showFollowing);
    connect(m_overlay, &StateOverlay::actionTriggered, this, [this] {
        if (m_overlay->state() == StateOverlay::State::Error)
            m_model->reload();
        else if (m_filter.isEmpty())
            Q_EMIT openRequested(QStringLiteral("server"), {});
        else
            m_field->clear();
    });
    connect(m_table, &TableView::currentRowChanged, this, &TrafficPage::chooseRow);
    connect(m_table, &TableView::rowActivated, this, [this](int row) {
        chooseRow(row);
        m_trace->takeFocus();
    });
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, &TrafficPage::updateFollowing);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &TrafficPage::keepChoice);
    connect(m_model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& from, const QModelIndex& to) {
        const int row = m_table->currentIndex().row();
        if (row >= from.row() && row <= to.row() && !m_trace->call())
            chooseRow(row);
    });
}

QList<QWidget*> TrafficPage::headerWidgets()
{
    return {m_legend, m_new};
}

QWidget* TrafficPage::titleWidget()
{
    // At its full width the field stays beside the title; the rest is left free.
    auto* holder = new QWidget;
    auto* row = new QHBoxLayout(holder);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_field, 1);
    row->addStretch(0);
    return holder;
}

void TrafficPage::activated()
{
    m_active = true;
    connect(&m_session, &Session::eventsArrived, m_model, &CallTableModel::takeEvents, Qt::UniqueConnection);
    connect(&m_session, &Session::gapFound, m_model, &CallTableModel::backFill, Qt::UniqueConnection);
    if (!m_everActive) {
        m_everActive = true;
        m_model->setClient(&m_session.client());
    } else if (m_model->state() == CallTableModel::State::Failed) {
        m_model->reload();
    } else {
        m_model->backFill();
    }
    askProviders();
    askTotals();
    askHistogram();
    m_refresh.start();
}

void TrafficPage::deactivated()
{
    m_active = false;
    disconnect(&m_session, nullptr, m_model, nullptr);
    m_refresh.stop();
}

void TrafficPage::setTimeRange(const TimeRange& range)
{
    if (m_range == range)
        return;
    const bool listMoves = m_range.live != range.live || !range.live;
    m_range = range;
    if (listMoves)
        applyFilter();
    if (m_active)
        askHistogram();
}

void TrafficPage::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused)
        m_held = false;
    updateFollowing();
}

bool TrafficPage::isSettled() const
{
    return m_asking == 0 && !m_filterDelay.isActive() && m_model->state() != CallTableModel::State::Loading;
}

void TrafficPage::open(const QString& argument)
{
    if (argument.startsWith(QLatin1String("filter="))) {
        m_field->setText(argument.mid(7));
        applyFilterText(m_field->text(), true);
        return;
    }
    if (!argument.startsWith(QLatin1String("call=")))
        return;
    const QString id = argument.mid(5);
    if (const int row = m_model->rowOf(id); row >= 0) {
        m_table->selectRow(row);
        return;
    }
    // Not in the list, which may be filtered or scrolled elsewhere: the trace alone.
    ++m_asking;
    m_session.client().call(id).then(this, [this](Result<Call> call) {
        --m_asking;
        if (call)
            showCall(*call);
        else
            Q_EMIT toastRequested(tr("The call could not be opened: %1").arg(call.error().message));
    });
}

void TrafficPage::showState()
{
    switch (m_model->state()) {
    case CallTableModel::State::Idle:
        m_overlay->clear();
        return;
    case CallTableModel::State::Loading:
        if (m_model->rowCount() == 0)
            m_overlay->showLoading();
        return;
    case CallTableModel::State::Failed:
        showLower(m_trace->call().has_value());
        m_overlay->show(StateOverlay::State::Error, tr("The calls cannot be read"),
            tr("%1 Asked again every 5 s; the other pages go on.").arg(m_model->error()->message), tr("Ask again"));
        return;
    case CallTableModel::State::Ready:
        break;
    }
    const bool isNew = m_model->rowCount() == 0 && m_filter.isEmpty() && !m_trace->call();
    showLower(!isNew); // nothing to trace: the first step has the page to itself
    if (m_model->rowCount() > 0) {
        m_overlay->clear();
        return;
    }
    if (!m_filter.isEmpty()) {
        m_overlay->show(StateOverlay::State::Zero, tr("No call matches"),
            m_everything > 0
                ? tr("The filter leaves out %1.").arg(models::plural(m_everything, tr("call"), tr("calls")))
                : tr("The record holds no calls yet."),
            tr("Clear filter"));
        return;
    }
    const QString where =
        m_session.status() ? m_session.status()->gatewayUrl + QStringLiteral("/v1") : tr("the gateway");
    m_overlay->show(StateOverlay::State::Zero, tr("No calls yet"),
        tr("Point an SDK at %1 with a gateway credential, or send a test request.").arg(where),
        tr("Open the Server page"));
}

// Following: at the newest end, not paused, and no row chosen. Anything else counts what arrives.
void TrafficPage::updateFollowing()
{
    const bool atNewest = m_table->verticalScrollBar()->value() == m_table->verticalScrollBar()->minimum();
    m_model->setFollowing(!m_paused && !m_held && atNewest);
    showFollowing();
}

void TrafficPage::showFollowing()
{
    const int count = m_model->newCount();
    m_new->setVisible(!m_model->isFollowing());
    const QString words = count > 0 ? tr("%1 new").arg(models::wholeNumber(count)) : tr("Follow");
    if (m_new->text() == words)
        return;
    m_new->setText(words);
    m_new->setAccessibleName(count > 0 ? tr("Show %1 new calls and follow").arg(count) : tr("Follow new calls"));
    m_new->updateGeometry();
}

void TrafficPage::follow()
{
    m_paused = false;
    m_held = false;
    m_table->verticalScrollBar()->setValue(m_table->verticalScrollBar()->minimum());
    updateFollowing();
}

// The newest call is shown as soon as there is one, and a shown call keeps its row over a new filter. Neither is a
// choice of the reader, so the list goes on following.
void TrafficPage::keepChoice()
{
    if (m_table->currentIndex().isValid())
        return;
    const int row = m_trace->call() ? m_model->rowOf(m_trace->call()->id) : 0;
    if (row < 0 || !m_model->row(row))
        return;
    m_choosing = true;
    m_table->selectRow(row);
    m_choosing = false;
}

void TrafficPage::showLower(bool shown)
{
    if (m_lower->isHidden() != shown)
        return;
    m_lower->setVisible(shown);
    QMetaObject::invokeMethod(this, &TrafficPage::layOutRows, Qt::QueuedConnection);
}

void TrafficPage::chooseRow(int row)
{
    const CallRow* here = m_model->row(row);
    if (!here)
        return;
    // Rows that arrive shift the current row; only another call is a choice.
    if (m_trace->call() && m_trace->call()->id == here->call.id)
        return;
    if (!m_choosing) {
        m_held = true;
        updateFollowing();
    }
    const Call call = here->call;
    showCall(call);
    if (call.commitUs >= 0)
        return;
    // An event leaves before its record is durable; how long that took stands in the record.
    ++m_asking;
    m_session.client().call(call.id).then(this, [this](Result<Call> whole) {
        --m_asking;
        if (whole && m_trace->call() && m_trace->call()->id == whole->id)
            showCall(*whole);
    });
}

void TrafficPage::showCall(const Call& call)
{
    m_trace->setCall(call);
    m_why->setCall(call);
}

void TrafficPage::step(int by)
{
    const int rows = m_model->rowCount();
    if (rows == 0)
        return;
    const QModelIndex current = m_table->currentIndex();
    const int row = current.isValid() ? std::clamp(current.row() + by, 0, rows - 1) : 0;
    m_table->selectRow(row);
}

bool TrafficPage::handleKey(int key)
{
    switch (key) {
    case Qt::Key_J:
    case Qt::Key_BracketRight:
        step(1);
        return true;
    case Qt::Key_K:
    case Qt::Key_BracketLeft:
        step(-1);
        return true;
    case Qt::Key_Space:
        if (m_model->isFollowing()) {
            m_paused = true;
            updateFollowing();
        } else {
            follow();
        }
        return true;
    case Qt::Key_Y:
        copyId();
        return true;
    case Qt::Key_Slash:
        m_field->setFocus(Qt::ShortcutFocusReason);
        return true;
    default:
        return false;
    }
}

bool TrafficPage::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::NoModifier && handleKey(key->key()))
            return true;
        if (watched == m_trace->waterfall() && key->key() == Qt::Key_Escape) {
            m_table->setFocus(Qt::ShortcutFocusReason);
            return true;
        }
    }
    return Page::eventFilter(watched, event);
}

void TrafficPage::copyId()
{
    if (!m_trace->call())
        return;
    QGuiApplication::clipboard()->setText(m_trace->call()->id);
    Q_EMIT toastRequested(tr("Copied %1").arg(m_trace->call()->id));
}

void TrafficPage::copyCurl()
{
    if (!m_trace->call())
        return;
    const QString url = m_session.status() ? m_session.status()->gatewayUrl : QStringLiteral("http://127.0.0.1:4180");
    QGuiApplication::clipboard()->setText(models::curlFor(*m_trace->call(), url));
    Q_EMIT toastRequested(tr("Copied as cURL; key and text are placeholders"));
}

// What a narrow window cannot show stands in the trace of a call: first the feature goes, then the fallback, then our
// own time.
void TrafficPage::layOutColumns()
{
    const int width = this->width();
    const bool feature = width >= metrics().px(1120);
    const bool fallback = width >= metrics().px(1040);
    const bool own = width >= metrics().px(1010);
    QVector<TableView::Width> widths{{109, 0}, {102, 0}, {95, 0}, {84, 0}, {109, 0}, {172, 1}, {70, 0}, {98, 0},
        {58, 0}, {56, 0}, {63, 0}, {98, 0}, {81, 0}};
    for (const auto& [column, isShown] : {std::pair{CallTableModel::Feature, feature},
             std::pair{CallTableModel::Fallback, fallback}, std::pair{CallTableModel::Own, own}}) {
        m_table->setColumnHidden(column, !isShown);
        if (!isShown)
            widths[column] = {0, 0};
    }
    m_table->setWidths(widths);
}

// Whole rows: the list takes two fifths of the height, and no row is cut at its lower edge.
void TrafficPage::layOutRows()
{
    if (m_splitByHand)
        return;
    const int room = m_splitter->height() - Metrics::gap;
    const int head = m_table->heightForRows(0) + 2;
    const int row = metrics().tableRow();
    const int rows = std::clamp((room * 2 / 5 - head) / row, 3, 24);
    m_splitter->setSizes({head + rows * row, std::max(1, room - head - rows * row)});
}

void TrafficPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    layOutColumns();
    // The splitter gets its height from the layout only after this event.
    QMetaObject::invokeMethod(this, &TrafficPage::layOutRows, Qt::QueuedConnection);
}

} // namespace ui::traffic
