// What a call can use and cost at a candidate at most, before it is made. Pure functions; any thread.
#pragma once

#include "budget/pricing.h"
#include "config/policy_snapshot.h"
#include "transform/call_request.h"

namespace gateway::engine {

// The price in force on that day; nullptr: none is known.
const config::Price* priceOn(const config::Candidate& candidate, QDate day);

// Input by size (empty: the request names files whose size nobody knows), output by what was asked for, else by what
// the model can write. Where neither is known the output is bounded by kOutputBound, and limitToSend() says that the
// provider must be told so.
constexpr qint64 kOutputBound = 16'384;
std::optional<budget::Bound> boundOf(const config::Candidate& candidate, const transform::CallRequest& request);

// The output limit to add to the request, so that the bound is one: only where the caller stated none and the price
// book does not know the model's own.
std::optional<qint64> limitToSend(const config::Candidate& candidate, const transform::CallRequest& request);

// Empty: no price is known (or the bound does not fit into an amount of money, which comes to the same).
std::optional<api::Money> upperBoundOf(
    const config::Candidate& candidate, const transform::CallRequest& request, QDate day);

} // namespace gateway::engine
