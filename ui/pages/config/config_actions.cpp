#include "pages/config/config_actions.h"

#include "models/format.h"
#include "pages/config/config_data.h"
#include "pages/config/config_stages.h"
#include "session/session.h"
#include "widgets/choice_cells.h"
#include "widgets/input_field.h"

#include <QWidget>

namespace ui::config {

using namespace gateway::api;

ConfigActions::ConfigActions(Session& session, ConfigData& data, QWidget* page)
    : QObject(page), m_session(session), m_data(data), m_page(page)
{
}

QWidget* ConfigActions::window() const
{
    return m_page->window();
}

ReasonSheet* ConfigActions::sheet() const
{
    return m_sheet;
}

void ConfigActions::newDraft()
{
    const int base = m_data.standing() ? m_data.standing()->revision : 0;
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Begin a draft"), tr("from r%1, which is in force").arg(base),
            tr("A copy of the config in force to work on. Nothing changes until it is promoted."), tr("Begin"),
            QStringLiteral("signalboxctl config draft new"), {}});
    auto* note = new InputField(tr("Note"));
    note->setPlaceholderText(tr("what it is for"));
    m_sheet->addField(tr("Note"), note);
    connect(m_sheet, &ReasonSheet::wished, this, [this, note](const QString& reason) {
        DraftRequest request;
        request.note = note->text().trimmed().isEmpty() ? reason : note->text().trimmed();
        m_sheet->follow(m_data.configs().createDraft(request, reason), [this](const Draft& draft) {
            m_data.take(draft);
            Q_EMIT said(tr("%1 is begun").arg(draft.id));
        });
    });
    m_sheet->begin();
}

void ConfigActions::restore(int revision)
{
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Restore r%1 as a draft").arg(revision), {},
            tr("Its text becomes a draft on what is in force. It goes the same way as any other."), tr("Begin"),
            QStringLiteral("signalboxctl config draft new --from %1").arg(revision), {}});
    connect(m_sheet, &ReasonSheet::wished, this, [this, revision](const QString& reason) {
        DraftRequest request;
        request.from = revision;
        request.note = tr("text of r%1").arg(revision);
        m_sheet->follow(m_data.configs().createDraft(request, reason), [this, revision](const Draft& draft) {
            m_data.take(draft);
            Q_EMIT said(tr("%1 holds the text of r%2").arg(draft.id).arg(revision));
        });
    });
    m_sheet->begin();
}

// A save is no decision: it goes with the note of the draft as its reason, without a sheet.
void ConfigActions::save(const QString& id, int version, const QString& text)
{
    if (const QString why = m_session.blocked(); !why.isEmpty())
        return Q_EMIT refused(why);
    DraftSave save;
    save.version = version;
    save.text = text;
    const QString note = m_data.draft() ? m_data.draft()->note : QString();
    m_data.configs()
        .saveDraft(id, save, note.isEmpty() ? tr("saved in the console") : note)
        .then(this, [this](const Result<Draft>& answer) {
            if (!answer)
                return Q_EMIT refused(answer.error().hint.isEmpty()
                                          ? answer.error().message
                                          : answer.error().message + QLatin1Char(' ') + answer.error().hint);
            Q_EMIT saved();
            m_data.take(*answer);
            Q_EMIT said(tr("%1 is saved").arg(answer->id));
        });
}

void ConfigActions::merge()
{
    const QString id = m_data.chosen();
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Merge %1").arg(id), {},
            tr("What came into force since it was begun is merged into its text, line by line. Where both changed the "
               "same lines the text shows both between marks, which block until one is chosen."),
            tr("Merge"), QStringLiteral("signalboxctl config draft save %1 --merge").arg(id), {}});
    m_sheet->setReason(tr("another revision is in force"));
    connect(m_sheet, &ReasonSheet::wished, this, [this, id](const QString& reason) {
        m_sheet->follow(m_data.configs().mergeDraft(id, reason), [this](const Draft& draft) {
            m_data.take(draft);
            Q_EMIT said(tr("%1 is merged").arg(draft.id));
        });
    });
    m_sheet->begin();
}

