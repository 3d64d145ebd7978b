#include "pages/config/config_page.h"

#include "models/format.h"
#include "pages/config/canary_view.h"
#include "pages/config/change_panel.h"
#include "pages/config/config_actions.h"
#include "pages/config/config_data.h"
#include "pages/config/config_stages.h"
#include "pages/config/draft_editor.h"
#include "pages/config/draft_panel.h"
#include "pages/config/history_view.h"
#include "pages/config/replay_view.h"
#include "pages/config/standing_bar.h"
#include "theme/theme.h"
#include "widgets/button.h"
#include "widgets/choice_cells.h"
#include "widgets/panel.h"
#include "widgets/state_overlay.h"
#include "widgets/summary_strip.h"
#include "widgets/text_label.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace ui::config {

using namespace gateway::api;

namespace {

constexpr int kPollMs = 3'000;
constexpr int kTicksOfAll = 5; // what rarely moves is asked for every fifth time

constexpr std::array kViews{"change", "replay", "canary", "history"};

bool isOpen(const Draft& draft)
{
    return draft.state != QLatin1String("promoted") && draft.state != QLatin1String("rolled_back") &&
           draft.state != QLatin1String("abandoned");
}

} // namespace

ConfigPage::ConfigPage(Session& session, QWidget* parent)
    : Page(parent),
      m_session(session),
      m_data(new ConfigData(session, this)),
      m_actions(new ConfigActions(session, *m_data, this)),
      m_views(new Segment(tr("View"))),
      m_rollBack(new Button(
          tr("Roll back..."), Button::Kind::Danger, QStringLiteral("undo"), this)), // else a window of its own
      m_standing(new StandingBar),
      m_stages(new StepsStrip),
      m_about(new TextLabel({}, &Type::ui, Token::Text2)),
      m_row(new QWidget),
      m_save(new Button(tr("Save"))),
      m_drop(new Button(tr("Discard"), Button::Kind::Quiet)),
      m_merge(new Button(tr("Merge..."))),
      m_ask(new Button(tr("Ask for review"))),
      m_review(new Button(tr("Review..."), Button::Kind::Secondary, QStringLiteral("check"))),
      m_abandon(new Button(tr("Abandon..."), Button::Kind::Quiet)),
      m_emergency(new Button(tr("Emergency..."), Button::Kind::Danger, QStringLiteral("bolt"))),
      m_promote(new Button(tr("Promote..."), Button::Kind::Primary)),
      m_drafts(new DraftPanel),
      m_editor(new DraftEditor(session)),
      m_change(new ChangePanel),
      m_changeView(new QWidget),
      m_replay(new ReplayView(session)),
      m_canary(new CanaryView),
      m_history(new HistoryView(session)),
      m_content(new QWidget),
      m_statePanel(new Panel),
      m_overlay(new StateOverlay(m_statePanel))
{
    build();
    wire();
    setView(ChangeView);
    m_content->setVisible(false);
}

void ConfigPage::build()
{
    m_views->addChoice(tr("Change"), tr("The text and what it changes"));
    m_views->addChoice(tr("Replay"), tr("Recorded calls decided again"));
    m_views->addChoice(tr("Canary"));
    m_views->addChoice(tr("History"), tr("Every revision that was in force"));
    m_save->setKeycap(QStringLiteral("Ctrl S"));
    m_ask->setToolTip(tr("Copies what the other person needs: the draft, its text and what it changes"));
    m_about->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(m_row);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_about, 1);
    for (Button* button : {m_abandon, m_drop, m_save, m_merge, m_ask, m_review, m_emergency, m_promote}) {
        button->hide();
        row->addWidget(button);
    }
    auto* columns = new QHBoxLayout(m_changeView);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(Metrics::gap);
    m_drafts->setFixedWidth(metrics().px(252));
    columns->addWidget(m_drafts);
    columns->addWidget(m_editor, 10);
    columns->addWidget(m_change, 11);

    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Metrics::gap);
    layout->addWidget(m_standing);
    layout->addWidget(m_stages);
    layout->addWidget(m_row);
    for (QWidget* view : {m_changeView, static_cast<QWidget*>(m_replay), static_cast<QWidget*>(m_canary),
             static_cast<QWidget*>(m_history)})
        layout->addWidget(view, 1);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_content, 1);
    page->addWidget(m_statePanel, 1);
    m_overlay->setZeroIcon(QStringLiteral("config"));
    m_rollBack->hide();
}

