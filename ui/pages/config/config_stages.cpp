#include "pages/config/config_stages.h"

#include "models/format.h"

#include <QCoreApplication>
#include <QLocale>

namespace ui::config {

using namespace gateway::api;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::config", text);
}

Step draftStep(const StageFacts& facts)
{
    const Draft& draft = facts.draft;
    Step step;
    step.name = tr("Draft");
    step.status = Status::Ok;
    step.detail = tr("%1, %2").arg(draft.author, when(draft.updatedAt, facts.now));
    step.note = tr("from r%1, save %2").arg(draft.base).arg(draft.version);
    if (draft.isBehind) {
        step.status = Status::Degraded;
        step.note = tr("from r%1; r%2 is in force").arg(draft.base).arg(facts.inForce);
    }
    if (!draft.conflicts.isEmpty())
        step.note = models::plural(draft.conflicts.size(), tr("place conflicts"), tr("places conflict"));
    return step;
}

Step validatedStep(const StageFacts& facts)
{
    const Findings& findings = facts.draft.findings;
    Step step;
    step.name = tr("Validated");
    if (findings.hash.isEmpty())
        return step;
    step.status = findings.isBlocked() ? Status::Down : Status::Ok;
    step.detail = tr("engine, %1").arg(when(facts.draft.updatedAt, facts.now));
    step.note = findings.compiles ? countWords(findings) : tr("it does not compile");
    return step;
}

Step reviewedStep(const StageFacts& facts)
{
    Step step;
    step.name = tr("Reviewed");
    const auto review = standingReview(facts.draft);
    if (!review) {
        const bool isNeeded = facts.reviewRequired || facts.loosens;
        step.detail = isNeeded ? tr("needs another person") : tr("nobody yet");
        step.note = facts.draft.reviews.isEmpty() ? QString() : tr("of an earlier text");
        return step;
    }
    step.detail = tr("%1, %2").arg(review->by, when(review->at, facts.now));
    step.status = !review->approves ? Status::Down : review->isOwn ? Status::Degraded : Status::Ok;
    step.note = !review->approves ? tr("refused: %1").arg(review->note)
                : review->isOwn   ? tr("by one who wrote it")
                                  : (review->note.isEmpty() ? tr("second person") : review->note);
    return step;
}

Step replayedStep(const StageFacts& facts)
{
    Step step;
    step.name = tr("Replayed");
    if (!facts.replay) {
        step.detail = tr("not yet");
        return step;
    }
    const ReplayReport& replay = *facts.replay;
    if (replay.isRunning()) {
        step.status = Status::Unknown;
        step.detail = replay.total > 0 ? tr("%1 of it").arg(models::percent(double(replay.done) / double(replay.total)))
                                       : tr("begins");
        step.note = tr("runs since %1").arg(when(replay.startedAt, facts.now));
        return step;
    }
    if (replay.state != QLatin1String("done")) {
        step.status = replay.state == QLatin1String("failed") ? Status::Down : Status::NotReached;
        step.detail = replay.state == QLatin1String("failed") ? replay.error : tr("cancelled");
        return step;
    }
    step.status = facts.isReplayOld || replay.replayable == 0 ? Status::CannotSay : Status::Ok;
    step.detail = tr("%1, %2").arg(replay.by, when(replay.endedAt, facts.now));
    step.note = facts.isReplayOld
                    ? tr("of an earlier text")
                    : tr("%1 of %2 decide otherwise")
                          .arg(models::wholeNumber(replay.changed), models::wholeNumber(replay.replayable));
    return step;
}

Step canaryStep(const StageFacts& facts)
{
    Step step;
    step.name = tr("Canary");
    if (!facts.canary) {
        step.detail = tr("none yet");
        return step;
    }
    const CanaryStatus& canary = *facts.canary;
    step.status = statusOf(canary);
    if (!canary.isOver())
        step.name = tr("Canary %1 %").arg(canary.percent);
    step.detail = canary.isOver() ? tr("%1 %2").arg(phaseWords(canary), when(*canary.endedAt, facts.now))
                                  : tr("since %1, %2").arg(when(canary.startedAt, facts.now), phaseWords(canary));
    step.note = tr("n %1, %2").arg(models::wholeNumber(canary.canary.calls), wordOf(canary.verdict).toLower());
    return step;
}