void ConfigActions::abandon()
{
    const QString id = m_data.chosen();
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Abandon %1").arg(id), {}, tr("It stays in the list with its text, and cannot come into force."),
            tr("Abandon %1").arg(id), QStringLiteral("signalboxctl config draft abandon %1").arg(id), {},
            Button::Kind::Danger});
    connect(m_sheet, &ReasonSheet::wished, this, [this, id](const QString& reason) {
        m_sheet->follow(m_data.configs().abandonDraft(id, reason), [this](const Draft& draft) {
            m_data.take(draft);
            Q_EMIT changed();
        });
    });
    m_sheet->begin();
}

QString ConfigActions::reviewRequest() const
{
    const auto& draft = m_data.draft();
    if (!draft)
        return {};
    QStringList lines{tr("Please look at the config draft %1 on %2.").arg(draft->id, m_session.options().name),
        tr("By %1: %2").arg(draft->author, draft->note.isEmpty() ? tr("no note") : draft->note)};
    if (const auto& report = m_data.difference()) {
        lines.append(tr("%1, %2.").arg(models::plural(report->changes, tr("change"), tr("changes")),
            report->loosens ? tr("some loosen, so it needs two people") : tr("none loosens anything")));
        for (const DiffGroup& group : report->groups) {
            for (const DiffSentence& sentence : group.sentences) {
                if (group.name != QLatin1String("cosmetic"))
                    lines.append(QStringLiteral("- %1: %2").arg(group.title, sentence.text));
            }
        }
    }
    lines.append(tr("Text %1, save %2.").arg(draft->hash.left(12)).arg(draft->version));
    lines.append(
        QStringLiteral("signalboxctl config diff running %1; signalboxctl config draft review %1").arg(draft->id));
    return lines.join(QLatin1Char('\n'));
}

void ConfigActions::review()
{
    const auto& draft = m_data.draft();
    if (!draft)
        return;
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Review %1").arg(draft->id), tr("text %1, save %2").arg(draft->hash.left(12)).arg(draft->version),
            tr("It is about this text alone: a later save makes it void. By one who wrote the text it is marked as "
               "their own, and is not enough where two people are needed."),
            tr("Give the review"), QStringLiteral("signalboxctl config draft review %1").arg(draft->id), {}});
    auto* verdict = new Segment(tr("Verdict"));
    verdict->addChoice(tr("Approve"));
    verdict->addChoice(tr("Refuse"));
    verdict->setCurrent(0);
    connect(verdict, &ChoiceRow::chosen, verdict, &ChoiceRow::setCurrent);
    m_sheet->addField(tr("Verdict"), verdict);
    connect(m_sheet, &ReasonSheet::wished, this,
        [this, verdict, id = draft->id, hash = draft->hash](const QString& reason) {
            const bool approves = verdict->current() == 0;
            m_sheet->follow(
                m_data.configs().reviewDraft(id, approves, hash, reason, reason), [this, approves](const Draft& draft) {
                    m_data.take(draft);
                    Q_EMIT said(approves ? tr("%1 is approved").arg(draft.id) : tr("%1 is refused").arg(draft.id));
                });
        });
    m_sheet->begin();
}

void ConfigActions::reviewRevision(int revision)
{
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Look at r%1").arg(revision), tr("put in force past review"),
            tr("By somebody who neither wrote it nor put it in force. A refusal does not take it back; a rollback "
               "does."),
            tr("Give the review"), QStringLiteral("signalboxctl config review %1").arg(revision), {}});
    auto* verdict = new Segment(tr("Verdict"));
    verdict->addChoice(tr("Approve"));
    verdict->addChoice(tr("Refuse"));
    verdict->setCurrent(0);
    connect(verdict, &ChoiceRow::chosen, verdict, &ChoiceRow::setCurrent);
    m_sheet->addField(tr("Verdict"), verdict);
    connect(m_sheet, &ReasonSheet::wished, this, [this, verdict, revision](const QString& reason) {
        m_sheet->follow(m_data.configs().reviewRevision(revision, verdict->current() == 0, reason, reason),
            [this, revision](const Revision&) {
                Q_EMIT changed();
                Q_EMIT said(tr("r%1 has its review").arg(revision));
            });
    });
    m_sheet->begin();
}

