#include "engine/zone_report.h"

#include "privacy/standing.h"
#include "privacy/zone_rule.h"
#include "routing/route.h"
#include "store/database.h"

#include <QDateTime>

#include <algorithm>
#include <array>

namespace gateway::engine {
namespace {

using api::StandingCheck;
using api::TenantZoneCheck;
using api::ZoneEndpoint;
using privacy::Standing;

constexpr qsizetype kMostCalls = 20;

// From the best to the worst.
constexpr std::array kVerdicts{"PASS", "NO_DATA", "INCOMPLETE", "FAIL"};

QString worse(const QString& one, const QString& other)
{
    const auto rank = [](const QString& verdict) {
        return std::find_if(kVerdicts.begin(), kVerdicts.end(),
            [&verdict](const char* word) { return verdict == QLatin1String(word); });
    };
    return rank(one) < rank(other) ? other : one;
}

QString why(const config::Candidate& candidate, const config::Zone* zone, const char* code)
{
    routing::RouteInput input;
    input.zone = zone;
    routing::CandidateVerdict row;
    row.candidate = &candidate;
    row.verdict = routing::Verdict::Rejected;
    row.objection = {routing::Filter::Zone, code};
    return routing::sentence(row, input);
}

void addEndpoint(QVector<ZoneEndpoint>& endpoints, const QString& alias, const config::Candidate& candidate,
    const QString& step, const config::Zone* zone)
{
    const char* code = routing::zoneObjection(candidate, zone);
    endpoints.append({alias, candidate.label, step, *code == 0, *code == 0 ? QString() : why(candidate, zone, code)});
}

QVector<ZoneEndpoint> endpointsOf(
    const config::PolicySnapshot& snapshot, const config::Zone* zone, const QStringList& aliases)
{
    QVector<ZoneEndpoint> endpoints;
    const bool mayAll = aliases.contains(QStringLiteral("*"));
    for (const auto& alias : snapshot.aliases) {
        if (!mayAll && !aliases.contains(alias->name))
            continue;
        for (const config::Candidate& candidate : alias->candidates)
            addEndpoint(endpoints, alias->name, candidate, QStringLiteral("candidate"), zone);
        for (const config::FallbackStep& step : alias->fallback) {
            if (step.candidate.provider)
                addEndpoint(endpoints, alias->name, step.candidate, config::nameOf(step.kind), zone);
        }
    }
    return endpoints;
}

QString attemptsOf(qint64 number)
{
    return number == 1 ? QStringLiteral("1 attempt") : QStringLiteral("%1 attempts").arg(number);
}

// What was found of one tenant.
struct Counts
{
    qint64 attempts = 0;
    qint64 outside = 0;
    qint64 unknown = 0;
    qint64 unzoned = 0;
    QString firstWhy;
};

// The zone in force allows something that the contract does not; empty: it does not, or there is none that holds.
QString breach(const config::Tenant* tenant, const QDate& today)
{
    if (!tenant || privacy::stateOn(*tenant, today) != privacy::ContractState::Holds)
        return {};
    const QString contract = tenant->contract->zone->name;
    if (!tenant->zone)
        return QStringLiteral("The contract says zone %1 and the config no zone.").arg(contract);
    const QStringList more =
        privacy::beyond(privacy::termsOf(*tenant->zone), privacy::termsOf(*tenant->contract->zone));
    return more.isEmpty() ? QString()
                          : QStringLiteral("The contract says zone %1, and the config zone %2, which allows %3.")
                                .arg(contract, tenant->zone->name, more.join(QStringLiteral(" and ")));
}

// The verdict, worst reason first; the sentence says the reason.
void judge(TenantZoneCheck& check, const Counts& counts, const QString& breached, bool hasContract)
{
    const auto say = [&check](const char* verdict, const QString& sentence) {
        check.verdict = QString::fromLatin1(verdict);
        check.sentence = sentence;
    };
    const QString all = attemptsOf(counts.attempts);
    if (counts.outside > 0) {
        say("FAIL", QStringLiteral("%1 of %2 went outside the zone that was in force: %3.")
                        .arg(counts.outside)
                        .arg(all, counts.firstWhy));
        if (!breached.isEmpty())
            check.sentence += u' ' + breached;
    } else if (!breached.isEmpty()) {
        say("FAIL", breached);
    } else if (counts.unknown > 0) {
        say("INCOMPLETE",
            QStringLiteral("%1 of %2 cannot be judged: %3.").arg(counts.unknown).arg(all, counts.firstWhy));
    } else if (counts.unzoned > 0) {
        say("INCOMPLETE", QStringLiteral("%1 of %2 were made while the config had no zones: nothing was promised.")
                              .arg(counts.unzoned)
                              .arg(all));
    } else if (counts.attempts == 0) {
        say("NO_DATA", QStringLiteral("No attempt was recorded in this time."));
    } else {
        say("PASS", QStringLiteral("0 of %1 went outside the zone that was in force.").arg(all));
        if (!hasContract)
            check.sentence += QStringLiteral(" The config states no contract to compare it with.");
    }
}

TenantZoneCheck checkOf(const ZoneQuestion& question, const QString& name, const Counts& counts)
{
    const config::Tenant* tenant = question.snapshot->tenantByName.value(name);
    TenantZoneCheck check;
    check.tenant = name;
    const config::Zone* zone = tenant ? tenant->zone : nullptr;
    if (zone)
        check.zone = zone->name;
    if (tenant && tenant->contract) {
        check.contractReference = tenant->contract->reference;
        if (tenant->contract->zone)
            check.contractZone = tenant->contract->zone->name;
    }
    if (tenant)
        check.endpoints = endpointsOf(*question.snapshot, zone, question.aliasesOf.value(name));
    check.attempts = counts.attempts;
    check.outside = counts.outside;
    check.unknown = counts.unknown;
    const QDate today = QDateTime::fromMSecsSinceEpoch(question.nowMs, Qt::UTC).date();
    judge(check, counts, breach(tenant, today), !check.contractZone.isEmpty());
    if (!tenant)
        check.sentence += QStringLiteral(" The config no longer knows this tenant.");
    return check;
}

void addGap(StandingCheck& check, const char* code, qint64 count, const QString& sentence)
{
    if (count > 0)
        check.gaps.append({QString::fromLatin1(code), count, sentence});
}

void addGaps(StandingCheck& check, const store::ZoneScan& scan, qint64 unknown)
{
    addGap(check, "revision_unknown", unknown,
        QStringLiteral("%1 made under a revision whose zones were not written down.").arg(attemptsOf(unknown)));
    addGap(check, "calls_missing", scan.missingCalls,
        QStringLiteral("%1 numbers of calls are missing in the record.").arg(scan.missingCalls));
    addGap(check, "attempts_without_call", scan.attemptsAlone,
        QStringLiteral("%1 of no call that is on the record.").arg(attemptsOf(scan.attemptsAlone)));
    addGap(check, "attempts_gone", scan.attemptsGone,
        QStringLiteral("%1 fewer than when they were summed up.").arg(attemptsOf(scan.attemptsGone)));
    addGap(check, "attempts_added", scan.attemptsAdded,
        QStringLiteral("%1 more than when they were summed up.").arg(attemptsOf(scan.attemptsAdded)));
    addGap(check, "not_counted", scan.isDone() ? 0 : std::max<qint64>(1, scan.left()),
        scan.countedUntilMs < 0
            ? QStringLiteral("The time was too much to read.")
            : QStringLiteral("The time was too much to read; it was read up to %1.")
                  .arg(QDateTime::fromMSecsSinceEpoch(scan.countedUntilMs, Qt::UTC).toString(Qt::ISODate)));
}

int coverageOf(const StandingCheck& check, const store::ZoneScan& scan, qint64 unjudged)
{
    const double calls = double(scan.calls + scan.missingCalls + std::max<qint64>(0, scan.left()));
    const double read = calls > 0 ? double(scan.calls) / calls : scan.isDone() ? 1 : 0;
    const double attempts = double(check.scanned + scan.attemptsGone + scan.attemptsAlone);
    const double judged = attempts > 0 ? double(check.scanned - unjudged) / attempts : 1;
    return int(100 * read * judged); // rounded down: 100 is all of it
}

void conclude(StandingCheck& check)
{
    QString verdict = check.check.tenants.isEmpty() ? QStringLiteral("NO_DATA") : QStringLiteral("PASS");
    for (const TenantZoneCheck& tenant : check.check.tenants)
        verdict = worse(verdict, tenant.verdict);
    if (!check.gaps.isEmpty())
        verdict = worse(verdict, QStringLiteral("INCOMPLETE"));
    check.check.verdict = verdict;
    check.sentence = QStringLiteral("%1 of %2 outside the zone in force, coverage %3 %.")
                         .arg(check.outside)
                         .arg(attemptsOf(check.scanned))
                         .arg(check.coveragePercent);
    if (check.scanned == 0)
        check.sentence = QStringLiteral("No attempt was recorded in this time, so nothing is shown.");
    if (!check.gaps.isEmpty())
        check.sentence += u' ' + check.gaps.constFirst().sentence;
}

} // namespace

StandingCheck zoneReport(const ZoneQuestion& question, const store::ZoneScan& scan, const store::Revisions& revisions)
{
    StandingCheck check;
    check.chain = QStringLiteral("unchecked");
    check.check.asOf = QDateTime::fromMSecsSinceEpoch(question.nowMs, Qt::UTC);
    check.check.since = QDateTime::fromMSecsSinceEpoch(question.sinceMs, Qt::UTC);
    check.check.until = QDateTime::fromMSecsSinceEpoch(question.untilMs, Qt::UTC);
    check.check.revision = question.snapshot->revision;
    check.check.query = store::zoneQueryText();

    QStringList names; // those of the config first, in its order
    const auto isAsked = [&](const QString& tenant) {
        return question.tenants.isEmpty() || question.tenants.contains(tenant);
    };
    for (const auto& tenant : question.snapshot->tenants) {
        if (isAsked(tenant->name))
            names.append(tenant->name);
    }
    QHash<QString, Counts> counts;
    qint64 unknown = 0;
    qint64 unzoned = 0;
    for (const auto& [group, attempts] : scan.groups) {
        if (!names.contains(group.tenant))
            names.append(group.tenant);
        Counts& of = counts[group.tenant];
        of.attempts += attempts;
        check.scanned += attempts;
        const privacy::Judged judged = privacy::judge(group, revisions);
        const bool isFirst = of.outside == 0;
        switch (judged.standing) {
        case Standing::Inside:
            continue;
        case Standing::Outside:
            of.outside += attempts;
            check.outside += attempts;
            if (isFirst)
                of.firstWhy = judged.why;
            break;
        case Standing::Unknown:
            of.unknown += attempts;
            unknown += attempts;
            if (of.firstWhy.isEmpty())
                of.firstWhy = judged.why;
            break;
        case Standing::Unzoned:
            of.unzoned += attempts;
            unzoned += attempts;
            break;
        }
    }
    for (const QString& name : names)
        check.check.tenants.append(checkOf(question, name, counts.value(name)));
    addGaps(check, scan, unknown);
    check.coveragePercent = coverageOf(check, scan, unknown + unzoned);
    conclude(check);
    return check;
}

api::Result<StandingCheck> readZoneReport(
    const ZoneQuestion& question, const store::ZoneScan& scan, const QString& databaseFile)
{
    auto connection = store::openReader(databaseFile);
    if (!connection)
        return connection.error();
    const auto revisions = store::readRevisions(**connection);
    if (!revisions)
        return revisions.error();
    StandingCheck check = zoneReport(question, scan, *revisions);
    if (check.outside == 0)
        return check;
    for (const auto& [group, attempts] : scan.groups) {
        const privacy::Judged judged = privacy::judge(group, *revisions);
        if (judged.standing != Standing::Outside || check.rows.size() >= StandingCheck::kRows)
            continue;
        const auto rows = store::attemptsOf(
            databaseFile, group, question.sinceMs, question.untilMs, int(StandingCheck::kRows - check.rows.size()));
        if (!rows)
            return rows.error();
        for (const store::ZoneAttempt& row : *rows)
            check.rows.append({row.call, row.number, row.at, group.tenant, group.zone, group.provider, group.region,
                judged.retention, group.revision, judged.why});
    }
    std::stable_sort(
        check.rows.begin(), check.rows.end(), [](const api::ZoneRow& a, const api::ZoneRow& b) { return a.at > b.at; });
    for (TenantZoneCheck& tenant : check.check.tenants) {
        for (const api::ZoneRow& row : check.rows) {
            if (row.tenant == tenant.tenant && tenant.outsideCalls.size() < kMostCalls &&
                !tenant.outsideCalls.contains(row.call))
                tenant.outsideCalls.append(row.call);
        }
    }
    return check;
}

} // namespace gateway::engine
