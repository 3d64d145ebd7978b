#include "pages/zones/zones_page.h"

#include "models/format.h"
#include "pages/common/facts_view.h"
#include "pages/zones/zones_rows.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/code_view.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace ui::zones {
namespace {

using namespace gateway::api;

struct Period
{
    const char* words;
    int days;
};

constexpr std::array kPeriods{Period{"24 h", 1}, Period{"7 d", 7}, Period{"28 d", 28}, Period{"90 d", 90}};
constexpr int kQueryLines = 6;

// The query on lines of its own parts; the words stay as the engine sent them.
QString inLines(QString query)
{
    for (const char* word : {" FROM ", " CROSS JOIN ", " WHERE ", " AND a.result", " GROUP BY "})
        query.replace(QLatin1String(word), QLatin1Char('\n') + QLatin1String(word).mid(1));
    return query;
}

QString minuteOf(const QDateTime& time)
{
    return time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

} // namespace

ZonesPage::ZonesPage(Session& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_period(new Segment(tr("Time that is checked"))),
      m_again(new Button(tr("Check again"), Button::Kind::Secondary, QStringLiteral("refresh"))),
      m_summary(new SummaryStrip),
      m_tenants(new PlainTable(tr("Zones of tenants"),
          {{tr("Verdict")}, {tr("Tenant")}, {tr("Contract"), false, tr("Zone the contract states, and its reference")},
              {tr("In force"), false, tr("Zone of the config now")},
              {tr("Attempts"), true, tr("Recorded in this time, fallbacks included")},
              {tr("Outside"), true, tr("Of them outside the zone in force")},
              {tr("Unknown"), true, tr("Of them at an endpoint the config no longer knows")}, {tr("In words")}})),
      m_endpointPanel(new Panel(tr("Endpoints"))),
      m_endpoints(new PlainTable(
          tr("Endpoints of the tenant"), {{tr("Zone")}, {tr("Alias")}, {tr("Step")}, {tr("Candidate")}, {tr("Why")}})),
      m_checkPanel(new Panel(tr("How it was checked"))),
      m_facts(new FactsView(tr("How it was checked"), 112)),
      m_query(new CodeView(tr("Query"))),
      m_content(new QWidget),
      m_statePanel(new Panel),
      m_overlay(new StateOverlay(m_statePanel))
{
    for (const Period& period : kPeriods)
        m_period->addChoice(QString::fromLatin1(period.words));
    m_period->setCurrent(0);
    m_tenants->setWidths({{116, 0}, {130, 0}, {170, 0}, {110, 0}, {84, 0}, {76, 0}, {80, 0}, {200, 1}});
    m_endpoints->setWidths({{92, 0}, {122, 0}, {108, 0}, {312, 0}, {120, 1}});

    auto* strip = new Panel;
    strip->body()->addWidget(m_summary);
    auto* tenants = new Panel(tr("Contract, in force, recorded"));
    tenants->setCaption(tr("what needs somebody first"));
    tenants->body()->addWidget(m_tenants, 1);
    tenants->setKeepsCorners(true);
    m_endpointPanel->body()->addWidget(m_endpoints, 1);
    m_endpointPanel->setKeepsCorners(true);

    m_checkPanel->setBodyMargins(Metrics::panelPadding, 10);
    m_checkPanel->body()->setSpacing(10);
    m_checkPanel->body()->addWidget(m_facts);
    m_query->setFixedHeight(m_query->heightForLines(kQueryLines));
    m_checkPanel->body()->addWidget(m_query);
    auto* limit =
        new TextLabel(tr("This cannot catch a zone that was wrong from day one, or a provider that moved data "
                         "itself. The contract column is for the first."),
            &Type::ui, Token::Text3);
    limit->setWrapped(true);
    m_checkPanel->body()->addWidget(limit);
    m_checkPanel->body()->addStretch(1);

    auto* lower = new QHBoxLayout;
    lower->setSpacing(Metrics::gap);
    lower->addWidget(m_endpointPanel, 2);
    lower->addWidget(m_checkPanel, 1);
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addWidget(strip);
    layout->addWidget(tenants, 5);
    layout->addLayout(lower, 6);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_content, 1);
    page->addWidget(m_statePanel, 1);
    m_content->setVisible(false);
    m_overlay->setZeroIcon(QStringLiteral("zones"));

    connect(m_period, &ChoiceRow::chosen, this, [this](int index) {
        m_period->setCurrent(index);
        ask();
    });
    connect(m_again, &QAbstractButton::clicked, this, &ZonesPage::ask);
    connect(m_overlay, &StateOverlay::actionTriggered, this, &ZonesPage::ask);
    connect(m_tenants, &TableView::currentRowChanged, this, &ZonesPage::showTenant);
}

QString ZonesPage::caption() const
{
    if (!m_check.asOf.isValid())
        return tr("what was promised to each tenant, and where its calls went");
    return tr("%1, checked at %2 UTC, config revision %3")
        .arg(models::plural(m_check.tenants.size(), tr("tenant"), tr("tenants")), models::clockMinute(m_check.asOf))
        .arg(m_check.revision);
}

QList<QWidget*> ZonesPage::headerWidgets()
{
    return {m_period, m_again};
}

void ZonesPage::activated()
{
    ask();
}

void ZonesPage::open(const QString& argument)
{
    if (argument.startsWith(QLatin1String("tenant=")))
        m_chosen = argument.mid(7);
    for (int row = 0; row < m_check.tenants.size(); ++row) {
        if (m_check.tenants[row].tenant == m_chosen)
            m_tenants->selectRow(row);
    }
}

void ZonesPage::ask()
{
    if (m_asking)
        return;
    m_asking = true;
    m_again->setEnabled(false);
    if (!m_answered)
        m_overlay->showLoading();
    const QDateTime since = m_session.now().addDays(-kPeriods[std::size_t(m_period->current())].days);
    m_session.client().zoneCheck(since).then(this, [this](Result<ZoneCheck> answer) { take(answer); });
}

void ZonesPage::take(const Result<ZoneCheck>& answer)
{
    m_asking = false;
    m_answered = true;
    m_again->setEnabled(true);
    if (!answer)
        return fail(answer.error());
    ZoneCheck check = *answer;
    std::stable_sort(check.tenants.begin(), check.tenants.end(),
        [](const TenantZoneCheck& a, const TenantZoneCheck& b) { return rankOf(a.verdict) < rankOf(b.verdict); });
    if (check.tenants.isEmpty()) {
        m_content->setVisible(false);
        m_statePanel->setVisible(true);
        m_overlay->show(StateOverlay::State::Zero, tr("No tenant"),
            tr("The config names no tenant and no call of one was recorded in this time, so there is nothing to "
               "check."),
            tr("Check again"));
        return;
    }
    m_overlay->clear();
    m_content->setVisible(true);
    m_statePanel->setVisible(false);
    const QString chosen = m_chosen;
    m_check = {}; // rows that go must not be taken for chosen ones
    m_tenants->clearRows();
    m_check = check;
    int selected = 0;
    QVector<SummaryCell> cells;
    for (const char* verdict : {"FAIL", "INCOMPLETE", "NO_DATA", "PASS"}) {
        const QString name = QString::fromLatin1(verdict);
        const auto count = std::count_if(m_check.tenants.begin(), m_check.tenants.end(),
            [&name](const TenantZoneCheck& one) { return one.verdict == name; });
        cells.append({models::wholeNumber(count), wordOf(name).toLower(),
            count > 0 && name == QLatin1String("FAIL") ? Token::Down : Token::Text1, {}});
    }
    qint64 attempts = 0;
    qint64 outside = 0;
    for (const TenantZoneCheck& one : m_check.tenants) {
        if (one.tenant == chosen)
            selected = m_tenants->rows();
        m_tenants->addRow(rowOf(one));
        attempts += one.attempts;
        outside += one.outside;
    }
    cells.append({tr("%1 of %2").arg(models::wholeNumber(outside), models::wholeNumber(attempts)),
        tr("attempts outside their zone"), outside > 0 ? Token::Down : Token::Text1, {}});
    m_summary->setCells(cells);
    m_query->setCode(inLines(m_check.query), Language::Plain);
    m_tenants->selectRow(selected);
    showTenant(selected);
    Q_EMIT captionChanged();
}

// What was read before stays, under the message; with nothing to show, the page says why.
void ZonesPage::fail(const Error& error)
{
    if (m_content->isVisibleTo(this)) {
        Q_EMIT toastRequested(error.message);
        return;
    }
    if (error.failure == Failure::NotPermitted)
        m_overlay->show(StateOverlay::State::NotPermitted, tr("Zones are not shown"), error.message);
    else if (error.failure == Failure::NotFound)
        m_overlay->show(StateOverlay::State::NotCollected, tr("No zone check"),
            tr("This engine does not offer the zone check; it may be older than this console."));
    else
        m_overlay->show(
            StateOverlay::State::Error, tr("The zones cannot be checked"), error.message, tr("Check again"));
}

void ZonesPage::showTenant(int row)
{
    if (row < 0 || row >= m_check.tenants.size())
        return;
    const TenantZoneCheck& one = m_check.tenants[row];
    m_chosen = one.tenant;
    m_endpointPanel->setTitle(one.tenant);
    m_endpointPanel->setStatus(statusOf(one.verdict));
    const auto kept = std::count_if(
        one.endpoints.begin(), one.endpoints.end(), [](const ZoneEndpoint& endpoint) { return !endpoint.eligible; });
    m_endpointPanel->setCaption(one.endpoints.isEmpty()
                                    ? tr("no live credential of it may use an alias")
                                    : tr("%1 of the aliases it may use, %2 kept out by its zone")
                                          .arg(models::plural(one.endpoints.size(), tr("endpoint"), tr("endpoints")))
                                          .arg(kept));
    m_endpoints->clearRows();
    for (const ZoneEndpoint& endpoint : one.endpoints)
        m_endpoints->addRow(rowOf(endpoint));
    QVector<models::Fact> facts{
        {tr("Verdict"), wordOf(one.verdict) + QStringLiteral(": ") + one.sentence, false},
        {tr("Period"), tr("%1 to %2 UTC").arg(minuteOf(m_check.since), minuteOf(m_check.until)), false},
        {tr("Population"), tr("attempts, not answers: %1").arg(models::wholeNumber(one.attempts)), false},
        {tr("Unknown"), tr("%1, counted as not passed").arg(models::wholeNumber(one.unknown)), false},
    };
    if (!one.outsideCalls.isEmpty())
        facts.append({tr("Calls outside"), one.outsideCalls.mid(0, 3).join(QStringLiteral("\n")), true});
    m_facts->setFacts(facts);
}

} // namespace ui::zones
