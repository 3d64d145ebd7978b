#include "pages/checklist/checklist_page.h"

#include "models/format.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_label.h"

#include <QVBoxLayout>

#include <array>

namespace ui::checklist {
namespace {

using namespace gateway::api;

constexpr int kRefreshMs = 60'000;
constexpr int kItems = 20;

struct StateWords
{
    const char* name;
    const char* words;
    Status status;
};

constexpr std::array kStates{
    StateWords{"met", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Met"), Status::Ok},
    StateWords{"partly", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Partly"), Status::Degraded},
    StateWords{"not_met", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Not met"), Status::Down},
    StateWords{"unknown", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Not measured"), Status::Unknown},
};

// A state that a newer engine may have is not measured here either: it is never taken for met.
const StateWords& stateOf(const ChecklistItem& item)
{
    for (const StateWords& state : kStates) {
        if (item.state == QLatin1String(state.name))
            return state;
    }
    return kStates.back();
}

// Pages of this console that an item may point to, with their titles.
constexpr std::array<std::pair<const char*, const char*>, 7> kPages{{
    {"routes", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Routes")},
    {"budgets", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Budgets")},
    {"server", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Server")},
    {"traffic", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Traffic")},
    {"providers", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Providers")},
    {"limits", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Limits")},
    {"zones", QT_TRANSLATE_NOOP("ui::checklist::ChecklistPage", "Zones")},
}};

QString pageTitle(const QString& page)
{
    for (const auto& [name, title] : kPages) {
        if (page == QLatin1String(name))
            return ChecklistPage::tr(title);
    }
    return {};
}

} // namespace

ChecklistPage::ChecklistPage(Session& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_summary(new SummaryStrip),
      m_table(new PlainTable(
          tr("Checklist"), {{tr("No."), true}, {tr("State")}, {tr("Item")}, {tr("Evidence")}, {tr("Shown on")}})),
      m_detail(new Panel(tr("Item"))),
      m_evidence(new TextLabel),
      m_link(Button::link({})),
      m_content(new QWidget),
      m_statePanel(new Panel),
      m_overlay(new StateOverlay(m_statePanel))
{
    m_table->setWidths({{48, 0}, {124, 0}, {280, 0}, {240, 1}, {92, 0}});
    m_evidence->setWrapped(true);
    auto* items = new Panel(tr("Twenty items"));
    items->setCaption(tr("measured from config, state and record; what is not measured needs a person"));
    items->body()->addWidget(m_table, 1);
    items->setKeepsCorners(true);
    m_detail->addHeaderWidget(m_link);
    m_detail->body()->addWidget(m_evidence);
    m_detail->setBodyMargins(Metrics::panelPadding, 10);
    auto* strip = new Panel;
    strip->body()->addWidget(m_summary);
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addWidget(strip);
    layout->addWidget(items, 1);
    layout->addWidget(m_detail);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_content, 1);
    page->addWidget(m_statePanel, 1);
    m_content->setVisible(false);
    m_overlay->setZeroIcon(QStringLiteral("checklist"));

    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, &ChecklistPage::ask);
    connect(m_overlay, &StateOverlay::actionTriggered, this, &ChecklistPage::ask);
    connect(m_table, &TableView::currentRowChanged, this, &ChecklistPage::showItem);
    connect(m_link, &QAbstractButton::clicked, this, [this] {
        for (const ChecklistItem& item : m_items) {
            if (item.id == m_chosen)
                Q_EMIT openRequested(item.link, {});
        }
    });
}

QString ChecklistPage::caption() const
{
    return tr("what a gateway in production needs, and what this one has");
}

void ChecklistPage::activated()
{
    m_active = true;
    ask();
    m_refresh.start();
}

void ChecklistPage::deactivated()
{
    m_active = false;
    m_refresh.stop();
}

void ChecklistPage::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused && m_active)
        ask();
}

void ChecklistPage::open(const QString& argument)
{
    if (argument.startsWith(QLatin1String("item=")))
        m_chosen = argument.mid(5);
    for (int row = 0; row < m_items.size(); ++row) {
        if (m_items[row].id == m_chosen)
            m_table->selectRow(row);
    }
}

void ChecklistPage::ask()
{
    if (m_asking || (m_paused && m_answered))
        return;
    if (!m_answered)
        m_overlay->showLoading();
    m_asking = true;
    m_session.client().checklist().then(this, [this](Result<QVector<ChecklistItem>> answer) { take(answer); });
}

void ChecklistPage::take(const Result<QVector<ChecklistItem>>& answer)
{
    m_asking = false;
    m_answered = true;
    if (!answer) {
        if (m_content->isVisibleTo(this)) // what was read before stays
            return;
        if (answer.error().failure == Failure::NotPermitted)
            m_overlay->show(
                StateOverlay::State::NotPermitted, tr("The checklist is not shown"), answer.error().message);
        else if (answer.error().failure == Failure::NotFound)
            m_overlay->show(StateOverlay::State::NotCollected, tr("No checklist"),
                tr("This engine does not offer the checklist; it may be older than this console."));
        else
            m_overlay->show(StateOverlay::State::Error, tr("The checklist cannot be read"),
                tr("%1 Asked again every minute; the other pages go on.").arg(answer.error().message), tr("Ask again"));
        return;
    }
    m_overlay->clear();
    m_content->setVisible(true);
    m_statePanel->setVisible(false);
    const QString chosen = m_chosen.isEmpty() && !answer->isEmpty() ? answer->first().id : m_chosen;
    m_items.clear(); // rows that go must not be taken for chosen ones
    m_table->clearRows();
    m_items = *answer;
    std::array<int, kStates.size()> counts{};
    int selected = 0;
    for (const ChecklistItem& item : m_items) {
        const StateWords& state = stateOf(item);
        ++counts[std::size_t(&state - kStates.data())];
        const QString page = pageTitle(item.link);
        Cell title = Cell::plain(item.title);
        title.strong = true;
        if (item.id == chosen)
            selected = m_table->rows();
        m_table->addRow({Cell::number(QString::number(item.number), Token::Text3),
            Cell::state(state.status, tr(state.words)), title, Cell::plain(item.evidence, Token::Text2),
            Cell::plain(
                page.isEmpty() ? models::notApplicable() : page, page.isEmpty() ? Token::Text3 : Token::Text2)});
    }
    QVector<SummaryCell> cells;
    for (std::size_t i = 0; i < kStates.size(); ++i)
        cells.append({QString::number(counts[i]), tr(kStates[i].words).toLower(), Token::Text1, {}});
    if (m_items.size() != kItems)
        cells.append({QString::number(m_items.size()), tr("items of this engine"), Token::Text2, {}});
    m_summary->setCells(cells);
    m_table->selectRow(selected);
    showItem(selected);
}

void ChecklistPage::showItem(int row)
{
    if (row < 0 || row >= m_items.size())
        return;
    const ChecklistItem& item = m_items[row];
    m_chosen = item.id;
    m_detail->setStatus(stateOf(item).status);
    m_detail->setTitle(item.title);
    m_detail->setCaption(tr("item %1, measured at %2 UTC").arg(item.number).arg(models::clockMinute(item.asOf)));
    m_evidence->setText(item.evidence);
    const QString page = pageTitle(item.link);
    m_link->setText(page.isEmpty() ? QString() : tr("Open %1").arg(page));
    m_link->setVisible(!page.isEmpty());
}

} // namespace ui::checklist
