// What this process uses, read from /proc: resident memory, open descriptors, processor time. Any thread; a reading
// costs a few system calls, so it is taken when a status is asked for, not on the path of calls.
#pragma once

#include "base/clock.h"

#include <QtGlobal>

namespace gateway::engine {

struct ProcessUsage
{
    qint64 residentBytes = 0;
    int openFiles = 0;
    double cpuPercent = 0; // of one core, since the reading before (0 at the first)
};

class ProcessUsageReader
{
public:
    explicit ProcessUsageReader(const Clock& clock) : m_clock(clock) {}
    ProcessUsage read();

private:
    const Clock& m_clock;
    Monotonic m_lastAt{0};
    qint64 m_lastCpuUs = 0;
};

int threadsOfProcess(); // 0: unknown

// Raises the limit of open descriptors to what the system allows: each stream holds two.
void raiseFileLimit();

} // namespace gateway::engine
