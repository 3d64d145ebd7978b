#include "config_text.h"

#include "output.h"
#include "table.h"

namespace ctl {

using namespace gateway;

namespace {

QString numberOrDash(int number)
{
    return number == 0 ? QString() : QString::number(number);
}

QString approval(const api::Revision& revision)
{
    if (revision.approver.isEmpty())
        return QStringLiteral("nobody");
    return revision.isOwnApproval ? revision.approver + QStringLiteral(" (own)") : revision.approver;
}

QString afterwards(const api::Revision& revision)
{
    if (revision.reviewedAfter)
        return QStringLiteral("%1 by %2")
            .arg(revision.reviewedAfter->approves ? QStringLiteral("approved") : QStringLiteral("turned down"),
                revision.reviewedAfter->by);
    if (!revision.reviewDue)
        return {};
    return (revision.isOverdue ? QStringLiteral("OVERDUE since %1") : QStringLiteral("due %1"))
        .arg(timeText(revision.reviewDue));
}

} // namespace

void printFindings(const api::Findings& findings)
{
    for (const api::Finding& finding : findings.items) {
        printLine(QStringLiteral("%1 %2:%3 %4 [%5]")
                      .arg(api::nameOf(finding.severity).leftJustified(5))
                      .arg(finding.line)
                      .arg(finding.column)
                      .arg(plain(finding.message), finding.rule));
        if (!finding.suggestion.isEmpty())
            printLine(QStringLiteral("      ") + plain(finding.suggestion));
    }
}

void printDiff(const api::DiffReport& report)
{
    if (report.isEmpty()) {
        printLine(QStringLiteral("%1 and %2 are the same.").arg(plain(report.from), plain(report.to)));
        return;
    }
    printLine(QStringLiteral("From %1 to %2: %3 changes, %4 lines that only look different%5")
                  .arg(plain(report.from), plain(report.to))
                  .arg(report.changes)
                  .arg(report.cosmetic)
                  .arg(report.loosens ? QStringLiteral("; it LOOSENS a zone, which takes two people") : QString()));
    if (!report.affected.isEmpty()) {
        printLine(QStringLiteral("\nWho is affected (last 24 h)"));
        using enum Table::Align;
        Table table({{"TENANT"}, {"ZONE"}, {"CALLS/S", Right}, {"CALLS", Right}, {"THROUGH"}});
        for (const api::AffectedTenant& one : report.affected)
            table.add({one.tenant, one.zone,
                report.trafficKnown ? QString::number(one.callsPerSecond, 'g', 3) : QString(),
                report.trafficKnown ? QString::number(one.calls) : QString(),
                one.aliases.isEmpty() ? QStringLiteral("all of its calls") : one.aliases.join(QStringLiteral(", "))});
        table.print();
    } else if (report.trafficKnown && report.changes > 0) {
        printLine(QStringLiteral("\nNobody called what changes in the last 24 hours."));
    }
    for (const api::DiffGroup& group : report.groups) {
        printLine(u'\n' + plain(group.title));
        for (const api::DiffSentence& sentence : group.sentences)
            printLine(QStringLiteral("  %1%2 (%3)")
                          .arg(sentence.risk >= 3 ? QStringLiteral("! ") : QStringLiteral("  "), plain(sentence.text),
                              sentence.line > 0 ? QStringLiteral("line %1").arg(sentence.line)
                                                : QStringLiteral("line %1 before").arg(sentence.lineBefore)));
    }
}

void printDraft(const api::Draft& draft)
{
    printFacts({{QStringLiteral("draft"), draft.id}, {QStringLiteral("state"), draft.state},
        {QStringLiteral("base"),
            QStringLiteral("revision %1%2")
                .arg(draft.base)
                .arg(draft.isBehind ? QStringLiteral(", no longer in force: merge it") : QString())},
        {QStringLiteral("version"), QString::number(draft.version)}, {QStringLiteral("author"), draft.author},
        {QStringLiteral("editors"), draft.editors.join(QStringLiteral(", "))}, {QStringLiteral("note"), draft.note},
        {QStringLiteral("updated"), timeText(draft.updatedAt)}, {QStringLiteral("hash"), draft.hash},
        {QStringLiteral("revision"), numberOrDash(draft.revision)}, {QStringLiteral("canary"), draft.canary.verdict}});
    for (const api::ConfigReview& review : draft.reviews)
        printLine(QStringLiteral("%1 by %2%3%4 %5")
                      .arg(review.approves ? QStringLiteral("approved") : QStringLiteral("turned down"),
                          plain(review.by), review.isOwn ? QStringLiteral(" (own text)") : QString(),
                          review.holds ? QString() : QStringLiteral(" (of an earlier text)"), plain(review.note)));
    printFindings(draft.findings);
    for (const api::MergeConflict& conflict : draft.conflicts)
        printLine(QStringLiteral("conflict in lines %1 to %2").arg(conflict.fromLine).arg(conflict.toLine));
}

void printDrafts(const QVector<api::Draft>& drafts)
{
    using enum Table::Align;
    Table table({{"DRAFT"}, {"STATE"}, {"BASE", Right}, {"AUTHOR"}, {"UPDATED"}, {"REVISION", Right}, {"NOTE"}});
    for (const api::Draft& draft : drafts)
        table.add({draft.id, draft.state,
            QString::number(draft.base) + (draft.isBehind ? QStringLiteral(" behind") : QString()), draft.author,
            timeText(draft.updatedAt), numberOrDash(draft.revision), draft.note});
    table.print();
}

void printRevisions(const QVector<api::Revision>& revisions)
{
    using enum Table::Align;
    Table table({{"REVISION", Right}, {"KIND"}, {"IN FORCE FROM"}, {"UNTIL"}, {"BY"}, {"AUTHOR"}, {"APPROVED BY"},
        {"CANARY"}, {"REVIEW AFTER"}, {"WHY"}});
    for (const api::Revision& one : revisions)
        table.add({QString::number(one.number),
            one.restores > 0 ? QStringLiteral("%1 of %2").arg(one.kind).arg(one.restores) : one.kind,
            timeText(one.inForceFrom), one.isInForce ? QStringLiteral("now") : timeText(one.inForceUntil), one.by,
            one.author, approval(one), one.canary.verdict, afterwards(one), one.reason});
    table.print();
}

void printRevision(const api::Revision& one)
{
    printFacts({{QStringLiteral("revision"), QString::number(one.number)}, {QStringLiteral("kind"), one.kind},
        {QStringLiteral("hash"), one.hash}, {QStringLiteral("draft"), one.draft},
        {QStringLiteral("restores"), numberOrDash(one.restores)}, {QStringLiteral("author"), one.author},
        {QStringLiteral("approved by"), approval(one)}, {QStringLiteral("put in force by"), one.by},
        {QStringLiteral("why"), one.reason}, {QStringLiteral("in force from"), timeText(one.inForceFrom)},
        {QStringLiteral("until"), one.isInForce ? QStringLiteral("now") : timeText(one.inForceUntil)},
        {QStringLiteral("canary"), one.canary.verdict}, {QStringLiteral("review after"), afterwards(one)},
        {QStringLiteral("rolled back"),
            one.rolledBackAt
                ? QStringLiteral("%1 by %2: %3").arg(timeText(one.rolledBackAt), one.rolledBackBy, one.rolledBackReason)
                : QString()}});
}

void printStanding(const api::ConfigStanding& standing, bool withFields)
{
    QStringList due;
    for (const int number : standing.toReview)
        due.append(
            QString::number(number) + (standing.overdue.contains(number) ? QStringLiteral(" (overdue)") : QString()));
    printFacts({{QStringLiteral("revision"), QString::number(standing.revision)},
        {QStringLiteral("from"), standing.source}, {QStringLiteral("hash"), standing.hash},
        {QStringLiteral("file"), standing.file}, {QStringLiteral("file hash"), standing.fileHash},
        {QStringLiteral("file is"), standing.fileState}, {QStringLiteral("which means"), standing.fileSentence},
        {QStringLiteral("rollback goes to"), numberOrDash(standing.previous)},
        {QStringLiteral("to be reviewed"), due.join(QStringLiteral(", "))},
        {QStringLiteral("review"), standing.reviewRequired ? QStringLiteral("required") : QStringLiteral("optional")}});
    for (const api::Finding& problem : standing.fileProblems)
        printLine(QStringLiteral("file, line %1: ").arg(problem.line) + plain(problem.message));
    if (standing.drifts) {
        printLine({});
        printDiff(standing.drift);
    }
    if (!withFields)
        return;
    printLine({});
    Table table({{"FIELD"}, {"VALUE"}, {"SOURCE"}, {"FROM"}, {"DIFFERS"}});
    for (const api::FieldOrigin& field : standing.fields)
        table.add(
            {field.field, field.value, field.source, field.origin, field.differs ? QStringLiteral("yes") : QString()});
    table.print();
}

void printPromotion(const api::Promotion& promotion)
{
    printLine(QString::number(promotion.revision.number));
    say(QStringLiteral("Revision %1 is in force on every worker; it was %2.")
            .arg(promotion.revision.number)
            .arg(promotion.replaced));
    if (!promotion.ended.isEmpty())
        say(QStringLiteral("The canary of draft %1 has ended.").arg(plain(promotion.ended)));
    if (promotion.revision.reviewDue && !promotion.revision.reviewedAfter)
        say(QStringLiteral("Somebody else has to review it until %1: signalboxctl config review %2")
                .arg(timeText(promotion.revision.reviewDue))
                .arg(promotion.revision.number));
    for (const QString& warning : promotion.warnings)
        say(QStringLiteral("warning: ") + plain(warning));
}

} // namespace ctl
