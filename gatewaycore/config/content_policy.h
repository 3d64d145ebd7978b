// What may be kept of prompts and completions. Nothing, unless somebody chose otherwise. Any thread; a value.
#pragma once

#include <chrono>

namespace gateway::config {

enum class Retain
{
    None,
    Sampled,
    All
};

struct ContentPolicy
{
    Retain retain = Retain::None;
    std::chrono::milliseconds ttl{0}; // 0: not stated
    int samplePercent = 0;            // with Sampled
};

} // namespace gateway::config
