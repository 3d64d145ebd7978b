// What an attempt cost, from what is known of it (decisions/0065-what-an-attempt-costs.md). Pure function; any thread.
#pragma once

#include "api/call.h"
#include "config/price_book.h"

namespace gateway::engine {

struct AttemptCost
{
    std::optional<api::Money> cost; // empty: unpriced
    bool known = true;              // false: the amount stands in for one that nobody can tell
};

// `price` is that of the model the answer names, else of the candidate; nullptr: none. `reserved`: its upper bound.
// `endedByUs`: we stopped waiting (a timeout, the caller left), so the provider may well have gone on.
AttemptCost costOfAttempt(const api::Attempt& attempt, const config::Price* price, std::optional<api::Money> reserved,
    bool endedByUs, QByteArrayView serviceTier = {});

} // namespace gateway::engine
