// Choosing a candidate: an alias's candidates go through filters in a fixed order, every rejected one keeps its reason
// code, and of those left one is drawn by weight. The same seed gives the same draw. An empty set is an explained
// refusal: a zone is never widened to find somebody. Pure functions; any thread. In this version the filters are the
// tenant's privacy zone and the weight; the order they stand in is the order they are asked.
#pragma once

#include "api/error_code.h"
#include "config/policy_snapshot.h"

#include <QJsonObject>

#include <vector>

namespace gateway::routing {

struct RouteInput
{
    const config::Alias* alias = nullptr;
    config::WorkloadClass workloadClass = config::WorkloadClass::Interactive;
    const config::Zone* zone = nullptr; // nullptr: the tenant has none
    quint64 seed = 0;
};

enum class Verdict
{
    Chosen,
    Eligible,
    Rejected
};

struct CandidateVerdict
{
    const config::Candidate* candidate = nullptr;
    Verdict verdict = Verdict::Eligible;
    const char* code = ""; // of a rejection: zone_region, zone_retention, zone_unknown, weight_zero
};

struct RouteDecision
{
    const config::Candidate* chosen = nullptr;
    std::vector<CandidateVerdict> candidates; // in the alias's order
    api::ErrorCode refusal = api::ErrorCode::None;
};

RouteDecision route(const RouteInput& input);

// Why a candidate may not serve this zone, or "" if it may. A provider whose region is not stated is never eligible.
const char* zoneObjection(const config::Candidate& candidate, const config::Zone* zone);

// As the record keeps it and the console tells it.
QJsonObject toJson(const RouteInput& input, const RouteDecision& decision, int revision);

} // namespace gateway::routing
