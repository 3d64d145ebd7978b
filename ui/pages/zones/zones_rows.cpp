#include "pages/zones/zones_rows.h"

#include "models/format.h"
#include "pages/common/verdicts.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace ui::zones {
namespace {

using namespace gateway::api;

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::zones", text);
}

struct Proof
{
    const char* name;
    const char* word;
    Status status;
    int rank; // as verdictRank()
};

constexpr std::array kProofs{
    Proof{"VIOLATION", QT_TRANSLATE_NOOP("ui::zones", "Leads outside"), Status::Down, 0},
    Proof{"UNZONED", QT_TRANSLATE_NOOP("ui::zones", "No zones"), Status::Unknown, 2},
    Proof{"REFUSED", QT_TRANSLATE_NOOP("ui::zones", "Gets no call"), Status::Paused, 2},
    Proof{"PROVED", QT_TRANSLATE_NOOP("ui::zones", "Proved"), Status::Ok, 3},
};

const Proof* proofOf(const QString& verdict)
{
    for (const Proof& one : kProofs) {
        if (verdict == QLatin1String(one.name))
            return &one;
    }
    return nullptr;
}

QString dayOf(const QDateTime& at)
{
    return at.toUTC().toString(QStringLiteral("d MMM yyyy"));
}

// "2026-Q3" as people say it: "Q3 2026".
QString quarterWords(const QString& quarter)
{
    const QStringList parts = quarter.split(u'-');
    return parts.size() == 2 ? parts[1] + u' ' + parts[0] : quarter;
}

Cell lastAuditCell(const AuditDates& dates)
{
    if (!dates.areKnown)
        return Cell::notApplicable();
    if (dates.lastQuarter.isEmpty())
        return Cell::plain(tr("never"), Token::Degraded);
    Cell cell =
        Cell::plain(quarterWords(dates.lastQuarter), dates.deviation.isEmpty() ? Token::Text1 : Token::Degraded);
    cell.note = dates.deviation.isEmpty() ? dates.lastAt.toUTC().toString(QStringLiteral("d MMM")) : tr("deviates");
    return cell;
}

Cell nextDueCell(const AuditDates& dates)
{
    if (!dates.areKnown || !dates.dueAt.isValid())
        return Cell::notApplicable();
    const bool isOverdue = dates.dueState == QLatin1String("overdue");
    Cell cell = Cell::plain(dayOf(dates.dueAt), isOverdue                                ? Token::Down
                                                : dates.dueState == QLatin1String("due") ? Token::Degraded
                                                                                         : Token::Text1);
    cell.note = isOverdue ? tr("overdue") : QString();
    return cell;
}

Cell zoneCell(const QString& zone, const QString& note, Token ink)
{
    if (zone.isEmpty())
        return Cell::plain(tr("none"), Token::Text3);
    Cell cell = Cell::plain(zone, ink);
    cell.note = note;
    return cell;
}

} // namespace

Status proofStatus(const QString& verdict)
{
    const Proof* known = proofOf(verdict);
    return known ? known->status : Status::Unknown;
}

QString proofWord(const QString& verdict)
{
    const Proof* known = proofOf(verdict);
    return known ? tr(known->word) : verdict.isEmpty() ? tr("Not known") : verdict;
}

int rankOf(const QString& check, const QString& proof)
{
    const Proof* known = proofOf(proof);
    // one that is not there says nothing for or against the tenant; one that nobody knows needs a look
    const int rank = known ? known->rank : proof.isEmpty() ? verdictRank(QStringLiteral("PASS")) : verdictRank(proof);
    return std::min(verdictRank(check), rank);
}

AuditDates datesOf(const QVector<ZoneAudit>& audits, const QString& tenant)
{
    AuditDates dates;
    dates.areKnown = true;
    for (const ZoneAudit& audit : audits) {
        if (audit.state != QLatin1String("signed")) {
            // newest first: the last one that is met is the oldest that waits
            dates.dueQuarter = audit.quarter;
            dates.dueAt = audit.dueAt;
            dates.dueState = audit.state;
            continue;
        }
        if (!dates.lastQuarter.isEmpty())
            continue;
        const auto one = std::find_if(audit.tenants.begin(), audit.tenants.end(),
            [&tenant](const AuditedTenant& audited) { return audited.tenant == tenant; });
        if (one == audit.tenants.end())
            continue;
        dates.lastQuarter = audit.quarter;
        dates.lastAt = audit.signedAt.value_or(QDateTime());
        dates.deviation = one->deviation;
    }
    return dates;
}

QVector<Cell> rowOf(const TenantZoneCheck& check, const TenantProof* proof, const AuditDates& dates)
{
    Cell tenant = Cell::plain(check.tenant);
    tenant.strong = true;
    const bool differs = !check.contractZone.isEmpty() && check.contractZone != check.zone;
    const QString verdict = proof ? proof->verdict : QString();
    return {Cell::state(verdictStatus(check.verdict), verdictWord(check.verdict)),
        Cell::state(proofStatus(verdict), proofWord(verdict)), tenant,
        zoneCell(check.contractZone, check.contractReference, Token::Text1),
        zoneCell(check.zone, {}, differs ? Token::Down : Token::Text1),
        Cell::number(models::wholeNumber(check.attempts), check.attempts > 0 ? Token::Text1 : Token::Text3),
        Cell::number(models::wholeNumber(check.outside), check.outside > 0 ? Token::Down : Token::Text1),
        Cell::number(models::wholeNumber(check.unknown), check.unknown > 0 ? Token::Degraded : Token::Text1),
        lastAuditCell(dates), nextDueCell(dates), Cell::plain(check.sentence, Token::Text2)};
}

QString counterexampleWords(const TenantProof& proof)
{
    if (proof.counterexamples.isEmpty())
        return {};
    const ZonePath& path = proof.counterexamples.first(); // the shortest
    const QString said = path.sentence.isEmpty()
                             ? QStringList{path.alias, path.use, path.target, path.why}.join(QStringLiteral(", "))
                             : path.sentence;
    const qint64 others = std::max<qint64>(proof.violations, proof.counterexamples.size()) - 1;
    return others > 0 ? tr("%1 %2 outside as well.")
                            .arg(said, models::plural(others, tr("other path leads"), tr("other paths lead")))
                      : said;
}

QVector<Cell> rowOf(const ZoneEndpoint& endpoint)
{
    return {endpoint.eligible ? Cell::state(Status::Ok, tr("Inside")) : Cell::state(Status::Paused, tr("Kept out")),
        Cell::plain(endpoint.alias), Cell::plain(endpoint.step, Token::Text2), Cell::mono(endpoint.candidate),
        Cell::plain(endpoint.eligible ? tr("may be used") : endpoint.why, Token::Text2)};
}

} // namespace ui::zones
