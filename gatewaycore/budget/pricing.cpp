#include "budget/pricing.h"

#include <QLocale>

#include <algorithm>
#include <array>

namespace gateway::budget {
namespace {

using api::Money;
using api::Tokens;
using config::Rates;

struct Bucket
{
    std::int64_t Tokens::*count;
    Money Rates::*rate;
};
constexpr std::array kBuckets{
    Bucket{&Tokens::inUncached, &Rates::input},
    Bucket{&Tokens::inCacheRead, &Rates::cacheRead},
    Bucket{&Tokens::inCacheWrite5m, &Rates::cacheWrite5m},
    Bucket{&Tokens::inCacheWrite30m, &Rates::cacheWrite30m},
    Bucket{&Tokens::inCacheWrite1h, &Rates::cacheWrite1h},
    Bucket{&Tokens::inCacheWrite12h, &Rates::cacheWrite12h},
    Bucket{&Tokens::inAudio, &Rates::audioInput},
    Bucket{&Tokens::inImage, &Rates::imageInput},
    Bucket{&Tokens::toolPrompt, &Rates::input},
    Bucket{&Tokens::outText, &Rates::output},
    Bucket{&Tokens::outReasoning, &Rates::reasoning},
    Bucket{&Tokens::outAudio, &Rates::audioOutput},
    Bucket{&Tokens::predictionAccepted, &Rates::output},
    Bucket{&Tokens::predictionRejected, &Rates::output},
};
constexpr qint64 kInputBuckets = 9;

// Classes of service that nobody gets who did not ask for them by name.
constexpr std::array kOnlyByName{"fast", "batch"};

std::optional<Money> sum(std::optional<Money> a, std::optional<Money> b)
{
    return a && b ? a->plus(*b) : std::nullopt;
}

// Input tokens, which decide the tier; a sum that overflows or a negative count is nothing that can be priced.
std::optional<qint64> inputOf(const Tokens& tokens)
{
    qint64 input = 0;
    qint64 at = 0;
    for (const Bucket& bucket : kBuckets) {
        const qint64 count = tokens.*bucket.count;
        if (count < 0 || (at < kInputBuckets && __builtin_add_overflow(input, count, &input)))
            return std::nullopt;
        ++at;
    }
    return input;
}

Money dearestInput(const Rates& rates, const Bound& bound)
{
    Money rate = std::max(rates.input, rates.cacheRead);
    if (bound.cacheWrites)
        rate = std::max({rate, rates.cacheWrite5m, rates.cacheWrite30m, rates.cacheWrite1h, rates.cacheWrite12h});
    if (bound.images)
        rate = std::max(rate, rates.imageInput);
    return bound.audio ? std::max(rate, rates.audioInput) : rate;
}

Money dearestOutput(const Rates& rates, const Bound& bound)
{
    const Money rate = std::max(rates.output, rates.reasoning);
    return bound.audio ? std::max(rate, rates.audioOutput) : rate;
}

std::optional<Money> boundAt(const Rates& rates, const Bound& bound)
{
    const auto outputs = Money::fromNano(bound.outputTokens).times(bound.choices);
    if (!outputs)
        return std::nullopt;
    const Money input = dearestInput(rates, bound);
    const Money output = dearestOutput(rates, bound);
    auto total = sum(input.perMillion(bound.inputTokens), output.perMillion(outputs->nano()));
    // a real cost is rounded up bucket by bucket, so a price that is not whole per token can lose a nano-USD in each
    constexpr qint64 kWhole = 1'000'000;
    const bool fractions = std::any_of(kBuckets.begin(), kBuckets.end(),
        [&](const Bucket& bucket) { return (rates.*bucket.rate).nano() % kWhole != 0; });
    return fractions ? sum(total, Money::fromNano(qint64(kBuckets.size()))) : total;
}

// The rates a call within the bound may be charged at: the standard ones and those of the class that is asked for, each
// with every tier of context that it may reach. false: the price does not state the class.
template <typename Visit>
bool eachRates(const config::Price& price, const Bound& bound, Visit visit)
{
    const auto all = [&](const auto& row) { // a price or one of its classes
        visit(row.rates);
        for (const config::Tier& tier : row.tiers) {
            if (bound.inputTokens > tier.aboveInputTokens)
                visit(tier.rates);
        }
    };
    all(price);
    const QByteArray asked = config::tierName(bound.serviceTier);
    if (asked.isEmpty())
        return true;
    if (asked != "auto") {
        const config::ServiceTier* tier = price.serviceTier(asked);
        if (tier)
            all(*tier);
        return tier != nullptr;
    }
    for (const config::ServiceTier& tier : price.serviceTiers) {
        if (std::none_of(kOnlyByName.begin(), kOnlyByName.end(), [&](const char* name) { return tier.name == name; }))
            all(tier);
    }
    return true;
}

// Calls of tools that the provider ran. A price that does not state them knows nothing of them.
std::optional<Money> toolCost(const config::Price& price, qint64 calls)
{
    qint64 thousands = 0;
    if (calls < 0 || __builtin_mul_overflow(calls, qint64(1000), &thousands))
        return std::nullopt;
    if (calls == 0)
        return Money();
    return price.serverToolPerThousand ? price.serverToolPerThousand->perMillion(thousands) : std::nullopt;
}

QString count(qint64 number)
{
    QLocale locale = QLocale::c();
    locale.setNumberOptions({}); // with group separators
    return locale.toString(number);
}

// "0.20": at least cents, and all decimals there are
QString usd(Money amount)
{
    QString text = amount.toDecimal();
    const qsizetype point = text.indexOf(u'.');
    if (point < 0)
        return text + QStringLiteral(".00");
    return text.size() - point == 2 ? text + u'0' : text;
}

} // namespace

std::optional<Money> costOf(const config::Price& price, const Tokens& tokens, QByteArrayView serviceTier)
{
    const auto input = inputOf(tokens);
    const Rates* rates = input ? price.at(*input, serviceTier) : nullptr;
    if (!rates)
        return std::nullopt;
    std::optional<Money> total = toolCost(price, tokens.serverToolCalls);
    for (const Bucket& bucket : kBuckets)
        total = sum(total, (rates->*bucket.rate).perMillion(tokens.*bucket.count));
    return total;
}

std::optional<Money> upperBound(const config::Price& price, const Bound& bound)
{
    if (bound.inputTokens < 0 || bound.outputTokens < 0 || bound.choices < 1)
        return std::nullopt;
    std::optional<Money> worst = Money();
    const bool known = eachRates(price, bound, [&](const Rates& rates) {
        const auto total = boundAt(rates, bound);
        worst = worst && total ? std::optional(std::max(*worst, *total)) : std::nullopt;
    });
    return known ? sum(worst, toolCost(price, bound.serverToolCalls)) : std::nullopt;
}

std::optional<qint64> largestOutput(const config::Price& price, Bound bound, Money available)
{
    qint64 fits = 0;
    qint64 beyond = bound.outputTokens;
    const auto within = [&](qint64 output) {
        bound.outputTokens = output;
        const auto total = upperBound(price, bound);
        return total && *total <= available;
    };
    if (beyond < 1 || !within(1))
        return std::nullopt;
    if (within(beyond))
        return beyond;
    fits = 1;
    while (beyond - fits > 1) {
        const qint64 middle = fits + (beyond - fits) / 2;
        (within(middle) ? fits : beyond) = middle;
    }
    return fits;
}

QString formula(const config::Price& price, const Bound& bound)
{
    const Rates* worst = &price.rates;
    std::optional<Money> most;
    eachRates(price, bound, [&](const Rates& rates) {
        const auto total = boundAt(rates, bound);
        if (total && (!most || *total > *most)) {
            most = total;
            worst = &rates;
        }
    });
    return QStringLiteral("%1 input tokens x %2 USD per million + %3 x %4 output tokens x %5 USD per million")
        .arg(count(bound.inputTokens), usd(dearestInput(*worst, bound)), count(bound.choices),
            count(bound.outputTokens), usd(dearestOutput(*worst, bound)));
}

qint64 inputTokenBound(qint64 requestBytes, qint64 namedImages)
{
    // both are bounded by the largest body (32 MiB), far from an overflow; whoever passes more gets the largest number
    qint64 images = 0;
    qint64 total = 0;
    if (__builtin_mul_overflow(std::max<qint64>(namedImages, 0), kTokensPerNamedImage, &images) ||
        __builtin_add_overflow(std::max<qint64>(requestBytes, 0), images, &total))
        return INT64_MAX;
    return total;
}

std::optional<qint64> inputTokenBound(const InputSize& size, const config::ModelFacts* facts)
{
    const std::optional<qint64> context = facts ? facts->contextTokens : std::nullopt;
    if (size.namesOther)
        return context;
    const qint64 bytes = inputTokenBound(size.requestBytes, size.namedImages);
    return context ? std::min(bytes, *context) : bytes;
}

} // namespace gateway::budget
