#include "usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace bench {
namespace {

std::int64_t clockNs(clockid_t clock)
{
    timespec time{};
    return ::clock_gettime(clock, &time) == 0 ? std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec : 0;
}

} // namespace

std::int64_t ownCpuNs()
{
    return clockNs(CLOCK_PROCESS_CPUTIME_ID);
}

std::int64_t cpuNs(const std::vector<int>& pids)
{
    std::int64_t sum = 0;
    for (const int pid : pids) {
        clockid_t clock{};
        if (::clock_getcpuclockid(pid, &clock) == 0)
            sum += clockNs(clock);
    }
    return sum;
}

std::int64_t residentKib(const std::vector<int>& pids)
{
    std::int64_t pages = 0;
    for (const int pid : pids) {
        char name[64];
        std::snprintf(name, sizeof name, "/proc/%d/statm", pid);
        if (std::FILE* file = std::fopen(name, "r")) {
            long long all = 0;
            long long resident = 0;
            if (std::fscanf(file, "%lld %lld", &all, &resident) == 2)
                pages += resident;
            std::fclose(file);
        }
    }
    return pages * (::sysconf(_SC_PAGESIZE) / 1024);
}

void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

} // namespace bench
