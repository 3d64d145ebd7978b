#include "routing/route.h"

#include <QJsonArray>

#include <cstring>

namespace gateway::routing {
namespace {

// splitmix64: spreads a seed's bits, so that neighbouring seeds draw independently
quint64 spread(quint64 x)
{
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

QString sentence(const CandidateVerdict& row, const config::Zone* zone)
{
    const config::Provider& provider = *row.candidate->provider;
    if (row.verdict == Verdict::Chosen)
        return QStringLiteral("drawn by weight %1").arg(row.candidate->weight);
    if (row.verdict == Verdict::Eligible)
        return QStringLiteral("could have served, weight %1").arg(row.candidate->weight);
    if (std::strcmp(row.code, "zone_region") == 0)
        return QStringLiteral("region %1 lies outside zone %2").arg(provider.region, zone->name);
    if (std::strcmp(row.code, "zone_retention") == 0)
        return QStringLiteral("keeps data (%1), zone %2 allows %3")
            .arg(provider.retention, zone->name, zone->retention);
    if (std::strcmp(row.code, "zone_unknown") == 0)
        return QStringLiteral("its region or retention is not stated, so zone %1 excludes it").arg(zone->name);
    return QStringLiteral("weight 0");
}

} // namespace

const char* zoneObjection(const config::Candidate& candidate, const config::Zone* zone)
{
    if (!zone)
        return "";
    const config::Provider& provider = *candidate.provider;
    if (provider.region.isEmpty())
        return "zone_unknown";
    if (!zone->regions.contains(provider.region))
        return "zone_region";
    const bool anyRetention = zone->retention.isEmpty() || zone->retention == QLatin1String("any");
    if (anyRetention || provider.retention == zone->retention || provider.retention == QLatin1String("zero"))
        return "";
    return provider.retention.isEmpty() || provider.retention == QLatin1String("none-stated") ? "zone_unknown"
                                                                                              : "zone_retention";
}

RouteDecision route(const RouteInput& input)
{
    RouteDecision decision;
    decision.candidates.reserve(input.alias->candidates.size());
    quint64 total = 0;
    bool zoneRejected = false;
    for (const config::Candidate& candidate : input.alias->candidates) {
        CandidateVerdict row{&candidate, Verdict::Eligible, zoneObjection(candidate, input.zone)};
        if (*row.code) {
            row.verdict = Verdict::Rejected;
            zoneRejected = true;
        } else if (candidate.weight <= 0) {
            row.verdict = Verdict::Rejected;
            row.code = "weight_zero";
        } else {
            total += quint64(candidate.weight);
        }
        decision.candidates.push_back(row);
    }
    if (total == 0) {
        decision.refusal = zoneRejected ? api::ErrorCode::NoRouteInZone : api::ErrorCode::ChainExhausted;
        return decision;
    }
    quint64 draw = spread(input.seed) % total;
    for (CandidateVerdict& row : decision.candidates) {
        if (row.verdict != Verdict::Eligible)
            continue;
        const auto weight = quint64(row.candidate->weight);
        if (draw < weight) {
            row.verdict = Verdict::Chosen;
            decision.chosen = row.candidate;
            break;
        }
        draw -= weight;
    }
    return decision;
}

QJsonObject toJson(const RouteInput& input, const RouteDecision& decision, int revision)
{
    QJsonArray candidates;
    for (const CandidateVerdict& row : decision.candidates) {
        const char* verdict = row.verdict == Verdict::Chosen     ? "chosen"
                              : row.verdict == Verdict::Eligible ? "eligible"
                                                                 : "rejected";
        candidates.append(QJsonObject{{QStringLiteral("provider"), row.candidate->provider->name},
            {QStringLiteral("model"), row.candidate->model},
            {QStringLiteral("region"), row.candidate->provider->region},
            {QStringLiteral("verdict"), QLatin1String(verdict)}, {QStringLiteral("code"), QLatin1String(row.code)},
            {QStringLiteral("reason"), sentence(row, input.zone)}});
    }
    return {{QStringLiteral("alias"), input.alias->name},
        {QStringLiteral("workload_class"), config::nameOf(input.workloadClass)},
        {QStringLiteral("zone"), input.zone ? QJsonValue(input.zone->name) : QJsonValue()},
        {QStringLiteral("snapshot_revision"), revision}, {QStringLiteral("candidates"), candidates}};
}

} // namespace gateway::routing
