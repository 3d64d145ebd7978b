#include "engine/handover.h"

namespace gateway::engine {
namespace {

constexpr int kNotes = 3;
constexpr int kListed = 3;
constexpr qsizetype kLongest = 200;

QString clock(const QDateTime& time)
{
    return time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm'Z'"));
}

QString lasted(qint64 seconds)
{
    const qint64 minutes = std::max<qint64>(0, seconds) / 60;
    return minutes < 60 ? QStringLiteral("%1 min").arg(minutes)
                        : QStringLiteral("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString oneLine(const QString& text)
{
    const QString line = text.simplified();
    return line.size() > kLongest ? line.left(kLongest - 1) + QChar(0x2026) : line;
}

QString listed(const QStringList& items)
{
    const QString shown = items.mid(0, kListed).join(QStringLiteral("; "));
    return items.size() > kListed ? QStringLiteral("%1; and %2 more").arg(shown).arg(items.size() - kListed) : shown;
}

bool concerns(const api::LeverStatus& lever, const QString& provider)
{
    return lever.provider == provider || lever.candidate.startsWith(provider + u'/');
}

QString since(const HandoverFacts& facts)
{
    const api::Incident& incident = facts.incident;
    if (incident.closedAt)
        return QStringLiteral("From %1 to %2 (%3).")
            .arg(clock(incident.openedAt), clock(*incident.closedAt),
                lasted(incident.openedAt.secsTo(*incident.closedAt)));
    return QStringLiteral("Since %1 (%2); last seen %3.")
        .arg(clock(incident.openedAt), lasted(incident.openedAt.secsTo(facts.now)), clock(incident.lastSeenAt));
}

QString owner(const api::Incident& incident)
{
    if (!incident.acknowledgedAt)
        return QStringLiteral("Nobody has acknowledged it.");
    return QStringLiteral("Owner: %1; acknowledged by %2 at %3.")
        .arg(oneLine(incident.owner), oneLine(incident.acknowledgedBy), clock(*incident.acknowledgedAt));
}

QString leversLine(const HandoverFacts& facts, QStringList& ids)
{
    QStringList texts;
    for (const api::LeverStatus& lever : facts.levers) {
        if (!lever.isInForce() || !concerns(lever, facts.incident.provider))
            continue;
        texts.append(QStringLiteral("%1 until %2, by %3").arg(api::describe(lever), clock(lever.endsAt), lever.by));
        ids.append(lever.id);
    }
    return texts.isEmpty() ? QStringLiteral("No lever is in force on %1.").arg(facts.incident.provider)
                           : QStringLiteral("In force: %1.").arg(oneLine(listed(texts)));
}

QString changesLine(const HandoverFacts& facts)
{
    if (!facts.changes)
        return QStringLiteral("What changed before it cannot be told: the audit log could not be read.");
    if (facts.changes->isEmpty())
        return QStringLiteral("Nothing was changed in the two hours before.");
    QStringList texts;
    for (const api::AuditEntry& entry : *facts.changes)
        texts.append(QStringLiteral("%1 %2 %3 %4")
                         .arg(entry.at.toUTC().toString(QStringLiteral("HH:mm'Z'")), entry.principal,
                             entry.action.section(u' ', 1), entry.object)
                         .trimmed());
    return QStringLiteral("Changed in the two hours before: %1.").arg(oneLine(listed(texts)));
}

QString nextStep(const HandoverFacts& facts, const QStringList& levers)
{
    const api::Incident& incident = facts.incident;
    if (!incident.isOpen())
        return levers.isEmpty() ? QStringLiteral("Next: nothing is left to do.")
                                : QStringLiteral("Next: end what is still in force on %1: %2.")
                                      .arg(incident.provider, listed(levers));
    if (facts.breakersClosed)
        return QStringLiteral("Next: wait; its breakers are closed, and five quiet minutes end the incident.");
    if (!incident.acknowledgedAt)
        return QStringLiteral("Next: acknowledge it, so that others know who looks after it.");
    if (incident.callsFailed > 0 && levers.isEmpty())
        return QStringLiteral("Next: calls fail and %1 is still in use; look at a drain (signalboxctl failover plan).")
            .arg(incident.provider);
    if (incident.callsFailed > 0)
        return QStringLiteral("Next: see whether calls still fail with what is in force, and ask %1.")
            .arg(incident.provider);
    return QStringLiteral("Next: watch it; every call has been rescued so far.");
}

} // namespace

api::Handover handoverOf(const HandoverFacts& facts)
{
    const api::Incident& incident = facts.incident;
    api::Handover handover;
    handover.incident = incident.id;
    handover.at = facts.now;
    QStringList levers;
    QStringList& lines = handover.lines;
    lines.append(QStringLiteral("%1 (%2): %3, severity %4.")
                     .arg(oneLine(incident.title), incident.id, incident.state, incident.severity));
    lines.append(since(facts));
    lines.append(QStringLiteral("What: %1").arg(oneLine(incident.sentence)));
    lines.append(QStringLiteral("Harm: calls failed %1, calls rescued %2; breakers opened %3 times.")
                     .arg(incident.callsFailed)
                     .arg(incident.callsRescued)
                     .arg(incident.openings));
    lines.append(owner(incident));
    lines.append(leversLine(facts, levers));
    const QVector<api::IncidentNote> last = incident.notes.mid(std::max<qsizetype>(0, incident.notes.size() - kNotes));
    for (const api::IncidentNote& note : last)
        lines.append(QStringLiteral("Note, %1, %2: %3").arg(clock(note.at), oneLine(note.by), oneLine(note.text)));
    if (last.isEmpty())
        lines.append(QStringLiteral("Nobody has noted anything."));
    lines.append(changesLine(facts));
    lines.append(nextStep(facts, levers));
    return handover;
}

} // namespace gateway::engine
