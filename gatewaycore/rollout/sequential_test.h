// Sequential tests: is the canary worse than its control by more than is tolerated, or shown not to be? They may be
// looked at after every call, for as long as one likes: the chance that evidence ever reaches 1/alpha although the
// opposite is true is at most alpha.
//
// How (decisions/0160-canary-evidence.md): evidence is the wealth of a bet against a hypothesis. For a share the bet is
// the mixture of all shares (Beta(1/2, 1/2)) against each single one; its product over both arms, at the pair of shares
// that explains the data best among those the hypothesis allows, is at most a test martingale whatever the true pair
// is (Ville's inequality). No approximation, also for shares of zero.
// A median is a share: of the calls below a time. The test asks every time that could be the control's median.
// A mean (cost) has no such luck: its test is the mixture SPRT on the logarithm of the ratio with estimated variances,
// good from kLeastForMean calls of each arm on; the tests state what is simulated of it.
//
// Steps of a canary are strata: shares of callers differ between them and the world moves on, so that what is added
// over steps would compare the control of one hour with the canary of another. Each step is a bet of its own, of half
// of what there is; wealth multiplies.
// Pure; any thread. Evidence is the natural logarithm: needed is log(1/alpha).
#pragma once

#include <span>
#include <vector>

namespace gateway::rollout {

struct Share // of one arm in one step
{
    double hits = 0;
    double of = 0;
};

struct Shares
{
    Share control;
    Share canary;
};

// Values on a scale of cells, each kCellRatio times as large as the one before. The first cell holds all that is small.
constexpr double kCellRatio = 1.02;
struct Cells
{
    std::vector<int> counts; // may be shorter than the scale
    int of = 0;
    void add(int cell);
    double median() const; // as a cell, between 0 and the highest; -1 if there is none
};

struct CellPair
{
    Cells control;
    Cells canary;
};

constexpr int kLeastForMean = 30;
struct Moments
{
    double of = 0;
    double sum = 0;
    double squares = 0;
    void add(double value);
    double mean() const { return of > 0 ? sum / of : 0; }
};

struct MomentPair
{
    Moments control;
    Moments canary;
};

struct Evidence
{
    double worse = 0;    // that the rise is more than what was asked about
    double notWorse = 0; // that it is less
};

// Share: the canary's less the control's. Without any call of the control, more than half of the canary's calls is
// worse, whatever is tolerated, and nothing shows that it is not.
Evidence riseOfShare(std::span<const Shares> steps, double rise);
// Median and mean: as a part of the control's; 0.25 is a quarter more.
Evidence riseOfMedian(std::span<const CellPair> steps, double rise);
Evidence riseOfMean(std::span<const MomentPair> steps, double rise);

// The rises that are not ruled out at alpha on either side; a time-uniform interval at 1 - 2 alpha.
struct Interval
{
    double low = 0;
    double high = 0;
};
Interval shareInterval(std::span<const Shares> steps, double alpha);
Interval medianInterval(std::span<const CellPair> steps, double alpha);
Interval meanInterval(std::span<const MomentPair> steps, double alpha);

} // namespace gateway::rollout
