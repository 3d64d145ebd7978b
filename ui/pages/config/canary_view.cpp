#include "pages/config/canary_view.h"

#include "models/format.h"
#include "pages/common/facts_view.h"
#include "pages/common/panel_section.h"
#include "pages/config/canary_rows.h"
#include "pages/config/config_stages.h"
#include "pages/config/step_bar.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/chip.h"
#include "widgets/panel.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui::config {

using namespace gateway::api;

CanaryView::CanaryView(QWidget* parent)
    : QWidget(parent),
      m_guardPanel(new Panel(tr("Canary"))),
      m_verdict(new Chip),
      m_sentence(new TextLabel({}, &Type::body)),
      m_guards(new PlainTable(
          tr("Guards"), {{tr("Guard")}, {tr("Control"), true}, {tr("Canary"), true},
                            {tr("Rise, tolerated"), false,
                                tr("With an interval that holds at every look; dashed: what is tolerated")},
                            {tr("n"), true, tr("Calls of the canary that it rests on")}, {tr("Verdict")}})),
      m_steps(new StepBar),
      m_armPanel(new Panel(tr("Both sides"))),
      m_arms(new PlainTable(tr("Both sides"), {{tr("Since it began")}, {tr("Control"), true}, {tr("Canary"), true}})),
      m_entryPanel(new Panel(tr("What was done"))),
      m_entries(new PlainTable(tr("What was done"), {{tr("When")}, {tr("Who")}, {tr("What")}, {tr("Why")}})),
      m_facts(new FactsView(tr("The canary"), 84)),
      m_start(new Button(tr("Start a canary..."), Button::Kind::Primary)),
      m_pause(new Button(tr("Hold..."), Button::Kind::Secondary, QStringLiteral("pause"))),
      m_resume(new Button(tr("Go on..."), Button::Kind::Secondary, QStringLiteral("play"))),
      m_advance(new Button(tr("Next step..."))),
      m_abort(new Button(tr("Abort..."), Button::Kind::Danger, QStringLiteral("x"))),
      m_content(new QWidget),
      m_statePanel(new Panel),
      m_overlay(new StateOverlay(m_statePanel))
{
    m_guardPanel->setObjectHeader(true);
    m_guardPanel->addHeaderWidget(m_verdict);
    for (Button* button : {m_pause, m_resume, m_advance, m_abort}) {
        button->setSmall(true);
        button->hide();
        m_guardPanel->addHeaderWidget(button);
    }
    m_sentence->setWrapped(true);
    m_guards->setWidths({{160, 0}, {92, 0}, {92, 0}, {150, 1}, {92, 0}, {112, 0}});
    m_arms->setWidths({{180, 1}, {128, 0}, {128, 0}});
    m_entries->setWidths({{104, 0}, {100, 0}, {80, 0}, {160, 1}});
    auto* top = new QVBoxLayout;
    top->setContentsMargins(Metrics::panelPadding, 10, Metrics::panelPadding, 10);
    top->setSpacing(10);
    top->addWidget(m_sentence);
    top->addWidget(m_steps, 0, Qt::AlignLeft);
    m_guardPanel->body()->addLayout(top);
    m_guardPanel->body()->addWidget(new Hairline);
    m_guards->setFixedHeight(m_guards->heightForRows(6));
    m_guardPanel->body()->addWidget(m_guards);
    m_guardPanel->body()->addWidget(new Hairline);
    auto* about = new QVBoxLayout;
    about->setContentsMargins(Metrics::panelPadding, 8, Metrics::panelPadding, 8);
    about->addWidget(m_facts);
    m_guardPanel->body()->addLayout(about);
    m_guardPanel->body()->addStretch(1);
    m_guardPanel->setKeepsCorners(true);
    m_arms->setFixedHeight(m_arms->heightForRows(8));
    m_armPanel->body()->addWidget(m_arms);
    m_armPanel->setKeepsCorners(true);
    m_entryPanel->body()->addWidget(m_entries, 1);
    m_entryPanel->setKeepsCorners(true);

    auto* right = new QVBoxLayout;
    right->setSpacing(Metrics::gap);
    right->addWidget(m_armPanel);
    right->addWidget(m_entryPanel, 1);
    auto* columns = new QHBoxLayout(m_content);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(Metrics::gap);
    columns->addWidget(m_guardPanel, 7);
    columns->addLayout(right, 5);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_content, 1);
    layout->addWidget(m_statePanel, 1);
    m_overlay->setZeroIcon(QStringLiteral("config"));
    connect(m_start, &QAbstractButton::clicked, this, &CanaryView::startWanted);
    connect(m_overlay, &StateOverlay::actionTriggered, this, &CanaryView::startWanted);
    const auto act = [this](Button* button, CanaryAction action) {
        connect(button, &QAbstractButton::clicked, this, [this, action] { Q_EMIT actionWanted(action); });
    };
    act(m_pause, CanaryAction::Pause);
    act(m_resume, CanaryAction::Resume);
    act(m_advance, CanaryAction::Advance);
    act(m_abort, CanaryAction::Abort);
    m_start->setSmall(true);
    m_guardPanel->addHeaderWidget(m_start);
    setCanary(std::nullopt, {});
}

