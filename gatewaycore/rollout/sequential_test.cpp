#include "rollout/sequential_test.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gateway::rollout {
namespace {

// What the bets are made for: a difference of about this much on the scale of each test.
constexpr double kTauShare = 0.05;
constexpr double kTauMedian = 0.2;    // of the share of calls above or below
constexpr double kTauMean = 0.25;     // of the logarithm of the mean
constexpr double kLeastSpread = 0.05; // of a mean's values, as a part of it: equal prices are not known exactly
constexpr double kFar = 1e6;          // a rise nobody measures

// log of the mixture likelihood ratio of a normal prior with deviation `tau` around the edge of the hypothesis.
// `ratio`: the logarithm of the best likelihood of all over the best within the hypothesis; `variance`: of the
// estimate.
double mixture(double ratio, double variance, double tau)
{
    const double all = variance + tau * tau;
    return 0.5 * std::log(variance / all) + ratio * tau * tau / all;
}

// log likelihood at p; 0 log 0 is 0
double likelihood(const Share& share, double p)
{
    const auto term = [](double count, double chance) {
        if (count <= 0)
            return 0.0;
        return chance > 0 ? count * std::log(chance) : -kFar;
    };
    return term(share.hits, p) + term(share.of - share.hits, 1 - p);
}

double measured(const Share& share)
{
    return share.of > 0 ? share.hits / share.of : 0.5;
}

// The control's share that explains both arms best with canary = control + rise. The likelihood is concave in it, so
// its slope is halved.
double bestWithRise(const Shares& arms, double rise)
{
    double low = std::max(0.0, -rise);
    double high = std::min(1.0, 1.0 - rise);
    const auto slope = [](const Share& share, double p) {
        double value = 0;
        if (share.hits > 0)
            value += share.hits / std::max(p, 1e-300);
        if (share.of > share.hits)
            value -= (share.of - share.hits) / std::max(1 - p, 1e-300);
        return value;
    };
    for (int i = 0; i < 50; ++i) {
        const double middle = (low + high) / 2;
        if (slope(arms.control, middle) + slope(arms.canary, middle + rise) > 0)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

// Against all pairs with canary <= control + rise, or with >=.
double againstPairs(const Shares& arms, double rise, bool atMost)
{
    if (arms.canary.of <= 0 || arms.control.of <= 0)
        return 0;
    if (atMost ? rise >= 1 : rise <= -1)
        return 0; // every pair is allowed
    if (atMost ? rise <= -1 : rise >= 1)
        return kFar; // none is
    const double control = bestWithRise(arms, rise);
    const auto spread = [](double p, double of) {
        return std::max(p * (1 - p), 0.25 / (of + 1)) / of; // of one call alone nobody knows a spread
    };
    const double variance = spread(control, arms.control.of) + spread(control + rise, arms.canary.of);
    const double now = measured(arms.canary) - measured(arms.control);
    double ratio = 0;
    if (atMost ? now > rise : now < rise) {
        const double best =
            likelihood(arms.control, measured(arms.control)) + likelihood(arms.canary, measured(arms.canary));
        ratio = best - likelihood(arms.control, control) - likelihood(arms.canary, control + rise);
    }
    return mixture(std::max(0.0, ratio), variance, kTauShare);
}

double ratioAgainstHalf(const Share& share)
{
    const double p = measured(share);
    return p <= 0.5 ? 0 : likelihood(share, p) - likelihood(share, 0.5);
}

// Against "at most half".
double againstHalf(const Share& share)
{
    return share.of > 0 ? mixture(ratioAgainstHalf(share), 0.25 / share.of, kTauMedian) : 0;
}

// A step's bet takes three quarters of what there is: a step that says nothing does not undo the others.
double staked(double evidence)
{
    constexpr double kStake = 0.75;
    const double high = std::max(0.0, evidence);
    return high + std::log((1 - kStake) * std::exp(-high) + kStake * std::exp(evidence - high));
}

template <typename Steps, typename Against>
double overSteps(const Steps& steps, Against&& against)
{
    double sum = 0;
    for (const auto& step : steps)
        sum += staked(against(step));
    return sum;
}

// --- medians

class Below // how many lie below a cell
{
public:
    explicit Below(const Cells& cells) : m_of(cells.of)
    {
        m_below.reserve(cells.counts.size() + 1);
        int sum = 0;
        for (const int count : cells.counts) {
            m_below.push_back(sum);
            sum += count;
        }
        m_below.push_back(sum);
    }
    double below(int cell) const { return cell <= 0 ? 0 : m_below[std::min(std::size_t(cell), m_below.size() - 1)]; }
    double from(int cell) const { return m_of - below(cell); }
    int end() const { return int(m_below.size()); }
    double of() const { return m_of; }

private:
    std::vector<int> m_below;
    double m_of;
};

// Against "the canary's median is at most (or at least) `shift` cells above the control's". The control's median lies
// in some cell, anywhere in it: what is counted is what lies beyond the cell's edges whichever place it is.
double againstMedian(const CellPair& pair, int shift, bool atMost)
{
    if (pair.control.of == 0 || pair.canary.of == 0)
        return 0;
    const Below control(pair.control);
    const Below canary(pair.canary);
    double least = std::numeric_limits<double>::infinity();
    for (int cell = -1; cell <= std::max(control.end(), canary.end() - shift) + 1; ++cell) {
        const double mine = atMost ? canary.from(cell + 1 + shift) : canary.below(cell + shift);
        const double theirs = atMost ? control.below(cell) : control.from(cell + 1);
        least = std::min(least, ratioAgainstHalf({mine, canary.of()}) + ratioAgainstHalf({theirs, control.of()}));
    }
    return mixture(least, 0.25 / canary.of() + 0.25 / control.of(), kTauMedian);
}

double cellsOf(double rise)
{
    return std::log1p(std::max(rise, -0.999)) / std::log(kCellRatio);
}

// --- means

double againstMean(const MomentPair& pair, double logRise, bool atMost)
{
    if (pair.control.of < kLeastForMean || pair.canary.of < kLeastForMean)
        return 0;
    const double control = pair.control.mean();
    const double canary = pair.canary.mean();
    if (control <= 0 || canary <= 0) { // what costs nothing has no ratio: free against free, or against what is not
        const bool dearer = canary > 0;
        return dearer == atMost ? kFar : -kFar;
    }
    const auto variance = [](const Moments& moments) {
        const double mean = moments.mean();
        const double spread = std::max(0.0, moments.squares / moments.of - mean * mean) * moments.of / (moments.of - 1);
        return std::max(spread / (mean * mean), kLeastSpread * kLeastSpread) / moments.of;
    };
    const double noise = variance(pair.control) + variance(pair.canary);
    const double above = std::log(canary / control) - logRise;
    const double signal = std::max(0.0, atMost ? above : -above);
    return mixture(signal * signal / (2 * noise), noise, kTauMean);
}

// The edge of what is ruled out: `ruledOut` is true below it (or above it, with low and high exchanged).
template <typename RuledOut>
double edge(double out, double in, RuledOut&& ruledOut)
{
    if (!ruledOut(out))
        return out;
    for (int i = 0; i < 40; ++i) {
        const double middle = (out + in) / 2;
        (ruledOut(middle) ? out : in) = middle;
    }
    return out;
}

} // namespace

void Cells::add(int cell)
{
    cell = std::max(cell, 0);
    if (counts.size() <= std::size_t(cell))
        counts.resize(std::size_t(cell) + 1);
    ++counts[std::size_t(cell)];
    ++of;
}

double Cells::median() const
{
    int sum = 0;
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
        sum += counts[cell];
        if (2 * sum >= of && sum > 0)
            return double(cell);
    }
    return -1;
}

void Moments::add(double value)
{
    of += 1;
    sum += value;
    squares += value * value;
}

Evidence riseOfShare(std::span<const Shares> steps, double rise)
{
    Evidence evidence;
    evidence.worse = overSteps(steps, [&](const Shares& arms) {
        return arms.control.of > 0 ? againstPairs(arms, rise, true) : againstHalf(arms.canary);
    });
    evidence.notWorse = overSteps(
        steps, [&](const Shares& arms) { return arms.control.of > 0 ? againstPairs(arms, rise, false) : 0.0; });
    return evidence;
}

Evidence riseOfMedian(std::span<const CellPair> steps, double rise)
{
    const int up = int(std::ceil(cellsOf(rise) - 1e-9));
    const int down = int(std::floor(cellsOf(rise) + 1e-9));
    return {overSteps(steps, [&](const CellPair& pair) { return againstMedian(pair, up, true); }),
        overSteps(steps, [&](const CellPair& pair) { return againstMedian(pair, down, false); })};
}

Evidence riseOfMean(std::span<const MomentPair> steps, double rise)
{
    const double logRise = std::log1p(rise);
    return {overSteps(steps, [&](const MomentPair& pair) { return againstMean(pair, logRise, true); }),
        overSteps(steps, [&](const MomentPair& pair) { return againstMean(pair, logRise, false); })};
}

Interval shareInterval(std::span<const Shares> steps, double alpha)
{
    const double needed = std::log(1 / alpha);
    return {edge(-1, 1, [&](double rise) { return riseOfShare(steps, rise).worse >= needed && rise < 1; }),
        edge(1, -1, [&](double rise) { return riseOfShare(steps, rise).notWorse >= needed && rise > -1; })};
}

Interval medianInterval(std::span<const CellPair> steps, double alpha)
{
    constexpr int kWidest = 600;
    const double needed = std::log(1 / alpha);
    // whole cells: halving between numbers that are none would ask the same again
    const auto edgeOf = [&](int out, int in, bool atMost) {
        const auto ruledOut = [&](int shift) {
            return overSteps(steps, [&](const CellPair& pair) { return againstMedian(pair, shift, atMost); }) >= needed;
        };
        if (!ruledOut(out))
            return out;
        while (std::abs(out - in) > 1) {
            const int middle = (out + in) / 2;
            (ruledOut(middle) ? out : in) = middle;
        }
        return out;
    };
    return {std::pow(kCellRatio, edgeOf(-kWidest, kWidest, true)) - 1,
        std::pow(kCellRatio, edgeOf(kWidest, -kWidest, false)) - 1};
}

Interval meanInterval(std::span<const MomentPair> steps, double alpha)
{
    constexpr double kWidest = 12; // e to this
    const double needed = std::log(1 / alpha);
    const auto ruledOut = [&](double logRise, bool atMost) {
        return overSteps(steps, [&](const MomentPair& pair) { return againstMean(pair, logRise, atMost); }) >= needed;
    };
    return {std::expm1(edge(-kWidest, kWidest, [&](double rise) { return ruledOut(rise, true); })),
        std::expm1(edge(kWidest, -kWidest, [&](double rise) { return ruledOut(rise, false); }))};
}

} // namespace gateway::rollout
