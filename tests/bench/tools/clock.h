// CLOCK_MONOTONIC in nanoseconds: the same clock in every process of a machine, which is what lets the load generator
// take the mock's send times apart. Any thread.
#pragma once

#include <cstdint>
#include <ctime>

namespace bench {

inline std::int64_t nowNs()
{
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

} // namespace bench
