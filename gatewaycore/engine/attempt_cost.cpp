#include "engine/attempt_cost.h"

#include "budget/pricing.h"

namespace gateway::engine {

AttemptCost costOfAttempt(const api::Attempt& attempt, const config::Price* price, std::optional<api::Money> reserved,
    bool endedByUs, QByteArrayView serviceTier)
{
    constexpr api::Money nothing = api::Money::fromNano(0);
    if (attempt.result == api::AttemptResult::Skipped || attempt.sentUs < 0)
        return {nothing, true}; // no byte of the request left
    if (attempt.tokens.source != api::TokenSource::None) {
        // reported, or counted from what was streamed
        const std::optional<api::Money> cost =
            price ? budget::costOf(*price, attempt.tokens, serviceTier) : std::nullopt;
        return {cost, attempt.tokens.source == api::TokenSource::Reported};
    }
    if (attempt.httpStatus != 0 && attempt.httpStatus != 200)
        return {nothing, true}; // an error answer is not billed
    if (attempt.httpStatus == 0 && !endedByUs)
        return {nothing, true}; // refused, reset or closed before any answer
    // the provider was at work and we do not know how far it came: the bound stands in
    return {reserved, false};
}

} // namespace gateway::engine
