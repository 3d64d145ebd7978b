// How a change of the config comes into force: who has to look at it first, and how a canary judges it (config section
// `changes`). Any thread; a value. Shares and limits are of the canary's calls against those of its control.
#pragma once

#include <chrono>
#include <vector>

namespace gateway::config {

struct CanaryPolicy
{
    std::vector<int> steps{1, 5, 25, 50, 100}; // percent, rising, the last is 100
    std::chrono::minutes atLeast{10};          // on each step before it may go on
    int leastCalls = 100;                      // of the canary before a verdict other than "insufficient data"
    double errorRise = 0.02;                   // tolerated rise of the share of failed calls
    double refusalRise = 0.02;                 // of refused ones
    double firstTokenRise = 0.25;              // of the median first token, as a part of the control's
    double costRise = 0.25;                    // of the mean cost of a call, as a part of the control's
    bool promotes = false;                     // by itself, after a pass at 100 %
};

struct ChangePolicy
{
    bool reviewRequired = false; // another principal must approve before canary or promotion
    CanaryPolicy canary;
};

} // namespace gateway::config
