// The plan of a call: what routing decided about the alias's candidates and its fallback steps, and from it the chain
// the call will walk. Also the answer to "why this candidate": the plan without a call, with what would have won if
// each filter were lifted. Pure functions over their input; any thread.
#pragma once

#include "api/json_text.h"
#include "engine/call_inputs.h"
#include "engine/live_policy.h"
#include "fallback/chain.h"
#include "fallback/lever.h"
#include "routing/route.h"
#include "transform/call_request.h"

namespace gateway::engine {

// What follows from the request and the config alone: what the call can cost there at most, and whether it can be given
// to the provider at all. The rest of a moment is measured, or was recorded.
routing::Moment momentOf(const config::Candidate& candidate, const transform::CallRequest& request, QDate today);

// What routing may know of a candidate for this request, at this moment.
class CallMoments final : public routing::Moments
{
public:
    CallMoments(const LivePolicy& policy, const fallback::LeverSet& levers, const transform::CallRequest& request,
        const config::Alias& alias, const QString& tenant, quint64 seed, qint64 nowMs);
    routing::Moment of(const config::Candidate& candidate) const override;
    const QString& drill() const { return m_drill; } // the drill that took a candidate away; empty: none

private:
    const LivePolicy& m_policy;
    const fallback::LeverSet& m_levers;
    const transform::CallRequest& m_request;
    const config::Alias& m_alias;
    const QString& m_tenant;
    const quint64 m_seed;
    const qint64 m_nowMs;
    const QDate m_today;
    mutable QString m_drill;
};

routing::Needs needsOf(const transform::CallRequest& request);

// What a call is routed under: what its caller asks, or what its alias allows where that is tighter; empty: neither.
config::WorkloadClass classOf(const transform::CallRequest& request, std::optional<config::WorkloadClass> asked);
std::optional<api::Money> ceilingOf(const config::Alias& alias, std::optional<api::Money> asked);
std::optional<std::chrono::milliseconds> latencyBudgetOf(
    const config::Alias& alias, config::WorkloadClass workloadClass, std::optional<std::chrono::milliseconds> asked);

// What is left of a latency budget; never negative.
std::optional<std::chrono::milliseconds> remainingOf(
    std::optional<std::chrono::milliseconds> budget, std::chrono::milliseconds elapsed);

struct StepVerdict
{
    config::FallbackKind kind = config::FallbackKind::Refuse;
    routing::CandidateVerdict verdict; // its candidate is nullptr for cached and refuse
    bool degradedRefused = false;      // the alias or the caller rather refuses than degrades
};

struct Plan
{
    routing::RouteDecision decision;
    std::vector<StepVerdict> fallback; // in the alias's order
    std::vector<fallback::ChainStep> steps;
};

Plan makePlan(const routing::RouteInput& input, bool degradeServes);

// {"candidates": ..., "fallback": [...], "inputs": {...}} as the record keeps it; nullptr: without the inputs.
api::JsonText textOf(const routing::RouteInput& input, const Plan& plan, int revision, const QString& drill = {},
    const CallInputs* inputs = nullptr);
// {"inputs": {...}} of a call that was refused before it was routed.
api::JsonText textOf(const CallInputs& inputs);

struct Counterfactual
{
    routing::Filter lifted = routing::Filter::None;
    const config::Candidate* winner = nullptr; // nullptr: still nobody
};

// For every filter that rejected somebody.
std::vector<Counterfactual> counterfactuals(const routing::RouteInput& input, const Plan& plan);

} // namespace gateway::engine
