// The runs of bench_load. Each reads its own options, prints one JSON object, and returns the exit code.
#pragma once

#include "options.h"
#include "target.h"

namespace bench {

int runCalls(const Options& options, std::vector<Target>& targets);   // closed loop, or --rate
int runPaired(const Options& options, std::vector<Target>& targets);  // one call at a time, targets in turn
int runStreams(const Options& options, std::vector<Target>& targets); // many streams, every delta checked
int runHold(const Options& options, std::vector<Target>& targets);    // connections that do nothing

} // namespace bench
