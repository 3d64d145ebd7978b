// Sequential tests: is the canary worse than its control by more than is tolerated, or shown not to be? They may be
// looked at after every call, for as long as one likes: the chance that evidence ever reaches 1/alpha although the
// opposite is true is at most alpha.
//
// How (decisions/0160-canary-evidence.md): evidence is the mixture likelihood ratio (mSPRT) against a hypothesis: how
// much better what was seen is explained by what the hypothesis excludes, around its edge, than by the best that it
// allows. For a share the likelihoods are those of the two binomials; a median is a share too, of the calls below a
// time, asked for every time that could be the control's median; for a mean it is the logarithm of the ratio with its
// estimated variance, from kLeastForMean calls of each arm on. With a nuisance that is estimated (the control's own
// share) the bound is not exact, so the rates are simulated, at the edge of the hypothesis and looked at all the time
// (tests/core/rollout/tst_sequential_test).
//
// Steps of a canary are strata: shares of callers differ between them and the world moves on, so that what is added
// over steps would compare the control of one hour with the canary of another. Each step is a bet of its own, of a part
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