void ConfigPage::wire()
{
    m_soon.setSingleShot(true);
    connect(&m_soon, &QTimer::timeout, this, &ConfigPage::showAll);
    m_poll.setInterval(kPollMs);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        const bool moves =
            (m_data->canaries().current.has_value()) || (m_data->replay() && m_data->replay()->isRunning());
        if (++m_tick % kTicksOfAll == 0)
            m_data->ask();
        else if (moves && !m_data->isAsking())
            m_data->askLive();
    });
    connect(m_data, &ConfigData::changed, this, &ConfigPage::refresh);
    connect(m_data, &ConfigData::draftRead, this, [this] { m_editor->setDraft(m_data->draft()); });
    connect(m_data, &ConfigData::failed, this, &ConfigPage::showFailure);
    connect(&m_session, &Session::permissionsChanged, this, &ConfigPage::refresh);
    connect(&m_session, &Session::eventsArrived, this, [this](const QVector<Event>& events) {
        const bool concerns = std::any_of(events.begin(), events.end(),
            [](const Event& event) { return event.type.startsWith(QLatin1String("config.")); });
        if (concerns && m_active && !m_paused)
            m_data->ask();
    });
    connect(m_views, &ChoiceRow::chosen, this, [this](int index) { setView(View(index)); });
    connect(m_drafts, &DraftPanel::chosen, this, [this](const QString& draft) {
        if (m_editor->isEdited() && draft != m_data->chosen()) {
            Q_EMIT toastRequested(
                tr("%1 has changes that are not saved. Save or discard them first.").arg(m_data->chosen()));
            return refresh();
        }
        m_isTyped = false;
        m_data->choose(draft);
    });
    connect(m_editor, &DraftEditor::settled, this, &ConfigPage::askDifference);
    connect(m_editor, &DraftEditor::editedChanged, this, &ConfigPage::refresh);
    connect(m_change, &ChangePanel::lineWanted, m_editor, &DraftEditor::goTo);
    connect(m_replay, &ReplayView::startWanted, this, &ConfigPage::startReplay);
    connect(m_replay, &ReplayView::cancelWanted, this, [this] {
        if (!m_data->replay())
            return;
        m_data->replays().cancel(m_data->replay()->id).then(this, [this](const Result<ReplayReport>& answer) {
            if (answer)
                m_data->take(*answer);
        });
    });
    connect(m_replay, &ReplayView::callWanted, this,
        [this](const QString& id) { Q_EMIT openRequested(QStringLiteral("traffic"), QStringLiteral("call=") + id); });
    connect(m_canary, &CanaryView::startWanted, m_actions, &ConfigActions::startCanary);
    connect(m_canary, &CanaryView::actionWanted, m_actions, &ConfigActions::act);
    connect(m_history, &HistoryView::restoreWanted, m_actions, &ConfigActions::restore);
    connect(m_history, &HistoryView::rollBackWanted, m_actions, &ConfigActions::rollBack);
    connect(m_history, &HistoryView::reviewWanted, m_actions, &ConfigActions::reviewRevision);
    connect(m_standing, &StandingBar::adoptWanted, m_actions, &ConfigActions::adopt);
    connect(m_standing, &StandingBar::revertWanted, m_actions, &ConfigActions::revert);
    connect(m_standing, &StandingBar::reviewWanted, m_actions, &ConfigActions::reviewRevision);
    connect(m_drafts, &DraftPanel::newWanted, m_actions, &ConfigActions::newDraft);
    connect(m_actions, &ConfigActions::changed, m_data, &ConfigData::ask);
    connect(m_actions, &ConfigActions::saved, m_editor, &DraftEditor::setSaved);
    connect(m_actions, &ConfigActions::said, this, &Page::toastRequested);
    connect(m_actions, &ConfigActions::refused, this, &Page::toastRequested);
    connect(m_actions, &ConfigActions::undoOffered, this, &Page::undoOffered);
    connect(m_overlay, &StateOverlay::actionTriggered, m_data, &ConfigData::ask);
    connect(m_rollBack, &QAbstractButton::clicked, this, [this] { m_actions->rollBack(0); });
    connect(m_save, &QAbstractButton::clicked, this, &ConfigPage::save);
    connect(m_drop, &QAbstractButton::clicked, this, [this] {
        m_isTyped = false;
        m_editor->drop();
        m_data->ask();
    });
    connect(m_merge, &QAbstractButton::clicked, m_actions, &ConfigActions::merge);
    connect(m_ask, &QAbstractButton::clicked, this, &ConfigPage::askForReview);
    connect(m_review, &QAbstractButton::clicked, m_actions, &ConfigActions::review);
    connect(m_abandon, &QAbstractButton::clicked, m_actions, &ConfigActions::abandon);
    connect(m_emergency, &QAbstractButton::clicked, this, [this] { m_actions->promote(true); });
    connect(m_promote, &QAbstractButton::clicked, this, [this] { m_actions->promote(false); });
    auto* saving = new QShortcut(QKeySequence::Save, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(saving, &QShortcut::activated, this, &ConfigPage::save);
}