void ConfigActions::startCanary()
{
    const QString id = m_data.chosen();
    const QString command = QStringLiteral("signalboxctl config canary start %1").arg(id);
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Start a canary of %1").arg(id), tr("steps and guards as the config in force says"),
            tr("A part of the callers is served by the draft, the others are its control at the same time. It reverts "
               "itself when a guard fails, and can be ended at any moment."),
            tr("Start the canary"), command, tr("Abort at any time")});
    auto* sticky = new Segment(tr("Together stay"));
    sticky->addChoice(tr("Tenants"), tr("One tenant sees one behaviour"));
    sticky->addChoice(tr("Credentials"), tr("Spreads over more callers; a tenant may see both sides"));
    sticky->setCurrent(0);
    connect(sticky, &ChoiceRow::chosen, sticky, &ChoiceRow::setCurrent);
    auto* exclude = new InputField(tr("Tenants left out"));
    exclude->setPlaceholderText(tr("none; names with commas"));
    m_sheet->addField(tr("Stay together"), sticky);
    m_sheet->addField(tr("Leave out"), exclude);
    connect(m_sheet, &ReasonSheet::wished, this, [this, sticky, exclude, id](const QString& reason) {
        CanaryPlan plan;
        plan.draft = id;
        plan.stickyBy = sticky->current() == 0 ? StickyBy::Tenant : StickyBy::Credential;
        for (const QString& tenant : exclude->text().split(QLatin1Char(','), Qt::SkipEmptyParts))
            plan.exclude.append(tenant.trimmed());
        m_sheet->follow(m_data.rollouts().start(plan, reason), [this](const CanaryStatus& canary) {
            Q_EMIT changed();
            Q_EMIT said(tr("The canary of r%1 begins").arg(canary.revision));
        });
    });
    m_sheet->begin();
}

void ConfigActions::act(CanaryAction action)
{
    struct Said
    {
        QString title;
        QString effect;
        QString primary;
    };
    Said words;
    switch (action) {
    case CanaryAction::Pause:
        words = {tr("Hold the canary"), tr("It keeps its share and its guards, and does not go on by itself."),
            tr("Hold it")};
        break;
    case CanaryAction::Resume:
        words = {tr("Let the canary go on"), tr("It goes on by itself, while no guard fails."), tr("Go on")};
        break;
    case CanaryAction::Advance:
        words = {tr("To the next step"),
            tr("Now, although its least time or calls are not reached. Never past a failed guard."), tr("Next step")};
        break;
    case CanaryAction::Abort:
        words = {tr("Abort the canary"), tr("All callers are back on the revision in force, on every worker."),
            tr("Abort it")};
        break;
    }
    m_sheet = new ReasonSheet(window(), m_session,
        {words.title, {}, words.effect, words.primary,
            QStringLiteral("signalboxctl config canary %1").arg(nameOf(action)), {},
            action == CanaryAction::Abort ? Button::Kind::Danger : Button::Kind::Primary});
    connect(m_sheet, &ReasonSheet::wished, this, [this, action](const QString& reason) {
        m_sheet->follow(m_data.rollouts().act(action, reason), [this](const CanaryStatus& canary) {
            Q_EMIT changed();
            Q_EMIT said(tr("The canary is %1").arg(phaseWords(canary)));
        });
    });
    m_sheet->begin();
}

