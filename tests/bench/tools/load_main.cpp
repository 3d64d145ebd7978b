// bench_load RUN --target "NAME;PORT;PATH;MODEL" [--header "Name: value"] [--pid N] [--prompt BYTES] [--stream] ...
// RUN: calls, paired, streams, hold; what each does and takes stands at the top of its file. One thread, one JSON
// object on standard output. Exit code 1: not one call was answered well; 2: usage.
#include "options.h"
#include "runs.h"
#include "usage.h"

#include <cstdio>
#include <cstring>

int main(int count, char** words)
{
    const bench::Options options(count - 1, words + 1);
    const char* const run = count > 1 ? words[1] : "";
    std::vector<bench::Target> targets = bench::targetsFrom(options);
    if (targets.empty() || !options.stray().empty()) {
        std::fprintf(stderr, "usage: bench_load calls|paired|streams|hold --target \"NAME;PORT;PATH;MODEL\" ...\n");
        return 2;
    }
    bench::raiseDescriptorLimit();
    if (std::strcmp(run, "calls") == 0)
        return bench::runCalls(options, targets);
    if (std::strcmp(run, "paired") == 0)
        return bench::runPaired(options, targets);
    if (std::strcmp(run, "streams") == 0)
        return bench::runStreams(options, targets);
    if (std::strcmp(run, "hold") == 0)
        return bench::runHold(options, targets);
    std::fprintf(stderr, "bench_load: there is no run \"%s\"\n", run);
    return 2;
}
