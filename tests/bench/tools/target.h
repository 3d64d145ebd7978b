// Target: where calls go and what is sent: one prebuilt POST, in which only a number changes from call to call, so that
// no two prompts are equal and nothing between can answer from a cache. Values.
#pragma once

#include "options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct Target
{
    std::string name;
    int port = 0;
    std::string path;
    std::string model;
    std::vector<std::string> headers; // "Name: value"
    std::vector<int> pids;            // whose CPU time and memory are the target's
    std::string request;
    std::size_t numberAt = 0;

    // Puts the next number into the request.
    void stamp(std::uint64_t number);
};

// Every "--target NAME;PORT;PATH;MODEL", with the --header and --pid that follow it. Empty: they make no sense.
// --prompt BYTES is the length of the prompt (80), --stream asks for a stream with its usage.
std::vector<Target> targetsFrom(const Options& options);

} // namespace bench
