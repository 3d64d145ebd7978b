// PriceBook::parse: a book is accepted whole or refused with a reason, and what is accepted can be priced with.
#include "budget/pricing.h"
#include "config/price_book.h"

#include "fuzz.h"

using namespace gateway;
using namespace gateway::fuzz;

namespace {

void checkRates(const config::Rates& rates)
{
    for (const api::Money rate :
        {rates.input, rates.output, rates.cacheRead, rates.cacheWrite5m, rates.cacheWrite30m, rates.cacheWrite1h,
            rates.cacheWrite12h, rates.reasoning, rates.audioInput, rates.audioOutput, rates.imageInput})
        must(rate.nano() >= 0, "no price is negative");
}

void checkPrice(const config::Price& price, const QByteArray& asked)
{
    checkRates(price.rates);
    qint64 last = 0;
    for (const config::Tier& tier : price.tiers) {
        must(tier.aboveInputTokens > last, "tiers rise");
        last = tier.aboveInputTokens;
        checkRates(tier.rates);
    }
    for (const config::ServiceTier& tier : price.serviceTiers) {
        must(!tier.name.isEmpty() && tier.name != "auto", "a class has a name that is none of the standard ones");
        checkRates(tier.rates);
    }
    api::Tokens tokens;
    tokens.inUncached = 1'000;
    tokens.inCacheRead = last;
    tokens.inCacheWrite12h = 7;
    tokens.outText = 900;
    tokens.outReasoning = 100;
    budget::Bound bound{tokens.input(), tokens.output(), 1};
    bound.serviceTier = asked;
    const auto cost = budget::costOf(price, tokens, asked);
    const auto most = budget::upperBound(price, bound);
    must(!most || !cost || *cost <= *most, "no cost exceeds its bound", asked);
    if (most)
        must(budget::largestOutput(price, bound, *most).value_or(0) == bound.outputTokens, "the bound itself fits");
}

} // namespace

FUZZ_TARGET(input)
{
    constexpr const char* kAsked[] = {"", "auto", "priority", "flex", "default"};
    const QByteArray asked(kAsked[input.below(5)]);
    const QByteArray yaml = input.rest().toByteArray();
    config::Problems problems;
    const auto book = config::PriceBook::parse(QStringLiteral("f"), yaml, problems);
    must(bool(book) == problems.isEmpty(), "a book, or problems");
    for (const config::Problem& problem : problems)
        must(!problem.message.isEmpty() && problem.line >= 0, "a problem says what and where");
    if (!book)
        return;
    int left = 200;
    for (const config::Price& price : book->prices()) {
        checkPrice(price, asked);
        QString model = price.model;
        if (model.endsWith(u'*'))
            model.chop(1);
        must(book->find(price.provider, price.provider, model, price.validFrom) || model.isEmpty(),
            "a row is found under its own name on its own day", price.model.toUtf8());
        if (--left == 0)
            break;
    }
}
