#include "pages/limits/limits_page.h"

#include "models/format.h"
#include "pages/limits/limits_rows.h"
#include "theme/theme.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"

#include <QVBoxLayout>

namespace ui::limits {
namespace {

using namespace gateway::api;

constexpr int kRefreshMs = 5'000;

Panel* panelOf(const QString& title, const QString& caption, PlainTable* table)
{
    auto* panel = new Panel(title);
    panel->setCaption(caption);
    panel->body()->addWidget(table, 1);
    panel->setKeepsCorners(true);
    return panel;
}

} // namespace

LimitsPage::LimitsPage(Session& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_checks(new PlainTable(tr("Standing checks"),
          {{tr("State")}, {tr("What must hold")}, {tr("Checked"), true, tr("Calls it was recomputed for")},
              {tr("Broken"), true}, {tr("In words")}})),
      m_incidents(new PlainTable(
          tr("Incidents"), {{tr("State")}, {tr("Provider")}, {tr("Owner")}, {tr("Since, UTC")},
                               {tr("Failed"), true, tr("Calls that ended in an error")},
                               {tr("Rescued"), true, tr("Calls that another attempt answered")}, {tr("In words")}})),
      m_quotas(new PlainTable(tr("Quotas of callers"),
          {{tr("Whose")}, {tr("Requests left"), true, tr("Of a minute's; they come back all the time")},
              {tr("Input tokens left"), true}, {tr("Output tokens left"), true}, {tr("Running"), true},
              {tr("Refused"), true, tr("Since the engine started")}})),
      m_providers(new PlainTable(tr("Limits of providers"),
          {{tr("Provider")}, {tr("Requests left"), true, tr("With the headroom taken off")}, {tr("Tokens left"), true},
              {tr("Held"), true, tr("Attempts told to wait or go elsewhere")},
              {tr("Limit moved"), true, tr("Answered 429 while plenty was left")}})),
      m_providerPanel(panelOf(tr("Limits of providers"), {}, m_providers)),
      m_content(new QWidget),
      m_statePanel(new Panel),
      m_overlay(new StateOverlay(m_statePanel))
{
    m_checks->setWidths({{96, 0}, {290, 0}, {72, 0}, {72, 0}, {200, 1}});
    m_incidents->setWidths({{96, 0}, {130, 0}, {96, 0}, {96, 0}, {72, 0}, {72, 0}, {200, 1}});
    m_quotas->setWidths({{200, 1}, {120, 0}, {140, 0}, {140, 0}, {90, 0}, {80, 0}});
    m_providers->setWidths({{200, 1}, {130, 0}, {150, 0}, {80, 0}, {100, 0}});
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addWidget(panelOf(tr("Standing checks"),
                          tr("recomputed from the record of every call, apart from the code that decides"), m_checks),
        3);
    layout->addWidget(panelOf(tr("Incidents"), tr("of providers, the last 100"), m_incidents), 3);
    layout->addWidget(panelOf(tr("Quotas of callers"), tr("per minute, refilled continuously"), m_quotas), 4);
    layout->addWidget(m_providerPanel, 3);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_content, 1);
    page->addWidget(m_statePanel, 1);
    m_content->setVisible(false);
    m_overlay->setZeroIcon(QStringLiteral("limits"));

    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, &LimitsPage::ask);
    connect(m_overlay, &StateOverlay::actionTriggered, this, &LimitsPage::ask);
}

QString LimitsPage::caption() const
{
    return tr("what callers and providers may take, and what must always hold");
}

void LimitsPage::activated()
{
    m_active = true;
    ask();
    m_refresh.start();
}

void LimitsPage::deactivated()
{
    m_active = false;
    m_refresh.stop();
}

void LimitsPage::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused && m_active)
        ask();
}

void LimitsPage::ask()
{
    if (m_paused && m_answered)
        return;
    if (!m_answered)
        m_overlay->showLoading();
    m_asking += 3;
    m_session.client().invariants().then(this, [this](Result<QVector<Invariant>> answer) { fill(m_checks, answer); });
    m_session.client().incidents().then(this, [this](Result<QVector<Incident>> answer) { fill(m_incidents, answer); });
    m_session.client().quotas().then(this, [this](Result<QuotaReport> answer) { takeQuotas(answer); });
}

template <typename Value>
void LimitsPage::fill(PlainTable* table, const Result<QVector<Value>>& answer)
{
    --m_asking;
    if (!answer)
        return fail(answer.error().message);
    table->clearRows();
    for (const Value& value : *answer)
        table->addRow(rowOf(value));
}

void LimitsPage::takeQuotas(const Result<QuotaReport>& answer)
{
    --m_asking;
    if (!answer)
        return fail(answer.error().message);
    m_answered = true;
    m_overlay->clear();
    m_content->setVisible(true);
    m_statePanel->setVisible(false);
    m_quotas->clearRows();
    for (const QuotaStatus& quota : answer->quotas)
        m_quotas->addRow(rowOf(quota));
    m_providers->clearRows();
    for (const ProviderGateStatus& gate : answer->providers)
        m_providers->addRow(rowOf(gate));
    const WaitStatus& waiting = answer->waiting;
    QString words = tr("%1 wait now, %2 waited and went on, %3 shed, %4 ran out of time")
                        .arg(models::wholeNumber(waiting.depth), models::wholeNumber(waiting.admitted),
                            models::wholeNumber(waiting.shed), models::wholeNumber(waiting.timedOut));
    if (waiting.averageWaitMs)
        words += tr(", %1 on average").arg(models::durationFromUs(qint64(*waiting.averageWaitMs * 1000)));
    m_providerPanel->setCaption(words);
}

// What was read before stays; with nothing to show, the page says why.
void LimitsPage::fail(const QString& message)
{
    m_answered = true;
    if (m_content->isVisibleTo(this))
        return;
    m_overlay->show(StateOverlay::State::Error, tr("The limits cannot be read"),
        tr("%1 Asked again every 5 s; the other pages go on.").arg(message), tr("Ask again"));
}

} // namespace ui::limits