QString ConfigPage::caption() const
{
    const auto& standing = m_data->standing();
    if (!standing)
        return tr("what is in force, and how it changes");
    const auto open = std::count_if(m_data->drafts().begin(), m_data->drafts().end(), isOpen);
    return tr("r%1 in force, %2")
        .arg(standing->revision)
        .arg(models::plural(open, tr("open draft"), tr("open drafts")));
}

QList<QWidget*> ConfigPage::headerWidgets()
{
    return {m_views, m_rollBack};
}

void ConfigPage::activated()
{
    m_active = true;
    if (!m_data->standing())
        m_overlay->showLoading();
    m_data->ask();
    if (!m_paused)
        m_poll.start();
}

void ConfigPage::deactivated()
{
    m_active = false;
    m_poll.stop();
}

void ConfigPage::setPaused(bool paused)
{
    m_paused = paused;
    if (paused)
        m_poll.stop();
    else if (m_active)
        activated();
}

bool ConfigPage::isSettled() const
{
    return m_data->hasAnswered() && !m_data->isAsking() && !m_soon.isActive() && m_asking == 0 &&
           !m_editor->isAsking() && !m_replay->isAsking() && !m_history->isAsking();
}

void ConfigPage::open(const QString& argument)
{
    const QString value = argument.section(QLatin1Char('='), 1);
    if (argument.startsWith(QLatin1String("draft="))) {
        m_data->choose(value);
        setView(ChangeView);
    } else if (argument.startsWith(QLatin1String("revision="))) {
        setView(HistoryPart);
        m_history->choose(value.toInt());
    } else if (argument.startsWith(QLatin1String("view="))) {
        for (std::size_t i = 0; i < kViews.size(); ++i) {
            if (value == QLatin1String(kViews[i]))
                setView(View(i));
        }
    }
}

void ConfigPage::setView(View view)
{
    m_view = view;
    m_views->setCurrent(view);
    m_changeView->setVisible(view == ChangeView);
    m_replay->setVisible(view == ReplayPart);
    m_canary->setVisible(view == CanaryPart);
    m_history->setVisible(view == HistoryPart);
    if (m_data->standing())
        showAll();
}

void ConfigPage::refresh()
{
    m_soon.start(0);
}

void ConfigPage::showAll()
{
    const auto& standing = m_data->standing();
    if (!standing)
        return;
    m_overlay->clear();
    m_content->setVisible(true);
    m_statePanel->setVisible(false);
    const QDateTime now = m_session.now();
    std::optional<Revision> inForce;
    for (const Revision& revision : m_data->revisions()) {
        if (revision.number == standing->revision)
            inForce = revision;
    }
    m_standing->setStanding(*standing, inForce, now);
    m_standing->setMay(m_session.mayAct(Action::AdoptFile), m_session.mayAct(Action::RevertFile),
        m_session.mayAct(Action::ReviewDraft));
    const bool mayRollBack = m_session.mayAct(Action::RollBackConfig);
    m_rollBack->setVisible(mayRollBack && standing->previous > 0);
    m_rollBack->setText(tr("Roll back to r%1...").arg(standing->previous));
    switch (m_view) {
    case ChangeView:
        m_drafts->setMayWrite(m_session.mayAct(Action::WriteDraft));
        m_drafts->setDrafts(m_data->drafts(), m_data->chosen(), now);
        m_drafts->setDraft(m_data->draft(), now);
        break;
    case ReplayPart:
        m_replay->setDraft(m_data->chosen(), m_session.mayAct(Action::ReplayConfig));
        m_replay->setReport(m_data->replay(), m_data->isReplayOld());
        break;
    case CanaryPart:
        m_canary->setMay(m_session.mayAct(Action::StartCanary),
            m_data->draft() && isOpen(*m_data->draft()) && !m_data->draft()->findings.isBlocked() &&
                !m_data->draft()->isBehind && !m_editor->isEdited() && !m_data->canaries().current,
            m_data->chosen());
        m_canary->setCanary(m_data->canary(), now);
        break;
    case HistoryPart:
        m_history->setMay(m_session.mayAct(Action::WriteDraft), mayRollBack, m_session.mayAct(Action::ReviewDraft));
        m_history->setRevisions(m_data->revisions(), standing->revision, now);
        break;
    }
    showDraft();
    showButtons();
    Q_EMIT captionChanged();
}

