#include "engine/estimate.h"

namespace gateway::engine {

const config::Price* priceOn(const config::Candidate& candidate, QDate day)
{
    for (const config::Price* price : candidate.prices) { // newest first
        if (price->validFrom <= day)
            return price;
    }
    return nullptr;
}

std::optional<budget::Bound> boundOf(const config::Candidate& candidate, const transform::CallRequest& request)
{
    const std::optional<qint64> most = candidate.facts ? candidate.facts->maxOutputTokens : std::nullopt;
    // what a tool of the provider's brings (search results, files) is read by the model and billed as input
    const bool namesOther = request.namesOther || request.features.testFlag(transform::Feature::HostedTools);
    const std::optional<qint64> input =
        budget::inputTokenBound({request.body.size(), request.namedImages, namesOther}, candidate.facts);
    if (!input)
        return std::nullopt;
    budget::Bound bound;
    bound.choices = request.choices;
    bound.serviceTier = request.serviceTier;
    if (request.operation == transform::Operation::CountTokens)
        return bound; // counting is free
    bound.inputTokens = *input;
    if (request.operation == transform::Operation::Embed)
        return bound; // vectors are not tokens
    bound.outputTokens = request.maxOutputTokens.value_or(most.value_or(kOutputBound));
    return bound;
}

std::optional<qint64> limitToSend(const config::Candidate& candidate, const transform::CallRequest& request)
{
    const bool known = candidate.facts && candidate.facts->maxOutputTokens;
    if (known || request.maxOutputTokens || request.operation != transform::Operation::Generate)
        return std::nullopt;
    return kOutputBound;
}

std::optional<api::Money> upperBoundOf(
    const config::Candidate& candidate, const transform::CallRequest& request, QDate day)
{
    const config::Price* price = priceOn(candidate, day);
    const std::optional<budget::Bound> bound = price ? boundOf(candidate, request) : std::nullopt;
    return bound ? budget::upperBound(*price, *bound) : std::nullopt;
}

} // namespace gateway::engine
