// What tokens cost at a price, and the most a call can cost before it is made (product.md 3: input tokens x price +
// max output tokens x price, at the worst tier, times the choices asked for). Checked int64 arithmetic in nano-USD; an
// empty result is an overflow and counts as "no price". Pure functions; any thread.
#pragma once

#include "api/tokens.h"
#include "config/price_book.h"

namespace gateway::budget {

// Exact for the buckets reported; each bucket is rounded up to a whole nano-USD.
std::optional<api::Money> costOf(const config::Price& price, const api::Tokens& tokens);

// What a call may use at most, before it is made.
struct Bound
{
    qint64 inputTokens = 0;
    qint64 outputTokens = 0; // per choice
    qint64 choices = 1;
};

std::optional<api::Money> upperBound(const config::Price& price, const Bound& bound);

// The largest output limit (per choice) whose upper bound is at most `available`; empty if not even one token fits.
std::optional<qint64> largestOutput(const config::Price& price, Bound bound, api::Money available);

// "1,200 input tokens x 0.20 USD per million + 1 x 4,096 output tokens x 1.20 USD per million"
QString formula(const config::Price& price, const Bound& bound);

// No tokenizer makes more tokens of a text than it has bytes of UTF-8 (each token stands for at least one); what a
// provider adds around messages and tools is bounded by the structure's own bytes. So the body's size is a true bound.
qint64 inputTokenBound(qint64 requestBytes);

} // namespace gateway::budget