void ConfigPage::showDraft()
{
    const auto& draft = m_data->draft();
    if (m_data->chosen().isEmpty())
        m_editor->setDraft(std::nullopt);
    m_editor->setMayWrite(m_session.mayAct(Action::WriteDraft));
    m_stages->setVisible(draft.has_value() && m_view != HistoryPart);
    if (!draft) {
        if (m_data->chosen().isEmpty())
            m_change->setWaiting(tr("Nothing to compare"), tr("What a draft changes is told here by its effect."));
        else
            m_change->setLoading();
        return;
    }
    const auto& report = m_data->difference();
    const StageFacts facts{*draft, m_data->replay(), m_data->isReplayOld(), m_data->canary(),
        m_data->standing()->reviewRequired, report && report->loosens, m_data->standing()->revision, m_session.now()};
    m_stages->setSteps(stagesOf(facts));
    m_about->setText(
        draft->note.isEmpty() ? tr("**%1**").arg(draft->id) : tr("**%1**  %2").arg(draft->id, draft->note));
    if (m_isTyped)
        return; // the difference of what is typed stands
    if (report)
        m_change->setReport(*report);
    m_change->setTexts(m_data->textInForce(), m_editor->text());
}

// What the role may not do is not there; what the text does not allow yet is there and off.
void ConfigPage::showButtons()
{
    const auto& draft = m_data->draft();
    const bool isThere = draft && isOpen(*draft);
    const bool mayWrite = m_session.mayAct(Action::WriteDraft);
    const bool mayPromote = m_session.mayAct(Action::PromoteDraft);
    const bool isEdited = m_editor->isEdited();
    m_row->setVisible(draft.has_value() && m_view != HistoryPart);
    m_save->setVisible(isThere && mayWrite && isEdited);
    m_drop->setVisible(isThere && mayWrite && isEdited);
    m_abandon->setVisible(isThere && mayWrite && !isEdited);
    m_merge->setVisible(isThere && mayWrite && draft->isBehind);
    const auto review = draft ? standingReview(*draft) : std::nullopt;
    m_ask->setVisible(isThere && mayWrite && !(review && review->approves && !review->isOwn));
    m_review->setVisible(isThere && m_session.mayAct(Action::ReviewDraft));
    m_promote->setVisible(isThere && mayPromote);
    m_emergency->setVisible(isThere && mayPromote);
    const bool canGo = isThere && !isEdited && !draft->isBehind && !draft->findings.isBlocked();
    m_ask->setEnabled(!isEdited);
    m_review->setEnabled(!isEdited);
    m_promote->setEnabled(canGo);
    m_emergency->setEnabled(canGo);
}

void ConfigPage::showFailure(const Error& error)
{
    if (m_data->standing())
        return; // what was read before stays; the frame says how old it is
    using State = StateOverlay::State;
    m_content->setVisible(false);
    m_statePanel->setVisible(true);
    if (error.failure == Failure::NotPermitted)
        m_overlay->show(State::NotPermitted, tr("The config is not shown"), error.message);
    else if (error.failure == Failure::NotFound)
        m_overlay->show(State::NotCollected, tr("No drafts and revisions"),
            tr("This engine keeps neither drafts nor revisions; it may be older than this console."));
    else
        m_overlay->show(State::Error, tr("The config cannot be read"), error.message, tr("Ask again"));
}

void ConfigPage::askDifference(const QString& text)
{
    if (!m_data->draft())
        return;
    m_isTyped = m_editor->isEdited();
    if (!m_isTyped)
        return refresh();
    DiffSide to;
    to.text = text;
    ++m_asking;
    m_data->configs().diff({}, to).then(this, [this, text, question = ++m_question](const Result<DiffReport>& answer) {
        --m_asking;
        if (question != m_question || !m_isTyped)
            return;
        if (answer)
            m_change->setReport(*answer);
        else
            m_change->setWaiting(tr("It cannot be compared yet"), answer.error().message);
        m_change->setTexts(m_data->textInForce(), text);
    });
}

void ConfigPage::startReplay()
{
    m_data->replays().start(m_replay->request()).then(this, [this](const Result<ReplayReport>& answer) {
        if (!answer)
            return m_replay->showProblem(answer.error().message);
        m_data->take(*answer);
    });
}

void ConfigPage::askForReview()
{
    QGuiApplication::clipboard()->setText(m_actions->reviewRequest());
    Q_EMIT toastRequested(tr("What the other person needs is on the clipboard"));
}

void ConfigPage::save()
{
    if (!m_editor->isEdited() || !m_session.mayAct(Action::WriteDraft) || !m_data->draft())
        return;
    m_isTyped = false;
    m_actions->save(m_data->draft()->id, m_editor->version(), m_editor->text());
}

} // namespace ui::config
