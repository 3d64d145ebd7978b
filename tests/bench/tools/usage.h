// What processes use: CPU time and memory. Every call asks the kernel anew. Any thread.
#pragma once

#include <cstdint>
#include <vector>

namespace bench {

std::int64_t ownCpuNs();
std::int64_t cpuNs(
    const std::vector<int>& pids); // of all their threads, ended ones too; an ended process counts nothing
std::int64_t residentKib(const std::vector<int>& pids);
void raiseDescriptorLimit(); // soft to hard

} // namespace bench
