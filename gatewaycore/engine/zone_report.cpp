#include "engine/zone_report.h"

#include "routing/route.h"

#include <QDateTime>

#include <algorithm>
#include <array>

namespace gateway::engine {
namespace {

using api::TenantZoneCheck;
using api::ZoneEndpoint;

constexpr int kMostCalls = 20;

// From the best to the worst.
constexpr std::array kVerdicts{"PASS", "NO_DATA", "INCOMPLETE", "FAIL"};

enum class Standing
{
    Inside,
    Outside,
    Unknown
};

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

// An attempt is judged by what the config says of its provider now. A provider that moved to another region since is
// not the endpoint that was used; where the record itself names a region outside the zone, that is enough.
Standing standingOf(const config::PolicySnapshot& snapshot, const store::EndpointCount& count, const config::Zone* zone)
{
    const auto found = std::find_if(snapshot.providers.begin(), snapshot.providers.end(),
        [&](const auto& provider) { return provider->name == count.provider; });
    if (found != snapshot.providers.end() && (*found)->region == count.region) {
        config::Candidate candidate;
        candidate.provider = found->get();
        return *routing::zoneObjection(candidate, zone) == 0 ? Standing::Inside : Standing::Outside;
    }
    if (zone && !count.region.isEmpty() && !zone->regions.contains(count.region))
        return Standing::Outside;
    return Standing::Unknown;
}

QString callsOf(qint64 number)
{
    return number == 1 ? QStringLiteral("1 attempt") : QStringLiteral("%1 attempts").arg(number);
}

// The verdict, worst reason first; the sentence says the reason.
void judge(TenantZoneCheck& check, bool isConfigured, bool hasContract)
{
    const QString zone = check.zone.isEmpty() ? QStringLiteral("no zone") : QStringLiteral("zone ") + check.zone;
    const bool differs = hasContract && check.contractZone != check.zone;
    if (check.outside > 0) {
        check.verdict = QStringLiteral("FAIL");
        check.sentence =
            QStringLiteral("%1 of %2 went outside %3.").arg(check.outside).arg(callsOf(check.attempts), zone);
        if (differs)
            check.sentence += QStringLiteral(" The contract says zone %1.").arg(check.contractZone);
    } else if (differs) {
        check.verdict = QStringLiteral("FAIL");
        check.sentence = QStringLiteral("The contract says zone %1 and the config %2.").arg(check.contractZone, zone);
    } else if (!isConfigured) {
        check.verdict = QStringLiteral("INCOMPLETE");
        check.sentence = QStringLiteral("The config no longer knows this tenant, so its %1 cannot be judged.")
                             .arg(callsOf(check.attempts));
    } else if (check.zone.isEmpty()) {
        check.verdict = QStringLiteral("INCOMPLETE");
        check.sentence = QStringLiteral("No zone is configured, so there is nothing to hold its %1 against.")
                             .arg(callsOf(check.attempts));
    } else if (check.unknown > 0) {
        check.verdict = QStringLiteral("INCOMPLETE");
        check.sentence = QStringLiteral("%1 of %2 went to an endpoint that the config no longer knows.")
                             .arg(check.unknown)
                             .arg(callsOf(check.attempts));
    } else if (check.attempts == 0) {
        check.verdict = QStringLiteral("NO_DATA");
        check.sentence = QStringLiteral("No attempt was recorded in this time.");
    } else {
        check.verdict = QStringLiteral("PASS");
        check.sentence = QStringLiteral("0 of %1 went outside %2.").arg(callsOf(check.attempts), zone);
        if (!hasContract)
            check.sentence += QStringLiteral(" The config states no contract to compare it with.");
    }
}

TenantZoneCheck checkOf(const ZoneQuestion& question, const QString& name, const config::Tenant* tenant,
    const std::vector<store::EndpointCount>& counts)
{
    TenantZoneCheck check;
    check.tenant = name;
    const config::Zone* zone = tenant ? tenant->zone : nullptr;
    if (zone)
        check.zone = zone->name;
    const bool hasContract = tenant && tenant->contract && tenant->contract->zone;
    if (tenant && tenant->contract)
        check.contractReference = tenant->contract->reference;
    if (hasContract)
        check.contractZone = tenant->contract->zone->name;
    if (tenant)
        check.endpoints = endpointsOf(*question.snapshot, zone, question.aliasesOf.value(name));
    for (const store::EndpointCount& count : counts) {
        if (count.tenant != name)
            continue;
        check.attempts += count.attempts;
        switch (tenant ? standingOf(*question.snapshot, count, zone) : Standing::Unknown) {
        case Standing::Inside:
            break;
        case Standing::Outside:
            check.outside += count.attempts;
            break;
        case Standing::Unknown:
            check.unknown += count.attempts;
            break;
        }
    }
    judge(check, tenant != nullptr, hasContract);
    return check;
}

} // namespace

api::ZoneCheck zoneReport(const ZoneQuestion& question, const std::vector<store::EndpointCount>& counts)
{
    const auto isAsked = [&](const QString& tenant) {
        return question.tenants.isEmpty() || question.tenants.contains(tenant);
    };
    api::ZoneCheck report;
    report.asOf = QDateTime::fromMSecsSinceEpoch(question.nowMs, Qt::UTC);
    report.since = QDateTime::fromMSecsSinceEpoch(question.sinceMs, Qt::UTC);
    report.until = report.asOf;
    report.revision = question.snapshot->revision;
    report.query = store::ZoneReader::queryText();
    for (const auto& tenant : question.snapshot->tenants) {
        if (isAsked(tenant->name))
            report.tenants.append(checkOf(question, tenant->name, tenant.get(), counts));
    }
    QStringList gone; // in the record, and not in the config any more
    for (const store::EndpointCount& count : counts) {
        if (isAsked(count.tenant) && !question.snapshot->tenantByName.contains(count.tenant) &&
            !gone.contains(count.tenant))
            gone.append(count.tenant);
    }
    for (const QString& tenant : gone)
        report.tenants.append(checkOf(question, tenant, nullptr, counts));

    std::size_t worst = 0;
    for (const TenantZoneCheck& check : report.tenants) {
        for (std::size_t i = worst; i < kVerdicts.size(); ++i) {
            if (check.verdict == QLatin1String(kVerdicts[i]))
                worst = i;
        }
    }
    report.verdict = report.tenants.isEmpty() ? QStringLiteral("NO_DATA") : QString::fromLatin1(kVerdicts[worst]);
    return report;
}

api::Result<api::ZoneCheck> checkZones(const ZoneQuestion& question, const QString& databaseFile)
{
    auto reader = store::ZoneReader::open(databaseFile);
    if (!reader)
        return reader.error();
    // up to and with this millisecond
    const qint64 until = question.nowMs + 1;
    const auto counts = (*reader)->count(question.sinceMs, until, question.tenants);
    if (!counts)
        return counts.error();
    api::ZoneCheck report = zoneReport(question, *counts);
    for (TenantZoneCheck& check : report.tenants) {
        if (check.outside == 0)
            continue;
        const config::Tenant* tenant = question.snapshot->tenantByName.value(check.tenant);
        for (const store::EndpointCount& count : *counts) {
            if (count.tenant != check.tenant || check.outsideCalls.size() >= kMostCalls ||
                standingOf(*question.snapshot, count, tenant ? tenant->zone : nullptr) != Standing::Outside)
                continue;
            const auto ids =
                (*reader)->calls(count, question.sinceMs, until, kMostCalls - int(check.outsideCalls.size()));
            if (!ids)
                return ids.error();
            check.outsideCalls.append(*ids);
        }
        check.outsideCalls.removeDuplicates();
    }
    return report;
}

} // namespace gateway::engine