void ConfigActions::promote(bool emergency)
{
    const QString id = m_data.chosen();
    QString effect = emergency
                         ? tr("It comes into force past review and canary. Somebody who neither wrote it nor put it in "
                              "force has to look at it by the end of the next day; until then it is listed.")
                         : tr("It comes into force on every worker. The text that runs now is one rollback away.");
    if (const auto& report = m_data.difference(); report && report->loosens)
        effect +=
            QLatin1Char(' ') + tr("It loosens something, so it needs the approval of somebody who wrote none of it.");
    m_sheet = new ReasonSheet(window(), m_session,
        {emergency ? tr("Emergency: put %1 in force").arg(id) : tr("Promote %1").arg(id),
            m_data.standing() ? tr("replaces r%1").arg(m_data.standing()->revision) : QString(), effect,
            emergency ? tr("Put it in force now") : tr("Promote %1").arg(id),
            QStringLiteral("signalboxctl config promote %1%2")
                .arg(id, emergency ? QStringLiteral(" --emergency") : QString()),
            tr("Undo for 10 s, or roll back"), emergency ? Button::Kind::Danger : Button::Kind::Primary});
    connect(m_sheet, &ReasonSheet::wished, this, [this, id, emergency](const QString& reason) {
        m_sheet->follow(m_data.configs().promote({id, emergency}, reason), [this](const Promotion& promotion) {
            came(promotion, tr("r%1 is in force").arg(promotion.revision.number));
        });
    });
    m_sheet->begin();
}

// Going back gets a number of its own; going back from that is the same again.
void ConfigActions::came(const Promotion& promotion, const QString& words)
{
    Q_EMIT changed();
    if (promotion.replaced == 0)
        return Q_EMIT said(words);
    Q_EMIT undoOffered(words, [this, back = promotion.replaced] {
        m_data.configs()
            .rollBack(back, tr("undone in the console"))
            .then(this, [this](const Result<Promotion>& answer) {
                if (!answer)
                    return Q_EMIT refused(answer.error().message);
                Q_EMIT changed();
                Q_EMIT said(tr("r%1 brings r%2 back").arg(answer->revision.number).arg(answer->revision.restores));
            });
    });
}

void ConfigActions::rollBack(int revision)
{
    const int to = revision > 0 || !m_data.standing() ? revision : m_data.standing()->previous;
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Roll back to r%1").arg(to),
            m_data.standing() ? tr("from r%1").arg(m_data.standing()->revision) : QString(),
            tr("The text of r%1 comes into force again on every worker, under a new number. A canary that runs ends "
               "with it. The text that is left is not taken from the file again by itself.")
                .arg(to),
            tr("Roll back to r%1").arg(to), QStringLiteral("signalboxctl config rollback %1").arg(to),
            tr("Undo for 10 s, or promote again"), Button::Kind::Danger});
    connect(m_sheet, &ReasonSheet::wished, this, [this, to](const QString& reason) {
        m_sheet->follow(m_data.configs().rollBack(to, reason), [this, to](const Promotion& promotion) {
            came(promotion, tr("r%1 is in force with the text of r%2").arg(promotion.revision.number).arg(to));
        });
    });
    m_sheet->begin();
}

void ConfigActions::adopt()
{
    const auto& standing = m_data.standing();
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Take the file"), standing ? standing->file : QString(),
            tr("The file as it is now comes into force on every worker, as a revision of its own. Where it loosens "
               "something it is refused and goes through a draft."),
            tr("Take the file"), QStringLiteral("signalboxctl config adopt"), tr("Undo for 10 s, or roll back")});
    connect(m_sheet, &ReasonSheet::wished, this, [this](const QString& reason) {
        m_sheet->follow(m_data.configs().adoptFile(reason), [this](const Promotion& promotion) {
            came(promotion, tr("r%1 is in force, from the file").arg(promotion.revision.number));
        });
    });
    m_sheet->begin();
}

void ConfigActions::revert()
{
    const auto& standing = m_data.standing();
    m_sheet = new ReasonSheet(window(), m_session,
        {tr("Write the file"), standing ? standing->file : QString(),
            tr("What is in force is written into the file. What the file held is kept beside it."),
            tr("Write the file"), QStringLiteral("signalboxctl config revert"), tr("The old text is kept beside it")});
    connect(m_sheet, &ReasonSheet::wished, this, [this](const QString& reason) {
        m_sheet->follow(m_data.configs().revertFile(reason), [this](const ConfigStanding&) {
            Q_EMIT changed();
            Q_EMIT said(tr("The file says what is in force"));
        });
    });
    m_sheet->begin();
}

} // namespace ui::config