void CanaryView::setMay(bool may, bool canStart, const QString& draft)
{
    m_may = may;
    m_canStart = canStart;
    m_draft = draft;
    refreshButtons();
}

void CanaryView::setCanary(const std::optional<CanaryStatus>& canary, const QDateTime& now)
{
    m_canary = canary;
    m_content->setVisible(canary.has_value());
    m_statePanel->setVisible(!canary);
    if (canary) {
        m_overlay->clear();
        m_guardPanel->setTitle(canary->isOver() ? tr("Canary of r%1").arg(canary->revision)
                                                : tr("Canary of r%1, %2 %").arg(canary->revision).arg(canary->percent));
        m_guardPanel->setStatus(statusOf(*canary));
        m_guardPanel->setCaption(tr("%1, as of %2 UTC").arg(phaseWords(*canary), models::clockMinute(canary->asOf)));
        m_verdict->set(wordOf(canary->verdict), ChipLook::ofStatus(statusOf(canary->verdict)));
        m_sentence->setText(canary->sentence);
        m_steps->setCanary(*canary);
        m_guards->clearRows();
        for (const CanaryGuard& guard : canary->guards)
            m_guards->addRow(rowOf(guard));
        m_arms->clearRows();
        for (const QVector<Cell>& row : armRows(*canary))
            m_arms->addRow(row);
        m_armPanel->setCaption(
            tr("control r%1, canary r%2, at the same time").arg(canary->baseRevision).arg(canary->revision));
        m_entries->clearRows();
        for (qsizetype i = canary->entries.size() - 1; i >= 0; --i) {
            const CanaryEntry& entry = canary->entries[i];
            m_entries->addRow({Cell::plain(when(entry.at, now), Token::Text2), Cell::plain(entry.by),
                Cell::plain(entry.action), Cell::plain(entry.text, Token::Text2)});
        }
        m_facts->setFacts(canaryFacts(*canary, now));
    }
    refreshButtons();
}

void CanaryView::refreshButtons()
{
    const bool isLive = m_may && m_canary && !m_canary->isOver();
    const CanaryPhase phase = m_canary ? m_canary->phase : CanaryPhase::Starting;
    m_pause->setVisible(isLive && phase == CanaryPhase::Running);
    m_resume->setVisible(isLive && phase == CanaryPhase::Paused);
    m_advance->setVisible(isLive && (phase == CanaryPhase::Running || phase == CanaryPhase::Paused));
    m_abort->setVisible(isLive);
    const bool canStart = m_may && m_canStart;
    m_start->setVisible(canStart && m_canary && m_canary->isOver());
    if (m_canary)
        return;
    if (m_draft.isEmpty())
        m_overlay->show(StateOverlay::State::Zero, tr("No canary"),
            tr("A canary tries a draft on a part of the callers. No draft is chosen."));
    else
        m_overlay->show(StateOverlay::State::Zero, tr("No canary of %1 yet").arg(m_draft),
            canStart ? tr("It serves a part of the callers by the draft, beside a control at the same time.")
                     : tr("It takes the role operator and a draft that nothing blocks."),
            canStart ? tr("Start a canary...") : QString());
}

} // namespace ui::config