Step promotedStep(const StageFacts& facts)
{
    const Draft& draft = facts.draft;
    Step step;
    step.name = tr("Promoted");
    if (draft.state == QLatin1String("promoted")) {
        step.status = Status::Ok;
        step.detail = tr("r%1, %2").arg(draft.revision).arg(when(draft.updatedAt, facts.now));
        step.note = draft.revision == facts.inForce ? tr("in force") : tr("replaced since");
        return step;
    }
    if (draft.state == QLatin1String("rolled_back") || draft.state == QLatin1String("abandoned")) {
        step.detail = draft.state == QLatin1String("abandoned") ? tr("abandoned") : tr("rolled back");
        return step;
    }
    const auto review = standingReview(draft);
    if (draft.findings.isBlocked() && !draft.findings.hash.isEmpty())
        step.detail = tr("its findings block it");
    else if (draft.isBehind)
        step.detail = tr("has to be merged first");
    else if ((facts.reviewRequired || facts.loosens) && !(review && review->approves && !review->isOwn))
        step.detail = tr("needs another person");
    else
        step.detail = tr("not yet");
    return step;
}

} // namespace

std::optional<ConfigReview> standingReview(const Draft& draft)
{
    std::optional<ConfigReview> found;
    const auto rank = [](const ConfigReview& review) { return !review.approves ? 3 : review.isOwn ? 1 : 2; };
    for (const ConfigReview& review : draft.reviews) {
        if (review.holds && (!found || rank(review) >= rank(*found)))
            found = review;
    }
    return found;
}

Status statusOf(CanaryVerdict verdict)
{
    switch (verdict) {
    case CanaryVerdict::Pass:
        return Status::Ok;
    case CanaryVerdict::Fail:
        return Status::Down;
    case CanaryVerdict::InsufficientData:
        break;
    }
    return Status::CannotSay;
}

Status statusOf(const CanaryStatus& canary)
{
    switch (canary.phase) {
    case CanaryPhase::Starting:
    case CanaryPhase::Running:
        return Status::Canary;
    case CanaryPhase::Paused:
        return Status::Paused;
    case CanaryPhase::Ready:
    case CanaryPhase::Promoted:
        return Status::Ok;
    case CanaryPhase::RolledBack:
        return Status::Down;
    case CanaryPhase::Aborted:
    case CanaryPhase::Interrupted:
        break;
    }
    return Status::CannotSay;
}

QString wordOf(CanaryVerdict verdict)
{
    switch (verdict) {
    case CanaryVerdict::Pass:
        return tr("PASS");
    case CanaryVerdict::Fail:
        return tr("FAIL");
    case CanaryVerdict::InsufficientData:
        break;
    }
    return tr("INSUFFICIENT DATA");
}

QString phaseWords(const CanaryStatus& canary)
{
    switch (canary.phase) {
    case CanaryPhase::Starting:
        return tr("starting");
    case CanaryPhase::Running:
        return tr("running");
    case CanaryPhase::Paused:
        return tr("held");
    case CanaryPhase::Ready:
        return tr("ready to promote");
    case CanaryPhase::Promoted:
        return tr("promoted");
    case CanaryPhase::RolledBack:
        return tr("reverted itself");
    case CanaryPhase::Aborted:
        return tr("ended by %1").arg(canary.endedBy);
    case CanaryPhase::Interrupted:
        break;
    }
    return tr("interrupted");
}

QString countWords(const Findings& findings)
{
    QStringList words;
    words.append(models::plural(findings.blocks, tr("block"), tr("blocks")));
    words.append(models::plural(findings.warnings, tr("warning"), tr("warnings")));
    if (findings.notes > 0)
        words.append(models::plural(findings.notes, tr("note"), tr("notes")));
    return words.join(QStringLiteral(", "));
}

QString when(const QDateTime& time, const QDateTime& now)
{
    if (!time.isValid())
        return models::notApplicable();
    const QDateTime utc = time.toUTC();
    const QString format = utc.date() == now.toUTC().date()                 ? QStringLiteral("HH:mm")
                           : utc.date().year() == now.toUTC().date().year() ? QStringLiteral("d MMM HH:mm")
                                                                            : QStringLiteral("d MMM yyyy");
    return QLocale(QLocale::English).toString(utc, format);
}

QVector<Step> stagesOf(const StageFacts& facts)
{
    QVector<Step> steps{draftStep(facts), validatedStep(facts), reviewedStep(facts), replayedStep(facts),
        canaryStep(facts), promotedStep(facts)};
    for (qsizetype i = steps.size() - 1; i >= 0; --i) {
        if (steps[i].status != Status::NotReached) {
            steps[i].current = true;
            break;
        }
    }
    return steps;
}

} // namespace ui::config
