// What tokens cost at a price, and the most a call can cost before it is made (product.md 3: input tokens x price +
// max output tokens x price, at the worst tier, times the choices asked for). Checked int64 arithmetic in nano-USD; an
// empty result is an overflow or a negative count and stands for "no price". Pure functions; any thread. Why these
// bounds: decisions/0050-what-a-call-may-cost.md, decisions/0083-prices-by-class-of-service.md.
#pragma once

#include "api/tokens.h"
#include "config/price_book.h"

namespace gateway::budget {

// Exact for the buckets reported; each bucket is rounded up to a whole nano-USD. `serviceTier`: the class in which the
// provider says it served, in its own word (config::tierName); where it says nothing, the word that was asked for.
// Empty as well where the price does not state that class, or what a call of a tool that the provider ran costs.
std::optional<api::Money> costOf(
    const config::Price& price, const api::Tokens& tokens, QByteArrayView serviceTier = {});

// What a call may use at most, before it is made.
struct Bound
{
    qint64 inputTokens = 0;
    qint64 outputTokens = 0; // per choice
    qint64 choices = 1;
    // What the dearest kind of token may be. Some providers write to a cache on their own, so this is only switched off
    // where that is known not to happen; audio, where the request neither brings nor asks for any.
    bool cacheWrites = true;
    bool audio = true;
    bool images = true;
    // As asked for. A provider may serve in the standard class all the same (it was busy, it does not know the word),
    // so the bound is the dearer of the two; "auto" is bounded by the dearest class that the price states, except those
    // that are only served when they are asked for by name. A class that the price does not state has no bound.
    QByteArray serviceTier{};
    qint64 serverToolCalls = 0; // of tools that the provider runs, at most
};

std::optional<api::Money> upperBound(const config::Price& price, const Bound& bound);

// The largest output limit (per choice), at most the bound's own, whose upper bound is at most `available`; empty if
// not even one token fits.
std::optional<qint64> largestOutput(const config::Price& price, Bound bound, api::Money available);

// "1,200 input tokens x 0.20 USD per million + 1 x 4,096 output tokens x 1.20 USD per million"
QString formula(const config::Price& price, const Bound& bound);

// No tokenizer makes more tokens of a text than it has bytes of UTF-8 (each token stands for at least one); what a
// provider adds around messages and tools is bounded by the structure's own bytes. So the body's size is a true bound
// for text, for images and audio within the body (base64 has more bytes than any provider counts tokens), and for files
// within it. An image that is only named (by URL or file id) costs tokens that are not bytes: at most
// kTokensPerNamedImage each, above what any provider charges for one today (the dearest: about 10,000 at original
// detail).
constexpr qint64 kTokensPerNamedImage = 16'384;
qint64 inputTokenBound(qint64 requestBytes, qint64 namedImages = 0);

// The same for everything a request may bring. A document or audio file that is only named, or an earlier conversation
// (previous_response_id), has no bound but the model's context window; where that is not known the result is empty: no
// bound, so no price. A known context window bounds every call, because a provider refuses, and does not charge, a
// request that is longer.
struct InputSize
{
    qint64 requestBytes = 0;
    qint64 namedImages = 0;
    bool namesOther = false; // a file, audio or conversation by id or URL
};
std::optional<qint64> inputTokenBound(const InputSize& size, const config::ModelFacts* facts);

} // namespace gateway::budget
